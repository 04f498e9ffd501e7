/**
 * Laws of random matrices, on plain parameters: log densities, moments and draws. They are what models are made of, not
 * predictions. Everything that a law needs more than once is derived when it is made.
 */
import { check } from '../error/mtl-error.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { matrix, transpose } from '../linalg/matrix.ts'
import { multiply } from '../linalg/product.ts'
import type { Cholesky, Matrix } from '../linalg/types.ts'
import { sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import {
  generalisedInverseGaussian,
  generalisedInverseGaussianMoments,
} from './generalised-inverse-gaussian.ts'

export interface MatrixLaw {
  /** Absent where it does not exist. */
  readonly mean?: Matrix
  /** Of each entry alone; absent where one is not finite. */
  readonly variance?: Matrix
  /** @throws MtlError 'dimension-mismatch'; 'not-positive-definite' where the law is one of such matrices */
  logDensity(value: Matrix): number
  sample(random: RandomGenerator): Matrix
}

const logTwoPi = Math.log(2 * Math.PI)

/**
 * Matrix normal, n x m: entries (i, j) and (k, l) have covariance rowCovariance[i, k] columnCovariance[j, l].
 * @param rowCovariance n x n @param columnCovariance m x m
 * @throws MtlError 'dimension-mismatch', 'not-positive-definite'
 */
export function matrixNormal(mean: Matrix, rowCovariance: Matrix, columnCovariance: Matrix): MatrixLaw {
  const shape = shapeOf(rowCovariance, columnCovariance)
  checkShape(mean, shape.rows, shape.columns)
  return {
    mean,
    variance: shape.variance(1),
    logDensity(value) {
      checkShape(value, shape.rows, shape.columns)
      const deviation = matrix(
        shape.rows,
        shape.columns,
        value.data.map((entry, i) => entry - mean.data[i]),
      )
      return shape.logScale - 0.5 * shape.quadratic(deviation)
    },
    sample(random) {
      const deviation = shape.sample(random)
      return matrix(
        shape.rows,
        shape.columns,
        deviation.data.map((entry, i) => entry + mean.data[i]),
      )
    },
  }
}

/**
 * Symmetric matrix generalised hyperbolic, n x m: given g, generalised inverse Gaussian with (order, chi, phi), a matrix
 * normal of mean 0 and columnCovariance / g. Archambeau, Guo and Zoeter (2011), NeurIPS.
 *
 *   log p(W) = log N(W at 0) + log Z(order + n m / 2, chi, phi + q) - log Z(order, chi, phi),  q = tr(R^-1 W C^-1 W')
 *
 * @throws MtlError 'invalid-option' (as `generalisedInverseGaussian`), 'dimension-mismatch', 'not-positive-definite'
 */
export function matrixGeneralisedHyperbolic(
  precision: { readonly order: number; readonly chi: number; readonly phi: number },
  rowCovariance: Matrix,
  columnCovariance: Matrix,
): MatrixLaw {
  const { order, chi, phi } = precision
  const shape = shapeOf(rowCovariance, columnCovariance)
  const prior = generalisedInverseGaussianMoments(order, chi, phi)
  const precisions = generalisedInverseGaussian(
    Float64Array.of(order),
    Float64Array.of(chi),
    Float64Array.of(phi),
  )
  return {
    mean: matrix(shape.rows, shape.columns),
    ...(Number.isFinite(prior.meanInverse) && { variance: shape.variance(prior.meanInverse) }),
    logDensity(value) {
      checkShape(value, shape.rows, shape.columns)
      const size = shape.rows * shape.columns
      const quadratic = shape.quadratic(value)
      const posterior = generalisedInverseGaussianMoments(order + size / 2, chi, phi + quadratic)
      return shape.logScale + posterior.logNormaliser - prior.logNormaliser
    },
    sample(random) {
      const scale = 1 / Math.sqrt(precisions.sample(random)[0])
      const value = shape.sample(random)
      return matrix(
        shape.rows,
        shape.columns,
        value.data.map((entry) => scale * entry),
      )
    },
  }
}

interface Shape {
  readonly rows: number
  readonly columns: number
  /** log density at the mean. */
  readonly logScale: number
  /** tr(R^-1 W C^-1 W'). */
  quadratic(value: Matrix): number
  variance(factor: number): Matrix
  /** Mean 0. */
  sample(random: RandomGenerator): Matrix
}

function shapeOf(rowCovariance: Matrix, columnCovariance: Matrix): Shape {
  const [rowFactor, columnFactor] = [cholesky(rowCovariance), cholesky(columnCovariance)]
  const [rows, columns] = [rowCovariance.rows, columnCovariance.rows]
  return {
    rows,
    columns,
    logScale:
      -0.5 *
      (rows * columns * logTwoPi + rows * columnFactor.logDeterminant + columns * rowFactor.logDeterminant),
    quadratic(value) {
      const [byRows, byColumns] = [rowFactor.solveMatrix(value), columnFactor.solveMatrix(transpose(value))]
      let sum = 0
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) sum += byRows.data[i * columns + j] * byColumns.data[j * rows + i]
      return sum
    },
    variance(factor) {
      const result = matrix(rows, columns)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++)
          result.data[i * columns + j] =
            factor * rowCovariance.data[i * rows + i] * columnCovariance.data[j * columns + j]
      return result
    },
    sample: (random) =>
      multiply(
        multiply(rowFactor.lower, standardNormal(random, rows, columns)),
        transpose(columnFactor.lower),
      ),
  }
}

function standardNormal(random: RandomGenerator, rows: number, columns: number): Matrix {
  const result = matrix(rows, columns)
  for (let i = 0; i < result.data.length; i++) result.data[i] = sampleNormal(random)
  return result
}

/** @throws MtlError 'dimension-mismatch' */
export function checkShape(value: Matrix, rows: number, columns: number): void {
  check(
    value.rows === rows && value.columns === columns,
    'dimension-mismatch',
    `a law of ${rows} x ${columns} matrices was asked about one of ${value.rows} x ${value.columns}`,
  )
}

/** tr(A^-1 B), B symmetric, A by its factor. */
export function traceOfSolved(factor: Cholesky, b: Matrix): number {
  const solved = factor.solveMatrix(b)
  let trace = 0
  for (let i = 0; i < b.rows; i++) trace += solved.data[i * b.rows + i]
  return trace
}
