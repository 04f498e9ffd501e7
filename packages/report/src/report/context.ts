import type { CostEstimate, Dataset, View } from '@mtl/core'

/** Pictures of what one method learnt. */
export interface Learnt {
  readonly method: string
  readonly views: readonly View[]
  /** On what rows the model was fitted: 'all rows'. Default: the training rows of the first split. */
  readonly on?: string
}

/** What a report says beside the comparison itself. */
export interface ReportContext {
  /** What was compared on. */
  readonly data: Dataset
  /** Heads the page: the file, or a data set's own name. */
  readonly title: string
  /** What a task is called, in the singular: 'school'. Default: 'task'. */
  readonly taskNoun?: string
  /** Rows of the table that the tasks came from; default: those of all tasks. */
  readonly rows?: number
  /** Pictures of models; default: those of the comparison, learnt on the training rows of its first split. */
  readonly learnt?: readonly Learnt[]
  /** What a fit was stated to take. */
  readonly costs?: readonly CostEstimate[]
  /** Sentences on the data. */
  readonly notes?: readonly string[]
  /** Of the comparison's intervals; default 0.95. */
  readonly confidence?: number
  /** How to get the same figures again. */
  readonly repeat?: {
    readonly command: string
    /** Package or runtime: version. */
    readonly versions?: Readonly<Record<string, string>>
    /** What else decides the figures: 'seed 0'. */
    readonly settings?: readonly string[]
  }
  /** As it shall stand at the top: '26 November 2026'. */
  readonly date?: string
}
