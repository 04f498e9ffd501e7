import { log1pExp, sigmoid } from '@mtl/core'
import type { Factors } from '../messages/factors.ts'
import { applyTo, innerProduct } from '../messages/kernels.ts'
import type { Problem } from './problem.ts'

/** The data's log likelihood as a function of what hangs at each leaf, K times D. */
export interface Likelihood {
  /** It is quadratic, and one expansion is all of it. */
  readonly exact: boolean
  /** Largest change of a leaf in a step of Laplace's method. */
  readonly largestChange: number
  /** Writes the expansion of second order at the leaves; returns the log likelihood there. */
  expand(leaves: Float64Array, noise: Float64Array, into: Factors): number
  value(leaves: Float64Array, noise: Float64Array): number
}

/** y ~ N(w'x, noise): J = X'X / noise, h = X'y / noise. */
export function regressionLikelihood({ tasks, size, products, cross, squares, counts }: Problem): Likelihood {
  const block = size * size
  const expand = (_: Float64Array, noise: Float64Array, into: Factors): number => {
    for (let k = 0; k < tasks; k++) {
      for (let at = k * block; at < (k + 1) * block; at++) into.precision[at] = products[at] / noise[k]
      for (let at = k * size; at < (k + 1) * size; at++) into.shift[at] = cross[at] / noise[k]
      into.constant[k] = -0.5 * (counts[k] * Math.log(2 * Math.PI * noise[k]) + squares[k] / noise[k])
    }
    return 0
  }
  return { exact: true, largestChange: Infinity, expand, value: () => 0 }
}

/** P(y = 1) = 1 / (1 + e^-a), a = w'x: J = X' diag(p (1 - p)) X, h = J w + X'(y - p). */
export function logisticLikelihood({ tasks, size, rows, starts, targets, weights }: Problem): Likelihood {
  const block = size * size
  const slope = new Float64Array(size)
  const curved = new Float64Array(size)
  const expandTask = (k: number, leaves: Float64Array, into: Factors): number => {
    const { precision, shift, constant } = into
    precision.fill(0, k * block, (k + 1) * block)
    slope.fill(0)
    let value = 0
    for (let n = starts[k]; n < starts[k + 1]; n++) {
      const a = innerProduct(rows, n * size, leaves, k * size, size)
      const p = sigmoid(a)
      value += weights[n] * (targets[n] * a - log1pExp(a))
      const curvature = weights[n] * p * (1 - p)
      for (let r = 0; r < size; r++) {
        const x = rows[n * size + r]
        slope[r] += weights[n] * (targets[n] - p) * x
        for (let s = 0; s < size; s++)
          precision[k * block + r * size + s] += curvature * x * rows[n * size + s]
      }
    }
    applyTo(curved, 0, precision, k * block, leaves, k * size, size)
    for (let r = 0; r < size; r++) shift[k * size + r] = curved[r] + slope[r]
    constant[k] =
      value +
      0.5 * innerProduct(leaves, k * size, curved, 0, size) -
      innerProduct(shift, k * size, leaves, k * size, size)
    return value
  }
  return {
    exact: false,
    largestChange: Infinity,
    expand(leaves, _, into) {
      let value = 0
      for (let k = 0; k < tasks; k++) value += expandTask(k, leaves, into)
      return value
    },
    value(leaves) {
      let value = 0
      for (let k = 0; k < tasks; k++)
        for (let n = starts[k]; n < starts[k + 1]; n++) {
          const a = innerProduct(rows, n * size, leaves, k * size, size)
          value += weights[n] * (targets[n] * a - log1pExp(a))
        }
      return value
    },
  }
}
