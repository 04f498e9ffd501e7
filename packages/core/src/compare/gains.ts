import type { Metric } from '../metric/types.ts'

/** Scores closer than this share of the smaller one differ by rounding alone. */
const rounding = 1e-12

/** By how much a score is better than the baseline's, in the metric's units; exactly 0 where they differ by rounding alone. */
export function gain({ better }: Pick<Metric, 'better'>, score: number, baseline: number): number {
  const difference = better === 'lower' ? baseline - score : score - baseline
  return Math.abs(difference) <= rounding * Math.min(Math.abs(score), Math.abs(baseline)) ? 0 : difference
}

/** The gain in per cent of the baseline's score; NaN where that is 0 or a score is undefined. */
export function relativeGain(metric: Pick<Metric, 'better'>, score: number, baseline: number): number {
  return baseline === 0 ? NaN : (100 * gain(metric, score, baseline)) / baseline
}

/** Mean of values that come one by one; those that are NaN do not count. NaN of none. */
export interface RunningMean {
  sum: number
  count: number
}

export function addInPlace(mean: RunningMean, value: number): void {
  if (Number.isNaN(value)) return
  mean.sum += value
  mean.count += 1
}

export function meanOf({ sum, count }: RunningMean): number {
  return count === 0 ? NaN : sum / count
}
