import type { Evidence } from './evidence.ts'

/**
 * Estimators that no other one beats: none is at least as good in the mean of every metric with a better side, and better in
 * one. Means are over the tasks and splits in which every estimator that was fitted has a figure; those that were never
 * fitted have no part.
 */
export function paretoFront(evidence: Evidence): readonly string[] {
  const { scores, metrics } = evidence
  const { estimators, values } = scores
  const cells = values.length / estimators.length
  const fitted = [...estimators.keys()].filter((e) => hasFigure(values.subarray(e * cells, (e + 1) * cells)))
  const means = commonMeans(evidence, fitted)
  const judged = [...metrics.keys()].filter((m) => metrics[m].better !== 'neither')
  const merit = (e: number, m: number): number =>
    metrics[m].better === 'lower' ? -means[e * metrics.length + m] : means[e * metrics.length + m]
  const beats = (e: number, other: number): boolean =>
    !judged.some((m) => merit(e, m) < merit(other, m)) && judged.some((m) => merit(e, m) > merit(other, m))
  return fitted.filter((e) => !fitted.some((other) => beats(other, e))).map((e) => estimators[e])
}

function hasFigure(values: Float64Array): boolean {
  return values.some((value) => !Number.isNaN(value))
}

/** Estimators x metrics; NaN where no cell is common. */
function commonMeans(
  { scores: { estimators, values }, metrics }: Evidence,
  fitted: readonly number[],
): Float64Array {
  const cells = values.length / estimators.length
  const sums = new Float64Array(estimators.length * metrics.length)
  const counts = new Float64Array(metrics.length)
  for (let cell = 0; cell < cells; cell++) {
    const m = cell % metrics.length
    if (fitted.some((e) => Number.isNaN(values[e * cells + cell]))) continue
    counts[m] += 1
    for (const e of fitted) sums[e * metrics.length + m] += values[e * cells + cell]
  }
  return sums.map((sum, at) => sum / counts[at % metrics.length])
}
