import { observed } from '../data/rows.ts'
import type { Task } from '../data/types.ts'
import { matrix } from '../linalg/matrix.ts'
import { gram, transposeMultiplyVector } from '../linalg/product.ts'
import type { Matrix } from '../linalg/types.ts'

/**
 * Sums over the labelled rows of a task: all that least squares needs. They are taken around the task's means, so that
 * nothing of the small differences within a task is lost beside its level.
 */
export interface Statistics {
  /** Sum of case weights. */
  readonly weight: number
  /** Mean of each of the p inputs; 0 without rows. */
  readonly inputMeans: Float64Array
  readonly targetMean: number
  /** G = sum_i s_i (x_i - mean)(x_i - mean)', p x p. */
  readonly gramian: Matrix
  /** r = sum_i s_i (x_i - mean)(y_i - mean). */
  readonly moment: Float64Array
  /** sum_i s_i (y_i - mean)^2. */
  readonly square: number
}

export function statisticsOf(task: Task): Statistics {
  const { inputs, targets, weights = new Float64Array(targets.length).fill(1) } = observed(task)
  const weight = sum(weights)
  const averages = transposeMultiplyVector(inputs, weights)
  const inputMeans = weight > 0 ? averages.map((total) => total / weight) : averages
  const targetMean = weight > 0 ? sum(targets.map((y, i) => weights[i] * y)) / weight : 0
  const { rows, columns } = inputs
  const around = matrix(
    rows,
    columns,
    inputs.data.map((x, at) => x - inputMeans[at % columns]),
  )
  const weighted = targets.map((y, i) => weights[i] * (y - targetMean))
  return {
    weight,
    inputMeans,
    targetMean,
    gramian: gram(around, weights),
    moment: transposeMultiplyVector(around, weighted),
    square: sum(weighted.map((product, i) => product * (targets[i] - targetMean))),
  }
}

/** Of all rows of these tasks together, which have the same features; at least one. */
export function sumOfStatistics(tasks: readonly Statistics[]): Statistics {
  const weight = sum(tasks.map((task) => task.weight))
  const average = (value: (task: Statistics) => number): number =>
    weight > 0 ? sum(tasks.map((task) => task.weight * value(task))) / weight : 0
  const size = tasks[0].moment.length
  const inputMeans = Float64Array.from({ length: size }, (_, j) => average((task) => task.inputMeans[j]))
  const targetMean = average((task) => task.targetMean)
  const gramian = matrix(size, size)
  const moment = new Float64Array(size)
  let square = 0
  for (const task of tasks) {
    const level = task.targetMean - targetMean
    for (let i = 0; i < size; i++) {
      const shift = task.weight * (task.inputMeans[i] - inputMeans[i])
      for (let j = 0; j < size; j++)
        gramian.data[i * size + j] +=
          task.gramian.data[i * size + j] + shift * (task.inputMeans[j] - inputMeans[j])
      moment[i] += task.moment[i] + shift * level
    }
    square += task.square + task.weight * level * level
  }
  return { weight, inputMeans, targetMean, gramian, moment, square }
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

/**
 * Squares that the p slopes from `at` on leave around the means, square - 2 w'r + w'G w; rounding must not take it
 * below 0.
 */
export function residualSquares(
  { gramian: { rows: size, data }, moment, square }: Statistics,
  slopes: Float64Array,
  at: number,
): number {
  let squares = square
  for (let i = 0; i < size; i++) {
    let fitted = 0
    for (let j = 0; j < size; j++) fitted += data[i * size + j] * slopes[at + j]
    squares += slopes[at + i] * (fitted - 2 * moment[i])
  }
  return Math.max(0, squares)
}

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}
