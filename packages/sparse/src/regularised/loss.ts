/**
 * Losses of linear tasks, sum_t scale_t sum_i s_ti loss(y_ti, b_t + w_t' x_ti), s case weights:
 *
 *   squared   (y - z)^2 / 2              intercepts are eliminated: rows stand around their task's means
 *   logistic  log(1 + e^z) - y z         intercepts are variables; y is 0 or 1
 *
 * scale_t is 1 / sum_i s_ti ('task'), or the number of tasks
 * with rows over the sum of all case weights ('label').
 */
import { log1pExp, matrix, sigmoid } from '@mtl/core'
import type { Matrix, Task } from '@mtl/core'
import { largestEigenvalue } from './largest-eigenvalue.ts'

export interface Loss {
  readonly tasks: number
  readonly features: number
  /** Lipschitz constant of the gradient. */
  readonly curvature: number
  /** At W = 0 the best; of squared loss 0, for they are not variables there. */
  readonly startIntercepts: Float64Array
  /** Writes both gradients and returns the value. */
  gradientInPlace(
    weights: Float64Array,
    intercepts: Float64Array,
    gradient: Float64Array,
    interceptGradient: Float64Array,
  ): number
  /** Those that belong to the weights, for predictions. */
  interceptsOf(weights: Float64Array, intercepts: Float64Array): Float64Array
  /** Of squared loss alone. */
  readonly squared?: SquaredLoss
}

/** Squared loss is a quadratic: sum_t (w_t'H_t w_t - 2 w_t'm_t + q_t) / 2. */
export interface SquaredLoss {
  /** Writes H_t w_t for all tasks. */
  multiplyInPlace(weights: Float64Array, product: Float64Array): void
  /** m, T x p. */
  readonly moments: Float64Array
  /** sum_t q_t. */
  readonly square: number
  /** Mean of the diagonals of H, over tasks and features. */
  readonly meanDiagonal: number
  /** Of each task's residuals, in units of rows. */
  residualSquares(weights: Float64Array): number
}

/** The rows of a task that take part. */
export interface TaskRows {
  readonly inputs: Matrix
  readonly targets: Float64Array
  /** Case weight of each row of `inputs`; 0: the row takes no part, whatever its target. */
  readonly weights: Float64Array
}

export interface LossOptions {
  readonly reduction: 'task' | 'label'
  readonly intercept: 'free' | 'none'
}

/** Of all labelled rows, less those listed by task. No inputs are copied. */
export function rowsOf(tasks: readonly Task[], without: readonly Int32Array[] = []): TaskRows[] {
  return tasks.map(({ inputs, targets, weights }, t) => {
    const counted = targets.map((y, i) => (Number.isNaN(y) ? 0 : (weights?.[i] ?? 1)))
    for (const i of without[t] ?? []) counted[i] = 0
    return { inputs, targets, weights: counted }
  })
}

/** What one row of each task weighs. */
export function scalesOf(tasks: readonly TaskRows[], reduction: 'task' | 'label'): Float64Array {
  const totals = tasks.map(({ weights }) => sum(weights))
  const all = sum(totals)
  const labelled = totals.filter((total) => total > 0).length
  return Float64Array.from(totals, (total) =>
    total === 0 ? 0 : reduction === 'task' ? 1 / total : labelled / all,
  )
}

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

/** A task's loss as a quadratic of its weights, and its means. */
interface Quadratic {
  readonly means: Float64Array
  readonly targetMean: number
  readonly moment: Float64Array
  readonly square: number
  /** Of H. */
  readonly trace: number
  /** Writes H w; weights and product from position `at`. */
  readonly multiplyInPlace: (weights: Float64Array, product: Float64Array, at: number) => void
}

export function squaredLoss(tasks: readonly TaskRows[], options: LossOptions): Loss {
  const scales = scalesOf(tasks, options.reduction)
  const size = tasks[0].inputs.columns
  const quadratics = tasks.map((rows, t) => quadraticOf(rows, scales[t], options.intercept === 'free'))
  const moments = new Float64Array(tasks.length * size)
  quadratics.forEach(({ moment }, t) => moments.set(moment, t * size))
  const square = sum(quadratics.map((task) => task.square))
  const multiplyInPlace = (weights: Float64Array, product: Float64Array): void => {
    for (let t = 0; t < quadratics.length; t++) quadratics[t].multiplyInPlace(weights, product, t * size)
  }
  return {
    tasks: tasks.length,
    features: size,
    curvature: Math.max(
      0,
      ...quadratics.map((task) =>
        largestEigenvalue(size, (v, product) => task.multiplyInPlace(v, product, 0)),
      ),
    ),
    startIntercepts: new Float64Array(tasks.length),
    gradientInPlace(weights, _, gradient) {
      multiplyInPlace(weights, gradient)
      let value = square
      for (let at = 0; at < gradient.length; at++) {
        gradient[at] -= moments[at]
        value += weights[at] * (gradient[at] - moments[at])
      }
      return Math.max(0, value / 2)
    },
    interceptsOf: (weights) =>
      Float64Array.from(quadratics, ({ means, targetMean }, t) => {
        let level = targetMean
        for (let j = 0; j < size; j++) level -= weights[t * size + j] * means[j]
        return level
      }),
    squared: {
      multiplyInPlace,
      moments,
      square,
      meanDiagonal: sum(quadratics.map(({ trace }) => trace)) / Math.max(1, moments.length),
      residualSquares(weights) {
        const product = new Float64Array(weights.length)
        multiplyInPlace(weights, product)
        return sum(
          quadratics.map((task, t) => {
            let squares = task.square
            for (let at = t * size; at < (t + 1) * size; at++)
              squares += weights[at] * (product[at] - 2 * moments[at])
            return scales[t] === 0 ? 0 : Math.max(0, squares) / scales[t]
          }),
        )
      },
    },
  }
}

function quadraticOf(rows: TaskRows, scale: number, centred: boolean): Quadratic {
  const { inputs, targets, weights } = rows
  const size = inputs.columns
  const counted = countedRows(rows)
  const means = new Float64Array(size)
  let targetMean = 0
  const total = sum(weights)
  if (centred && total > 0) {
    for (const i of counted) {
      targetMean += (weights[i] / total) * targets[i]
      for (let j = 0; j < size; j++) means[j] += (weights[i] / total) * inputs.data[i * size + j]
    }
  }
  const moment = new Float64Array(size)
  let square = 0
  let trace = 0
  for (const i of counted) {
    const residual = targets[i] - targetMean
    const share = scale * weights[i] * residual
    square += share * residual
    for (let j = 0; j < size; j++) {
      const around = inputs.data[i * size + j] - means[j]
      moment[j] += share * around
      trace += scale * weights[i] * around * around
    }
  }
  const multiplyInPlace =
    size <= 2 * counted.length
      ? productWithGramian(centredGramian(rows, counted, means, scale))
      : productByRows(rows, counted, means, scale)
  return { means, targetMean, moment, square, trace, multiplyInPlace }
}

/** scale X'S X around the means. */
function centredGramian(
  { inputs, weights }: TaskRows,
  counted: Int32Array,
  means: Float64Array,
  scale: number,
): Matrix {
  const size = inputs.columns
  const gramian = matrix(size, size)
  const around = new Float64Array(size)
  for (const i of counted) {
    for (let j = 0; j < size; j++) around[j] = inputs.data[i * size + j] - means[j]
    for (let j = 0; j < size; j++) {
      const share = scale * weights[i] * around[j]
      for (let k = 0; k <= j; k++) gramian.data[j * size + k] += share * around[k]
    }
  }
  for (let j = 0; j < size; j++)
    for (let k = 0; k < j; k++) gramian.data[k * size + j] = gramian.data[j * size + k]
  return gramian
}

function productWithGramian({ columns: size, data }: Matrix): Quadratic['multiplyInPlace'] {
  return (weights, product, at) => {
    for (let j = 0; j < size; j++) {
      let total = 0
      for (let k = 0; k < size; k++) total += data[j * size + k] * weights[at + k]
      product[at + j] = total
    }
  }
}

/** Where a gramian would be larger than the rows: each row is read once, for its value and for its share of the product. */
function productByRows(
  { inputs: { columns: size, data }, weights: counts }: TaskRows,
  counted: Int32Array,
  means: Float64Array,
  scale: number,
): Quadratic['multiplyInPlace'] {
  // Of many features few have a weight: the others take no part in the value of a row.
  const active = new Int32Array(size)
  return (weights, product, at) => {
    let level = 0
    let count = 0
    for (let j = 0; j < size; j++) {
      product[at + j] = 0
      if (weights[at + j] === 0) continue
      level += means[j] * weights[at + j]
      active[count++] = j
    }
    let total = 0
    for (const i of counted) {
      const start = i * size
      let value = -level
      for (let k = 0; k < count; k++) value += data[start + active[k]] * weights[at + active[k]]
      const share = scale * counts[i] * value
      total += share
      for (let j = 0; j < size; j++) product[at + j] += share * data[start + j]
    }
    for (let j = 0; j < size; j++) product[at + j] -= total * means[j]
  }
}

/** Shares of a class of a task that has only the other are kept so far from 0, so that the log-odds are finite. */
const leastShare = 1e-12

export function logisticLoss(tasks: readonly TaskRows[], options: LossOptions): Loss {
  const scales = scalesOf(tasks, options.reduction)
  const size = tasks[0].inputs.columns
  const free = options.intercept === 'free'
  const counted = tasks.map(countedRows)
  return {
    tasks: tasks.length,
    features: size,
    // The second derivative in z is at most 1/4.
    curvature: Math.max(0, ...tasks.map((rows, t) => designCurvature(rows, counted[t], scales[t], free))) / 4,
    startIntercepts: Float64Array.from(tasks, ({ targets, weights }) => {
      const total = sum(weights)
      if (!free || total === 0) return 0
      const share = sum(weights.map((weight, i) => (weight === 0 ? 0 : weight * targets[i]))) / total
      const within = Math.min(1 - leastShare, Math.max(leastShare, share))
      return Math.log(within / (1 - within))
    }),
    gradientInPlace(weights, intercepts, gradient, interceptGradient) {
      let value = 0
      gradient.fill(0)
      interceptGradient.fill(0)
      for (let t = 0; t < tasks.length; t++) {
        const { inputs, targets, weights: counts } = tasks[t]
        const at = t * size
        for (const i of counted[t]) {
          const start = i * size
          let z = intercepts[t]
          for (let j = 0; j < size; j++) z += inputs.data[start + j] * weights[at + j]
          const weight = scales[t] * counts[i]
          value += weight * log1pExp(targets[i] === 1 ? -z : z)
          const share = weight * (sigmoid(z) - targets[i])
          if (free) interceptGradient[t] += share
          for (let j = 0; j < size; j++) gradient[at + j] += share * inputs.data[start + j]
        }
      }
      return value
    },
    interceptsOf: (_, intercepts) => intercepts.slice(),
  }
}

/** Largest eigenvalue of scale Z'S Z, Z = (X, 1) or X. */
function designCurvature(
  { inputs: { columns: size, data }, weights }: TaskRows,
  counted: Int32Array,
  scale: number,
  free: boolean,
): number {
  return largestEigenvalue(size + Number(free), (v, product) => {
    product.fill(0)
    for (const i of counted) {
      let value = free ? v[size] : 0
      for (let j = 0; j < size; j++) value += data[i * size + j] * v[j]
      const share = scale * weights[i] * value
      for (let j = 0; j < size; j++) product[j] += share * data[i * size + j]
      if (free) product[size] += share
    }
  })
}

function countedRows({ weights }: TaskRows): Int32Array {
  return Int32Array.from(weights.keys()).filter((i) => weights[i] > 0)
}
