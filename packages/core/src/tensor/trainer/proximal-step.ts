import * as tf from '@tensorflow/tfjs'
import { rowsOfTasks } from '../cells.ts'
import { inRows } from '../optimisers/state.ts'
import type { Network, Variables } from '../types.ts'
import type { StepContext } from './types.ts'

/**
 * The variables after the network's proximal map, but for those that are frozen and for rows of tasks that do not train.
 * Takes the variables over: those that stay are passed on, the others disposed.
 */
export function proximalStep(
  network: Network,
  variables: Variables,
  { rate, tasks }: Pick<StepContext, 'rate' | 'tasks'>,
): Variables {
  const mapped = tf.tidy(() => {
    const result = network.proximal?.(variables, rate('shared/')) ?? variables
    const kept = Object.entries(result).map(([name, tensor]) => {
      const before = variables[name]
      if (tensor === before || rate(name) === 0) return [name, before.clone()] as const
      const rows = tasks && rowsOfTasks(network, name, tasks)
      return [name, rows ? inRows({ value: tensor, rows }, tensor, before) : tensor] as const
    })
    return Object.fromEntries(kept)
  })
  tf.dispose({ ...variables })
  return mapped
}
