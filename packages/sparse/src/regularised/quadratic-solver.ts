/**
 * The minimum of squared loss with a quadratic penalty tr(W'Q W) / 2, Q T x T: linear equations, one block H_t for each
 * task,
 *
 *   H_t w_t + sum_s Q_ts w_s = m_t
 *
 * by conjugate gradients. The preconditioner Q + (mean diagonal of H) I acts on each feature alike: a strong coupling, which
 * makes the equations stiff, is solved by it exactly.
 *
 * Hestenes and Stiefel (1952), Methods of conjugate gradients for solving linear systems.
 */
import { cholesky, matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { Loss, SquaredLoss } from './loss.ts'
import type { Solver, SolverOptions } from './solver.ts'

/** `quadratic` is Q by penalty. The residual is the largest entry of the gradient. */
export function quadraticSolver(
  loss: Loss,
  squared: SquaredLoss,
  quadratic: (penalty: number) => Matrix,
  { maxSteps, tolerance }: SolverOptions,
): Solver {
  const { tasks, features } = loss
  const { moments } = squared
  const size = tasks * features
  const product = new Float64Array(size)
  const direction = new Float64Array(size)
  const intercepts = new Float64Array(tasks)

  return (penalty, from) => {
    const q = quadratic(penalty)
    const multiplyInPlace = (w: Float64Array): void => {
      squared.multiplyInPlace(w, product)
      addCoupledInPlace(product, q, w, features)
    }
    const precondition = preconditioner(q, squared.meanDiagonal)
    const weights = matrix(tasks, features, from?.parts[0].data.slice())
    multiplyInPlace(weights.data)
    const left = moments.map((m, at) => m - product[at])
    let preconditioned = precondition(left, features)
    direction.set(preconditioned)
    let power = inner(left, preconditioned)
    let steps = 0
    for (; steps < maxSteps && largest(left) > tolerance && power > 0; steps++) {
      multiplyInPlace(direction)
      const curvature = inner(direction, product)
      // Where nothing bends the gradient is rounding alone.
      if (curvature <= 0) break
      const length = power / curvature
      for (let at = 0; at < size; at++) {
        weights.data[at] += length * direction[at]
        left[at] -= length * product[at]
      }
      preconditioned = precondition(left, features)
      const before = power
      power = inner(left, preconditioned)
      for (let at = 0; at < size; at++) direction[at] = preconditioned[at] + (power / before) * direction[at]
    }
    multiplyInPlace(weights.data)
    let residual = 0
    let value = squared.square
    for (let at = 0; at < size; at++) {
      residual = Math.max(residual, Math.abs(product[at] - moments[at]))
      value += weights.data[at] * (product[at] - 2 * moments[at])
    }
    squared.multiplyInPlace(weights.data, product)
    let fit = squared.square
    for (let at = 0; at < size; at++) fit += weights.data[at] * (product[at] - 2 * moments[at])
    const objective = Math.max(0, value) / 2
    return {
      parts: [weights],
      intercepts,
      weights,
      steps,
      residual,
      objective,
      loss: Math.min(objective, Math.max(0, fit) / 2),
    }
  }
}

/** Adds Q W to a product. */
function addCoupledInPlace(
  product: Float64Array,
  { rows, data }: Matrix,
  weights: Float64Array,
  features: number,
): void {
  for (let t = 0; t < rows; t++) {
    for (let s = 0; s < rows; s++) {
      const share = data[t * rows + s]
      if (share === 0) continue
      for (let j = 0; j < features; j++) product[t * features + j] += share * weights[s * features + j]
    }
  }
}

/** (Q + diagonal I)^-1 on every feature. */
function preconditioner(
  q: Matrix,
  diagonal: number,
): (values: Float64Array, features: number) => Float64Array {
  const shifted = matrix(q.rows, q.columns, q.data.slice())
  // Without rows and penalty all is 0, and any preconditioner does.
  const shift = diagonal > 0 ? diagonal : 1
  for (let t = 0; t < q.rows; t++) shifted.data[t * q.columns + t] += shift
  const factor = cholesky(shifted)
  return (values, features) => factor.solveMatrix(matrix(q.rows, features, values)).data
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at]
  return sum
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
