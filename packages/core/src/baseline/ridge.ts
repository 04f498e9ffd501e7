import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/in-place.ts'
import { generalisedCrossValidation } from './penalties.ts'
import { residualSquares, sum, type Statistics } from './statistics.ts'

/** Each task on its own, all with one penalty. */
export interface RidgeFit {
  readonly penalty: number
  /** u_t = (b_t, w_t), one after the other. */
  readonly coefficients: Float64Array
  /** By task: sum of squared residuals. */
  readonly squares: Float64Array
  /** By task: tr (Z'SZ + P)^-1 Z'SZ. */
  readonly freedom: Float64Array
  /** Generalised cross-validation over all tasks. */
  readonly criterion: number
}

/**
 * u_t = (Z'SZ + P)^-1 Z'Sy with P = diag(0, penalty, ...): the intercept is free. 0 for a task without rows.
 * About T q^3 multiplications.
 */
export function fitRidge(tasks: readonly Statistics[], penalty: number): RidgeFit {
  const sizes = tasks.map(({ moment }) => moment.length)
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0)
  const factor = new Float64Array(largest * largest)
  const unit = new Float64Array(largest)
  const coefficients = new Float64Array(sum(sizes))
  const squares = new Float64Array(tasks.length)
  const freedom = new Float64Array(tasks.length)
  let at = 0
  tasks.forEach((task, t) => {
    const { gramian, moment, weight } = task
    const size = moment.length
    if (weight > 0) {
      factor.set(gramian.data)
      for (let j = 1; j < size; j++) factor[j * size + j] += penalty
      choleskyInPlace(factor, size)
      coefficients.set(moment, at)
      solveLowerInPlace(factor, size, coefficients, 0, at)
      solveLowerTransposedInPlace(factor, size, coefficients, 0, at)
      squares[t] = residualSquares(task, coefficients, at)
      freedom[t] = size - penalty * slopesOfInverse(factor, size, unit)
    }
    at += size
  })
  const rows = sum(tasks.map(({ weight }) => weight))
  const criterion = generalisedCrossValidation(rows, sum(squares), sum(freedom))
  return { penalty, coefficients, squares, freedom, criterion }
}

/** Trace of (LL')^-1 without its first entry, which is the intercept's: the squared lengths of L^-1 e_j. */
function slopesOfInverse(lower: Float64Array, size: number, unit: Float64Array): number {
  let trace = 0
  for (let j = 1; j < size; j++) {
    unit.fill(0)
    unit[j] = 1
    solveLowerInPlace(lower, size, unit)
    for (let i = j; i < size; i++) trace += unit[i] * unit[i]
  }
  return trace
}
