import type { OverallScore } from './types.ts'

/** Mean and standard deviation over splits of a figure that is averaged over targets. */
export interface Spread {
  readonly mean: number
  /** NaN for one split. */
  readonly deviation: number
}

/** A method's figure over splits: in each split the mean over the targets that have it. NaN where none has. */
export function spreadOf(overall: readonly OverallScore[], estimator: string, metric: string): Spread {
  const bySplit = new Map<number, number[]>()
  for (const score of overall) {
    if (score.estimator !== estimator || score.metric !== metric || Number.isNaN(score.value)) continue
    bySplit.set(score.split, [...(bySplit.get(score.split) ?? []), score.value])
  }
  const values = [...bySplit.values()].map(average)
  const mean = average(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1)) }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
