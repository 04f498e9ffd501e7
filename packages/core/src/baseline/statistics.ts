import { observed } from '../data/rows.ts'
import type { Task } from '../data/types.ts'
import { matrix } from '../linalg/matrix.ts'
import { dot, gram, transposeMultiplyVector } from '../linalg/product.ts'
import type { Matrix } from '../linalg/types.ts'

/** Sums over the labelled rows of a task: all that least squares needs. Z has rows z = (1, x), q = p + 1 columns. */
export interface Statistics {
  /** Sum of case weights. */
  readonly weight: number
  /** Z'SZ, q x q. */
  readonly gramian: Matrix
  /** Z'Sy. */
  readonly moment: Float64Array
  /** y'Sy. */
  readonly square: number
}

export function statisticsOf(task: Task): Statistics {
  const { inputs, targets, weights } = observed(task)
  const design = designOf(inputs)
  const weighted = weights === undefined ? targets : targets.map((target, i) => weights[i] * target)
  return {
    weight: weights === undefined ? inputs.rows : sum(weights),
    gramian: gram(design, weights),
    moment: transposeMultiplyVector(design, weighted),
    square: dot(weighted, targets),
  }
}

/** Of all rows of these tasks together, which have the same features; at least one. */
export function sumOfStatistics(tasks: readonly Statistics[]): Statistics {
  const { rows, columns } = tasks[0].gramian
  const gramian = matrix(rows, columns)
  const moment = new Float64Array(rows)
  for (const task of tasks) {
    for (let at = 0; at < gramian.data.length; at++) gramian.data[at] += task.gramian.data[at]
    for (let j = 0; j < rows; j++) moment[j] += task.moment[j]
  }
  return {
    weight: sum(tasks.map(({ weight }) => weight)),
    gramian,
    moment,
    square: sum(tasks.map(({ square }) => square)),
  }
}

/** Rows (1, x): the intercept's column comes first. */
export function designOf({ rows, columns, data }: Matrix): Matrix {
  const design = matrix(rows, columns + 1)
  for (let i = 0; i < rows; i++) {
    design.data[i * (columns + 1)] = 1
    for (let j = 0; j < columns; j++) design.data[i * (columns + 1) + j + 1] = data[i * columns + j]
  }
  return design
}

/** y'Sy - 2 u'Z'Sy + u'Z'SZ u of the q coefficients from `at` on; rounding must not take it below 0. */
export function residualSquares(
  { gramian: { rows: size, data }, moment, square }: Statistics,
  coefficients: Float64Array,
  at: number,
): number {
  let squares = square
  for (let i = 0; i < size; i++) {
    let fitted = 0
    for (let j = 0; j < size; j++) fitted += data[i * size + j] * coefficients[at + j]
    squares += coefficients[at + i] * (fitted - 2 * moment[i])
  }
  return Math.max(0, squares)
}

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}
