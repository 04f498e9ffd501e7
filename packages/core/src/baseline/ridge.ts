import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/in-place.ts'
import { generalisedCrossValidation } from './penalties.ts'
import { residualSquares, sum, type Statistics } from './statistics.ts'

/** Each task on its own, all with one penalty. */
export interface RidgeFit {
  readonly penalty: number
  /** (b_t, w_t), one after the other. */
  readonly coefficients: Float64Array
  /** By task: sum of squared residuals. */
  readonly squares: Float64Array
  /** By task: trace of the smoother, 1 + tr (G + penalty I)^-1 G; 0 without rows. */
  readonly freedom: Float64Array
  /** Generalised cross-validation over all tasks. */
  readonly criterion: number
}

/**
 * w_t = (G_t + penalty I)^-1 r_t around the means, which the free intercept b_t meets. 0 for a task without rows. About
 * T p^3 / 2 multiplications.
 */
export function fitRidge(tasks: readonly Statistics[], penalty: number): RidgeFit {
  const sizes = tasks.map(({ moment }) => moment.length)
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0)
  const factor = new Float64Array(largest * largest)
  const unit = new Float64Array(largest)
  const coefficients = new Float64Array(sum(sizes) + tasks.length)
  const squares = new Float64Array(tasks.length)
  const freedom = new Float64Array(tasks.length)
  let at = 0
  tasks.forEach((task, t) => {
    const size = sizes[t]
    if (task.weight > 0) {
      factoriseInPlace(factor, task, penalty)
      coefficients.set(task.moment, at + 1)
      solveInPlace(factor, size, coefficients, at + 1)
      coefficients[at] = task.targetMean
      for (let j = 0; j < size; j++) coefficients[at] -= task.inputMeans[j] * coefficients[at + 1 + j]
      squares[t] = residualSquares(task, coefficients, at + 1)
      freedom[t] = 1 + size - penalty * traceOfInverse(factor, size, unit)
    }
    at += size + 1
  })
  const rows = sum(tasks.map(({ weight }) => weight))
  const criterion = generalisedCrossValidation(rows, sum(squares), sum(freedom))
  return { penalty, coefficients, squares, freedom, criterion }
}

/** `factor` becomes L, L L' = G + penalty I. */
export function factoriseInPlace(factor: Float64Array, { gramian }: Statistics, penalty: number): void {
  const size = gramian.rows
  factor.set(gramian.data)
  for (let j = 0; j < size; j++) factor[j * (size + 1)] += penalty
  choleskyInPlace(factor, size)
}

/** Values of b, from `at` on, become (L L')^-1 b. */
export function solveInPlace(factor: Float64Array, size: number, b: Float64Array, at = 0): void {
  solveLowerInPlace(factor, size, b, 0, at)
  solveLowerTransposedInPlace(factor, size, b, 0, at)
}

/** Trace of (L L')^-1: the squared lengths of L^-1 e_j. */
function traceOfInverse(lower: Float64Array, size: number, unit: Float64Array): number {
  let trace = 0
  for (let j = 0; j < size; j++) {
    unit.fill(0)
    unit[j] = 1
    solveLowerInPlace(lower, size, unit)
    for (let i = j; i < size; i++) trace += unit[i] * unit[i]
  }
  return trace
}
