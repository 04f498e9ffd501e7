import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../../error/check-number.ts'
import { tensorScope } from '../scope.ts'
import type { Optimiser } from '../trainer/types.ts'
import { decayOf, inRows, optimiser } from './state.ts'

/**
 * Stochastic gradient descent: u <- momentum u + gradient, w <- w - rate u - rate weightDecay w. Both options are 0
 * by default; decay acts on variables named '.../kernel' alone. Rows of absent tasks keep value and momentum.
 * @throws MtlError 'invalid-option'
 */
export function sgd(options: { readonly momentum?: number; readonly weightDecay?: number } = {}): Optimiser {
  const momentum = checkNumber('momentum', options.momentum ?? 0, { min: 0, below: 1 })
  const weightDecay = checkNumber('weightDecay', options.weightDecay ?? 0, { min: 0, below: Infinity })
  return optimiser({
    name: 'sgd',
    options: { momentum, weightDecay },
    kinds: momentum === 0 ? [] : ['u'],
    update({ name, value, gradient, tensors, rate }) {
      using scope = tensorScope()
      const velocities = tensors.map((u) => tf.add(tf.mul(u, momentum), gradient.value))
      const step = tf.mul(velocities[0] ?? gradient.value, rate)
      const moved = tf.sub(tf.mul(value, 1 - rate * decayOf(name, weightDecay)), step)
      return scope.keep({
        variable: inRows(gradient, moved, value),
        tensors: velocities.map((after, i) => inRows(gradient, after, tensors[i])),
      })
    },
  })
}
