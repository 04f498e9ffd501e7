import type { HeldOut } from './path.ts'
import { sum } from './loss.ts'
import type { Settings } from './settings.ts'

export interface Choice {
  /** Position in the path. */
  readonly chosen: number
  /** Mean over all held-out rows, for each penalty; NaN without any. */
  readonly heldOutError: Float64Array
  /** Of the mean, over folds; NaN with fewer than two. */
  readonly standardError: Float64Array
}

/** From the errors of each fold along the path. Ties go to the larger penalty; so does all where nothing was held out. */
export function choosePenalty(folds: readonly (readonly HeldOut[])[], rule: Settings['rule']): Choice {
  const judging = folds.filter(([first]) => first.weight > 0)
  const points = folds[0].length
  const total = sum(judging.map(([first]) => first.weight))
  const errors = Float64Array.from({ length: points }, (_, k) =>
    total > 0 ? sum(judging.map((fold) => fold[k].error)) / total : NaN,
  )
  const spreads = errors.map((_, k) => spreadOf(judging.map((fold) => fold[k].error / fold[k].weight)))
  let lowest = 0
  errors.forEach((error, k) => {
    if (error < errors[lowest]) lowest = k
  })
  const limit = errors[lowest] + (rule === 'one-standard-error' ? spreads[lowest] : 0)
  const first = errors.findIndex((error) => error <= limit)
  return { chosen: first < 0 ? lowest : first, heldOutError: errors, standardError: spreads }
}

/** Standard error of a mean. */
function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return NaN
  const mean = sum(values) / values.length
  const squares = sum(values.map((value) => (value - mean) ** 2))
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
