/** How a training on some of the rows went, as the held-out ones saw it: what a second one on all rows repeats. */
export interface Course {
  /** Held-out loss of each task after the first epoch, and with the best variables; NaN without held-out labels. */
  readonly first: Float64Array
  readonly losses: Float64Array
  /** Epochs that proved best, by task: one number for all but where each task stops for itself. */
  readonly epochs: readonly number[]
  /** Epochs in which a plateau of the learning rate was met. */
  readonly plateaus: readonly number[]
  /** Residual variance of each task in held-out rows, target units squared. */
  readonly variances: Float64Array
  /** Early stopping ended it. */
  readonly converged: boolean
}

/** Tasks whose best epoch lies before this one. */
export function stoppedBefore(course: Course | undefined, epoch: number): readonly number[] {
  return course?.epochs.flatMap((last, k) => (last < epoch ? [k] : [])) ?? []
}

/** How often the learning rate had met a plateau when this epoch began. */
export function plateausBefore(course: Course | undefined, epoch: number): number {
  return course?.plateaus.filter((plateau) => plateau < epoch).length ?? 0
}
