import type { Dataset, Model } from '@mtl/core'

/** A row's target and what was predicted for it. */
export interface Predicted {
  readonly y: number
  readonly point: number
}

/** In per cent, of all rows together, about their mean. */
export function explainedVariance(rows: readonly Predicted[]): number {
  const mean = rows.reduce((sum, { y }) => sum + y, 0) / rows.length
  const squares = (from: (row: Predicted) => number): number =>
    rows.reduce((sum, row) => sum + (row.y - from(row)) ** 2, 0)
  return 100 * (1 - squares(({ point }) => point) / squares(() => mean))
}

/** Of a model on test rows of the tasks that it knows. */
export async function explainedOf(model: Model, test: Dataset): Promise<number> {
  const predictions = await model.predict(test)
  return explainedVariance(
    test.tasks.flatMap(({ name, targets }) =>
      Array.from(targets, (y, i) => ({ y, point: predictions[name].point[i] })),
    ),
  )
}

/** Over splits, as text. */
export function meanAndDeviation(values: readonly number[], digits: number): string {
  const [mean, deviation] = moments(values)
  return `${mean.toFixed(digits)} +- ${deviation.toFixed(digits)}`
}

/** Mean and deviation, of a sample. */
export function moments(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return [mean, Math.sqrt(squares / (values.length - 1))]
}
