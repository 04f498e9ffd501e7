import { sigmoid } from '@mtl/core'
import type { Settings } from '../options.ts'

/** x'm and x'Vx of each row, m x D. */
export interface Projection {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** Of rows first to last - 1, whose last column may be an implied constant (`width` columns are stored). */
export function project(
  rows: Float64Array,
  width: number,
  count: number,
  mean: Float64Array,
  covariance: Float64Array,
): Projection {
  const size = mean.length
  const result = { mean: new Float64Array(count), variance: new Float64Array(count) }
  const x = new Float64Array(size).fill(1)
  for (let n = 0; n < count; n++) {
    for (let d = 0; d < width; d++) x[d] = rows[n * width + d]
    let [value, variance] = [0, 0]
    for (let r = 0; r < size; r++) {
      value += x[r] * mean[r]
      let sum = 0
      for (let s = 0; s < size; s++) sum += covariance[r * size + s] * x[s]
      variance += x[r] * sum
    }
    result.mean[n] = value
    // A quadratic form of a nearly singular covariance may round below 0.
    result.variance[n] = Math.max(0, variance)
  }
  return result
}

/** P(y = 1) of each row: E sigmoid(a), a ~ N(mean, variance). */
export function probabilities(
  { mean, variance }: Projection,
  approximation: Settings['approximation'],
): Float64Array {
  return approximation === 'probit'
    ? mean.map((value, n) => sigmoid(value / Math.sqrt(1 + (Math.PI * variance[n]) / 8)))
    : mean.map((value, n) => averageSigmoid(value, Math.sqrt(variance[n])))
}

/** Half-width, in deviations, and intervals of the trapezoidal rule: for a smooth integrand its error falls exponentially. */
const [width, nodes] = [8, 64]

function averageSigmoid(mean: number, deviation: number): number {
  let [sum, total] = [0, 0]
  for (let i = 0; i <= nodes; i++) {
    const z = width * ((2 * i) / nodes - 1)
    const weight = Math.exp(-0.5 * z * z)
    sum += weight * sigmoid(mean + deviation * z)
    total += weight
  }
  return sum / total
}
