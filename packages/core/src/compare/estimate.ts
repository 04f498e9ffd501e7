import { studentTCdf, studentTQuantile } from '../special/student-t.ts'
import type { Estimate } from './types.ts'

/** The mean of J paired differences and what its t statistic needs. */
export interface PairedMean {
  readonly mean: number
  /** sqrt((1/J + tested/trained) s^2); NaN for fewer than 2 differences. */
  readonly standardError: number
  /** J - 1; -1 of none. */
  readonly degrees: number
}

/**
 * Of the differences that are defined (not NaN), one a split. `testedByTrained` is the number of test rows
 * divided by that of training rows: training sets overlap, so the plain variance of the mean is too small
 * (Nadeau and Bengio, 2003, Inference for the generalization error, Machine Learning 52).
 */
export function pairedMean(differences: ArrayLike<number>, testedByTrained: number): PairedMean {
  let sum = 0
  let count = 0
  for (let j = 0; j < differences.length; j++) {
    if (Number.isNaN(differences[j])) continue
    sum += differences[j]
    count += 1
  }
  const mean = count === 0 ? NaN : sum / count
  let squares = 0
  for (let j = 0; j < differences.length; j++) {
    if (!Number.isNaN(differences[j])) squares += (differences[j] - mean) ** 2
  }
  const variance = count < 2 ? NaN : squares / (count - 1)
  return { mean, standardError: Math.sqrt((1 / count + testedByTrained) * variance), degrees: count - 1 }
}

/** Makes t intervals of one confidence; bounds are NaN for fewer than 2 differences. */
export function tIntervals(confidence: number): (of: PairedMean) => Estimate {
  const quantiles: number[] = []
  return ({ mean, standardError, degrees }) => {
    if (degrees < 1) return { mean, lower: NaN, upper: NaN }
    quantiles[degrees] ??= studentTQuantile((1 + confidence) / 2, degrees)
    const reach = quantiles[degrees] * standardError
    return { mean, lower: mean - reach, upper: mean + reach }
  }
}

/** P(|T| >= |t|) under a mean of 0; NaN for fewer than 2 differences. All equal to 0: 1. */
export function twoSidedP({ mean, standardError, degrees }: PairedMean): number {
  if (degrees < 1) return NaN
  if (mean === 0) return 1
  return 2 * studentTCdf(-Math.abs(mean) / standardError, degrees)
}

/** 1 where the interval lies above 0, -1 where below, else 0; 0 without bounds. */
export function sideOfZero({ lower, upper }: Estimate): -1 | 0 | 1 {
  if (lower > 0) return 1
  return upper < 0 ? -1 : 0
}
