import { check } from '../error/mtl-error.ts'
import { classProbabilities, isReal } from '../distribution/kind.ts'
import type { Distribution, RealDistribution } from '../distribution/types.ts'
import type { Matrix } from '../linalg/types.ts'

/** The rows that a metric counts: those with a target and a weight above 0. */
export interface ScoredRows {
  /** Positions, ascending. */
  readonly rows: readonly number[]
  /** Sum of the weights of `rows`. */
  readonly total: number
  /** Weight of the row at a position, 1 where none was given. */
  readonly weight: (row: number) => number
}

/** @throws MtlError 'dimension-mismatch' */
export function scoredRows(
  { size }: Distribution,
  targets: Float64Array,
  weights: Float64Array | undefined,
): ScoredRows {
  check(
    targets.length === size && (weights?.length ?? size) === size,
    'dimension-mismatch',
    `${size} predictions need as many targets and weights, got ${targets.length} and ${weights?.length ?? 'none'}`,
  )
  const weight = (row: number): number => weights?.[row] ?? 1
  const rows = [...targets.keys()].filter((row) => !Number.isNaN(targets[row]) && weight(row) > 0)
  return { rows, total: rows.reduce((sum, row) => sum + weight(row), 0), weight }
}

/** sum_i w_i value(i) / sum_i w_i; NaN of no rows. */
export function averageOver({ rows, total, weight }: ScoredRows, value: (row: number) => number): number {
  let sum = 0
  for (const row of rows) sum += weight(row) * value(row)
  return sum / total
}

/** The prediction as one of numbers. @throws MtlError 'unsupported' */
export function numbersOf(metric: string, prediction: Distribution): RealDistribution {
  const fits = isReal(prediction) && prediction.kind !== 'bernoulli'
  check(fits, 'unsupported', `${metric} needs a prediction of numbers, got a ${prediction.kind}`, { metric })
  return prediction
}

/** P(class k), size x K. @throws MtlError 'unsupported' */
export function probabilitiesOf(metric: string, prediction: Distribution): Matrix {
  check(hasClasses(prediction), 'unsupported', `${metric} needs classes, got a ${prediction.kind}`, {
    metric,
  })
  return classProbabilities(prediction)
}

/** P(classes[1]) of two classes. @throws MtlError 'unsupported' */
export function probabilityOfSecond(metric: string, prediction: Distribution): Float64Array {
  const { rows, columns, data } = probabilitiesOf(metric, prediction)
  check(columns === 2, 'unsupported', `${metric} needs two classes, got ${columns}`, { metric })
  return Float64Array.from({ length: rows }, (_, i) => data[2 * i + 1])
}

/** Whether it is one of classes. */
export function hasClasses(prediction: Distribution): boolean {
  return prediction.kind === 'bernoulli' || 'probabilities' in prediction
}
