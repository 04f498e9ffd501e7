import { choleskyInPlace, matrix, multiply, multiplyVector, transpose } from '@mtl/core'
import { applyTo, innerProduct, invertLowerInPlace } from './kernels.ts'
import { transformed, type Metric } from './metric.ts'

/** u_root ~ N(mean, G G'), in whitened coordinates. */
export interface RootPrior {
  readonly mean: Float64Array
  /** G, D x D. */
  readonly factor: Float64Array
}

/** N(mean, factor factor') of the weights, in the coordinates of a metric. */
export function whitenedRoot({ mean, factor }: RootPrior, { inverse, size }: Metric): RootPrior {
  const white = multiply(matrix(size, size, inverse), matrix(size, size, factor))
  return { mean: transformed(inverse, mean, size), factor: white.data }
}

/** N(0, variance I) of D weights. */
export function isotropicRoot(size: number, variance: number): RootPrior {
  const factor = new Float64Array(size * size)
  for (let r = 0; r < size; r++) factor[r * (size + 1)] = Math.sqrt(variance)
  return { mean: new Float64Array(size), factor }
}

interface RootPosterior {
  readonly mean: Float64Array
  readonly covariance: Float64Array
  /** log of the integral of message and prior, without the message's constant. */
  readonly logEvidence: number
}

/**
 * N(m, S) times exp(-z'Jz / 2 + h'z), S = G G': covariance G (I + G'JG)^-1 G', mean m + covariance (h - J m). S = 0 is fine.
 */
export function rootPosterior(
  precision: Float64Array,
  shift: Float64Array,
  at: number,
  shiftAt: number,
  { mean: m, factor: g }: RootPrior,
): RootPosterior {
  const size = m.length
  const j = matrix(size, size, precision.subarray(at, at + size * size))
  const factor = matrix(size, size, g)
  const inner = multiply(transpose(factor), multiply(j, factor)).data
  for (let r = 0; r < size; r++) inner[r * (size + 1)] += 1
  const logDeterminant = choleskyInPlace(inner, size)
  invertLowerInPlace(inner, size)
  for (let r = 0; r < size; r++) inner.fill(0, r * size + r + 1, (r + 1) * size)
  // H = L^-1 G', covariance = H'H.
  const half = multiply(matrix(size, size, inner), transpose(factor))
  const covariance = multiply(transpose(half), half).data
  const jm = multiplyVector(j, m)
  const residual = jm.map((value, r) => shift[shiftAt + r] - value)
  const moved = new Float64Array(size)
  applyTo(moved, 0, covariance, 0, residual, 0, size)
  const logEvidence =
    innerProduct(shift, shiftAt, m, 0, size) -
    0.5 * innerProduct(m, 0, jm, 0, size) -
    0.5 * logDeterminant +
    0.5 * innerProduct(residual, 0, moved, 0, size)
  return { mean: m.map((value, r) => value + moved[r]), covariance, logEvidence }
}
