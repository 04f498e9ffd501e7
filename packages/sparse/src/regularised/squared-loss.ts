import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { largestEigenvalue } from './largest-eigenvalue.ts'
import { countedRows, scalesOf, sum, type Loss, type LossOptions, type TaskRows } from './loss.ts'

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
      for (let at = 0; at < gradient.length; at++) gradient[at] -= moments[at]
    },
    value(weights) {
      const product = new Float64Array(weights.length)
      multiplyInPlace(weights, product)
      let value = square
      for (let at = 0; at < product.length; at++) value += weights[at] * (product[at] - 2 * moments[at])
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
