/**
 * A task's log evidence as a function of the logarithms s of its weights' standard deviations, the weights integrated out:
 *
 *   w ~ N(0, A A'),  A = diag(e^s) chol(R)
 *
 * for numbers exactly, for classes by Laplace's method. Its slope is Fisher's identity, its curvature the expected information.
 */
import { cholesky, log1pExp, matrix, multiply, multiplyVector, sigmoid, transpose } from '@mtl/core'
import type { Cholesky, Matrix } from '@mtl/core'
import { applyTo, innerProduct, invertLowerInPlace } from '../messages/kernels.ts'
import type { Factors } from '../messages/factors.ts'
import type { Likelihood } from './likelihood.ts'
import type { Problem } from './problem.ts'

export interface ScaleLikelihood extends Likelihood {
  /** Posterior of the weights at the last expansion: K times D, and K times D x D. */
  readonly weights: Float64Array
  readonly covariances: Float64Array
  /** R, D x D, which holds from now on. @throws MtlError 'not-positive-definite' */
  correlate(correlation: Float64Array): void
}

/** Begins with uncorrelated weights. */
export function scaleLikelihood(problem: Problem, numeric: boolean): ScaleLikelihood {
  const { tasks, size } = problem
  const block = size * size
  const weights = new Float64Array(tasks * size)
  const covariances = new Float64Array(tasks * block)
  let lower = unit(size)
  let inverse = unit(size)
  const evidenceOf = numeric ? numericEvidence(problem) : classEvidence(problem)

  return {
    exact: false,
    largestChange: 1,
    weights,
    covariances,
    correlate(correlation) {
      const factor = cholesky(matrix(size, size, correlation))
      lower = factor.lower
      inverse = factor.inverse()
    },
    value(scales, noise) {
      let sum = 0
      for (let k = 0; k < tasks; k++) sum += evidenceOf(k, factorOf(scales, k, lower), noise[k]).logEvidence
      return sum
    },
    expand(scales, noise, into) {
      let sum = 0
      for (let k = 0; k < tasks; k++) {
        const a = factorOf(scales, k, lower)
        const found = evidenceOf(k, a, noise[k])
        const v = multiply(a, found.inner.solveMatrix(transpose(a)))
        weights.set(found.mean, k * size)
        covariances.set(v.data, k * block)
        writeExpansion(into, k, scales, inverse, found, a, v)
        sum += found.logEvidence
      }
      return sum
    },
  }
}

/** What one task's rows say for a given A. */
interface TaskEvidence {
  readonly logEvidence: number
  readonly mean: Float64Array
  /** A'JA, and the factor of I + A'JA. */
  readonly gramian: Matrix
  readonly inner: Cholesky
}

type EvidenceOf = (task: number, a: Matrix, noise: number) => TaskEvidence

function numericEvidence({ size, products, cross, squares, counts }: Problem): EvidenceOf {
  return (k, a, noise) => {
    const j = matrix(
      size,
      size,
      products.slice(k * size * size, (k + 1) * size * size).map((value) => value / noise),
    )
    const h = cross.slice(k * size, (k + 1) * size).map((value) => value / noise)
    const gramian = multiply(transpose(a), multiply(j, a))
    const inner = cholesky(plusUnit(gramian))
    const mean = multiplyVector(a, inner.solve(multiplyVector(transpose(a), h)))
    const constant = -0.5 * (counts[k] * Math.log(2 * Math.PI * noise) + squares[k] / noise)
    const fitted = 0.5 * innerProduct(h, 0, mean, 0, size)
    return { logEvidence: constant - 0.5 * inner.logDeterminant + fitted, mean, gramian, inner }
  }
}

/** Newton's method in z, w = A z, from 0. */
const newton = { maxSteps: 60, tolerance: 1e-10 }

function classEvidence({ size, rows, starts, targets, weights }: Problem): EvidenceOf {
  return (k, a) => {
    const [first, last] = [starts[k], starts[k + 1]]
    const x = multiply(matrix(last - first, size, rows.subarray(first * size, last * size)), a)
    const y = targets.subarray(first, last)
    const own = weights.subarray(first, last)
    const joint = (z: Float64Array): number =>
      multiplyVector(x, z).reduce((sum, value, n) => sum + own[n] * (y[n] * value - log1pExp(value)), 0) -
      0.5 * innerProduct(z, 0, z, 0, size)
    const gramianAt = (z: Float64Array): Matrix => {
      const scaled = matrix(x.rows, size, x.data.slice())
      multiplyVector(x, z).forEach((value, n) => {
        const p = sigmoid(value)
        for (let d = 0; d < size; d++) scaled.data[n * size + d] *= own[n] * p * (1 - p)
      })
      return multiply(transpose(x), scaled)
    }
    let z: Float64Array = new Float64Array(size)
    let value = joint(z)
    for (let step = 0; step < newton.maxSteps; step++) {
      const residuals = multiplyVector(x, z).map((linear, n) => own[n] * (y[n] - sigmoid(linear)))
      const slope = multiplyVector(transpose(x), residuals).map((sum, d) => sum - z[d])
      const move = cholesky(plusUnit(gramianAt(z))).solve(slope)
      let share = 1
      let tried: Float64Array = z.map((at, d) => at + move[d])
      while (joint(tried) < value - 1e-12 * Math.abs(value) && share > 1e-6) {
        share *= 0.5
        tried = z.map((at, d) => at + share * move[d])
      }
      z = tried
      value = joint(z)
      if (largest(move) < newton.tolerance * (1 + largest(z))) break
    }
    const gramian = gramianAt(z)
    const inner = cholesky(plusUnit(gramian))
    const logEvidence = value - 0.5 * inner.logDeterminant
    return { logEvidence, mean: multiplyVector(a, z), gramian, inner }
  }
}

/**
 * Curvature F = (S Q) o (S Q)' + Q o (S Q S), S = A A', Q = J (I + S J)^-1; with N = (I + A'JA)^-1 A'JA they are
 * Q = A'^-1 N A^-1, S Q = A N A^-1 and S Q S = A N A', which never subtracts what is nearly alike.
 */
function writeExpansion(
  { precision, shift, constant }: Factors,
  k: number,
  scales: Float64Array,
  { data: p }: Matrix,
  { logEvidence, mean, gramian, inner }: TaskEvidence,
  a: Matrix,
  v: Matrix,
): void {
  const size = mean.length
  const block = size * size
  const n = inner.solveMatrix(gramian)
  const back = matrix(size, size, a.data.slice())
  invertLowerInPlace(back.data, size)
  const q = multiply(transpose(back), multiply(n, back))
  const an = multiply(a, n)
  const sq = multiply(an, back)
  const sqs = multiply(an, transpose(a))
  for (let r = 0; r < size; r++)
    for (let s = 0; s < size; s++) {
      const [rs, sr] = [r * size + s, s * size + r]
      const mean2 = 0.25 * (q.data[rs] + q.data[sr]) * (sqs.data[rs] + sqs.data[sr])
      precision[k * block + rs] = sq.data[rs] * sq.data[sr] + mean2
    }
  const s = scales.subarray(k * size, (k + 1) * size)
  const curved = new Float64Array(size)
  applyTo(curved, 0, precision, k * block, s, 0, size)
  for (let r = 0; r < size; r++) {
    let slope = -1
    for (let d = 0; d < size; d++)
      slope += p[r * size + d] * (mean[r] * mean[d] + v.data[r * size + d]) * Math.exp(-s[r] - s[d])
    shift[k * size + r] = curved[r] + slope
  }
  constant[k] =
    logEvidence + 0.5 * innerProduct(s, 0, curved, 0, size) - innerProduct(shift, k * size, s, 0, size)
}

/** A = diag(e^s) L, lower. */
function factorOf(scales: Float64Array, k: number, { rows: size, data }: Matrix): Matrix {
  return matrix(
    size,
    size,
    data.map((value, at) => Math.exp(scales[k * size + Math.floor(at / size)]) * value),
  )
}

function unit(size: number): Matrix {
  return plusUnit(matrix(size, size))
}

function plusUnit({ rows: size, data }: Matrix): Matrix {
  return matrix(
    size,
    size,
    data.map((value, at) => value + (at % (size + 1) === 0 ? 1 : 0)),
  )
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
