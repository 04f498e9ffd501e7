import { classProbabilities, interval, isReal } from '@mtl/core'
import type { Columns, Distribution, Task } from '@mtl/core'

/** A task of a table and its prediction. */
export interface PredictedTask {
  readonly task: Task
  readonly prediction: Distribution
}

/** A column of a table that is written. */
export interface Column {
  readonly name: string
  readonly cells: readonly string[]
}

/**
 * What was predicted for the rows of a table, a column each: mean, sd, lower and upper (the central interval of
 * `confidence`) of a number; class, and probability_LABEL for each label, of classes. With several targets each is
 * preceded by the target's name, and all by 'predicted_' where the table has such a column already.
 */
export function predictionColumns(
  columns: Columns,
  predicted: readonly PredictedTask[],
  confidence: number,
): Column[] {
  const rows = Object.values(columns)[0].length
  const targets = new Set(predicted.map(({ task }) => task.target))
  const found = new Map<string, string[]>()
  for (const { task, prediction } of predicted) {
    const before = targets.size > 1 ? `${task.target}_` : ''
    for (const [name, valueOf] of Object.entries(valuesOf(task, prediction, confidence))) {
      const cells = found.get(before + name) ?? Array.from({ length: rows }, () => '')
      found.set(before + name, cells)
      for (let i = 0; i < prediction.size; i++) cells[task.rows?.[i] ?? i] = valueOf(i)
    }
  }
  const isTaken = [...found.keys()].some((name) => Object.hasOwn(columns, name))
  return [...found].map(([name, cells]) => ({ name: isTaken ? `predicted_${name}` : name, cells }))
}

/** What is told of each row, by name. */
function valuesOf(
  { classes, kind }: Task,
  prediction: Distribution,
  confidence: number,
): Readonly<Record<string, (row: number) => string>> {
  if (kind !== 'regression') {
    const { columns, data } = classProbabilities(prediction)
    const named = classes.map((label, k): [string, (row: number) => string] => [
      `probability_${label}`,
      (i) => written(data[i * columns + k]),
    ])
    return { class: (i) => classes[mostProbable(data, i * columns, columns)], ...Object.fromEntries(named) }
  }
  if (!isReal(prediction)) return { mean: (i) => written(prediction.point[i]) }
  const { mean, variance } = prediction
  const { lower, upper } = interval(prediction, confidence)
  return {
    mean: (i) => written(mean[i]),
    sd: (i) => written(Math.sqrt(variance[i])),
    lower: (i) => written(lower[i]),
    upper: (i) => written(upper[i]),
  }
}

function mostProbable(data: Float64Array, start: number, columns: number): number {
  let best = 0
  for (let k = 1; k < columns; k++) if (data[start + k] > data[start + best]) best = k
  return best
}

/** All digits; nothing where there is no number, as of the deviation of a law of heavy tails. */
function written(value: number): string {
  return Number.isFinite(value) ? String(value) : ''
}
