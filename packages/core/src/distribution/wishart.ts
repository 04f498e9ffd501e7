import { checkNumber } from '../error/check-number.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { solveLowerInPlace } from '../linalg/in-place.ts'
import { matrix, transpose } from '../linalg/matrix.ts'
import { gram, multiply } from '../linalg/product.ts'
import type { Matrix } from '../linalg/types.ts'
import { sampleGamma, sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import { digamma } from '../special/digamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { checkShape, traceOfSolved } from './matrix-laws.ts'
import type { MatrixLaw } from './matrix-laws.ts'

/**
 * Wishart on p x p positive definite matrices: density ~ |X|^((degrees - p - 1) / 2) exp(-tr(scale^-1 X) / 2), mean
 * degrees scale. degrees > p - 1.
 * @throws MtlError 'invalid-option', 'not-positive-definite', 'dimension-mismatch'
 */
export function wishart(degrees: number, scale: Matrix): MatrixLaw {
  const factor = cholesky(scale)
  const size = checkDegrees(degrees, scale)
  const logNormaliser =
    0.5 * degrees * (size * Math.LN2 + factor.logDeterminant) + logMultivariateGamma(degrees / 2, size)
  return {
    mean: matrix(
      size,
      size,
      scale.data.map((entry) => degrees * entry),
    ),
    variance: entryVariances(scale, degrees, degrees),
    logDensity(value) {
      checkShape(value, size, size)
      const { logDeterminant } = cholesky(value)
      return 0.5 * (degrees - size - 1) * logDeterminant - 0.5 * traceOfSolved(factor, value) - logNormaliser
    },
    sample: (random) => gram(transpose(multiply(factor.lower, bartlettFactor(random, degrees, size)))),
  }
}

export interface InverseWishart extends MatrixLaw {
  readonly degrees: number
  readonly scale: Matrix
  /** E X^-1 = degrees scale^-1. */
  readonly meanInverse: Matrix
  /** E log |X|. */
  readonly meanLogDeterminant: number
  /** Kullback-Leibler divergence of this law from another of the same size: 0 from itself, else above. */
  divergenceFrom(other: InverseWishart): number
}

/**
 * Inverse Wishart on p x p positive definite matrices: density ~ |X|^(-(degrees + p + 1) / 2) exp(-tr(scale X^-1) / 2), mean
 * scale / (degrees - p - 1) for degrees > p + 1. degrees > p - 1.
 * @throws MtlError 'invalid-option', 'not-positive-definite', 'dimension-mismatch'
 */
export function inverseWishart(degrees: number, scale: Matrix): InverseWishart {
  const factor = cholesky(scale)
  const size = checkDegrees(degrees, scale)
  const inverse = factor.inverse()
  const meanInverse = matrix(
    size,
    size,
    inverse.data.map((entry) => degrees * entry),
  )
  const excess = degrees - size
  let meanLogDeterminant = factor.logDeterminant - size * Math.LN2
  for (let j = 0; j < size; j++) meanLogDeterminant -= digamma((degrees - j) / 2)

  /** The log density where X has this log determinant and tr(scale X^-1) this value. */
  const logDensityAt = (logDeterminant: number, trace: number): number =>
    0.5 * degrees * (factor.logDeterminant - size * Math.LN2) -
    logMultivariateGamma(degrees / 2, size) -
    0.5 * (degrees + size + 1) * logDeterminant -
    0.5 * trace

  return {
    degrees,
    scale,
    meanInverse,
    meanLogDeterminant,
    ...(excess > 1 && {
      mean: matrix(
        size,
        size,
        scale.data.map((entry) => entry / (excess - 1)),
      ),
    }),
    ...(excess > 3 && {
      variance: entryVariances(
        scale,
        (excess + 1) / (excess * (excess - 1) ** 2 * (excess - 3)),
        1 / (excess * (excess - 1) * (excess - 3)),
      ),
    }),
    logDensity(value) {
      checkShape(value, size, size)
      const valueFactor = cholesky(value)
      return logDensityAt(valueFactor.logDeterminant, traceOfSolved(valueFactor, scale))
    },
    sample(random) {
      // scale = L L', A A' ~ Wishart(degrees, I): X = L (A A')^-1 L' = F'F, F = A^-1 L'.
      const bartlett = bartlettFactor(random, degrees, size).data
      const columns = matrix(size, size, Float64Array.from(factor.lower.data))
      for (let i = 0; i < size; i++) solveLowerInPlace(bartlett, size, columns.data, 0, i * size)
      return gram(transpose(columns))
    },
    divergenceFrom(other) {
      checkShape(other.scale, size, size)
      const own = logDensityAt(meanLogDeterminant, degrees * size)
      const trace = traceOfProduct(meanInverse, other.scale)
      return (
        own - logNormaliserOf(other) + 0.5 * (other.degrees + size + 1) * meanLogDeterminant + 0.5 * trace
      )
    },
  }
}

/** log of the constant in the density of an inverse Wishart. */
function logNormaliserOf({ degrees, scale }: { readonly degrees: number; readonly scale: Matrix }): number {
  const { logDeterminant } = cholesky(scale)
  return (
    0.5 * degrees * (logDeterminant - scale.rows * Math.LN2) - logMultivariateGamma(degrees / 2, scale.rows)
  )
}

function checkDegrees(degrees: number, scale: Matrix): number {
  checkNumber('degrees', degrees, { above: scale.rows - 1, below: Infinity })
  return scale.rows
}

/** a scale_ij^2 + b scale_ii scale_jj. */
function entryVariances({ rows: size, data }: Matrix, a: number, b: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      result.data[i * size + j] = a * data[i * size + j] ** 2 + b * data[i * size + i] * data[j * size + j]
  return result
}

function traceOfProduct(a: Matrix, b: Matrix): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] * b.data[i]
  return sum
}

/** log of the p-variate gamma function, x > (p - 1) / 2. */
function logMultivariateGamma(x: number, p: number): number {
  let sum = 0.25 * p * (p - 1) * Math.log(Math.PI)
  for (let j = 0; j < p; j++) sum += logGamma(x - j / 2)
  return sum
}

/** Lower triangular A with A A' ~ Wishart(degrees, I): Bartlett (1933). */
function bartlettFactor(random: RandomGenerator, degrees: number, size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) result.data[i * size + j] = sampleNormal(random)
    result.data[i * size + i] = Math.sqrt(2 * sampleGamma(random, (degrees - i) / 2))
  }
  return result
}
