import type { Matrix } from '../linalg/types.ts'
import { groupBy } from './group-by.ts'
import type { Task } from './types.ts'

/** A matrix, and what its rows count for: the sum of the case weights of their labels. */
export interface WeightedInputs {
  readonly inputs: Matrix
  readonly weights: Float64Array
}

/**
 * Each matrix of the tasks once, however many share it: a row counts once for each of its labels, by case
 * weight, and nothing without labels. No rows are copied.
 */
export function weightedInputs(tasks: readonly Task[]): readonly WeightedInputs[] {
  return [...groupBy(tasks, (task) => task.inputs)].map(([inputs, sharing]) => {
    const weights = new Float64Array(inputs.rows)
    for (const task of sharing) {
      for (let i = 0; i < inputs.rows; i++) {
        if (!Number.isNaN(task.targets[i])) weights[i] += task.weights?.[i] ?? 1
      }
    }
    return { inputs, weights }
  })
}
