import type { TaskKind } from '../../data/types.ts'

/** Rows of a class count at most this many times: one row of a rare class must not steer a step alone. */
const largestWeight = 50

/**
 * Case weights of balanced classes: n / (K n_k), at most 50, n_k the summed case weights of class k. 1 of a class
 * without rows.
 */
export function balancedWeights(counts: ArrayLike<number>): Float64Array {
  const classes = counts.length
  let n = 0
  for (let k = 0; k < classes; k++) n += counts[k]
  return Float64Array.from(counts, (count) =>
    count === 0 ? 1 : Math.min(largestWeight, n / (classes * count)),
  )
}

/**
 * What is added to raw outputs to undo class weights: these multiply the odds of class k by its weight. One number
 * of a logistic output, one for each class of several; none of regression.
 */
export function classShift(kind: TaskKind, weights: Float64Array): readonly number[] {
  if (kind === 'regression') return []
  if (kind === 'binary') return [Math.log(weights[0] / weights[1])]
  return Array.from(weights, (weight) => -Math.log(weight))
}
