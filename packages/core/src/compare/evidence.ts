import type { Metric } from '../metric/types.ts'
import type { SplitSizes, TargetGroup } from './layout.ts'
import type { ScoreTable } from './types.ts'

/** All that a comparison is judged by. */
export interface Evidence {
  readonly scores: ScoreTable
  /** In the order of `scores.metrics`. */
  readonly metrics: readonly Metric[]
  readonly groups: readonly TargetGroup[]
  /** First metric on all test rows of a group together: of estimator e, split s and group g at (e S + s) G + g. */
  readonly together: Float64Array
  readonly sizes: SplitSizes
  /** Of the intervals. */
  readonly confidence: number
}
