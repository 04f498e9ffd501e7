import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'

/** A vector of independent normal numbers: one law of the whole vector, where `normal` is one of each number. */
export interface DiagonalNormal {
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** @throws MtlError 'dimension-mismatch' */
  logDensity(values: Float64Array): number
  sample(random: RandomGenerator): Float64Array
  /** Kullback-Leibler divergence of this law from another of the same size: 0 from itself, else above. @throws MtlError 'dimension-mismatch' */
  divergenceFrom(other: Pick<DiagonalNormal, 'mean' | 'variance'>): number
}

const logTwoPi = Math.log(2 * Math.PI)

/**
 * Multivariate normal with a diagonal covariance. variance > 0, all finite.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function diagonalNormal(mean: Float64Array, variance: Float64Array): DiagonalNormal {
  checkSize(variance, mean.length)
  mean.forEach((value, i) => checkNumber(`mean[${i}]`, value, { above: -Infinity, below: Infinity }))
  variance.forEach((value, i) => checkNumber(`variance[${i}]`, value, { above: 0, below: Infinity }))
  return {
    mean,
    variance,
    logDensity(values) {
      checkSize(values, mean.length)
      let sum = 0
      for (let i = 0; i < mean.length; i++)
        sum += logTwoPi + Math.log(variance[i]) + (values[i] - mean[i]) ** 2 / variance[i]
      return -0.5 * sum
    },
    sample: (random) => mean.map((value, i) => value + Math.sqrt(variance[i]) * sampleNormal(random)),
    divergenceFrom(other) {
      checkSize(other.mean, mean.length)
      let sum = 0
      for (let i = 0; i < mean.length; i++)
        sum +=
          Math.log(other.variance[i] / variance[i]) -
          1 +
          (variance[i] + (mean[i] - other.mean[i]) ** 2) / other.variance[i]
      return Math.max(0, 0.5 * sum)
    },
  }
}

function checkSize({ length }: Float64Array, size: number): void {
  check(length === size, 'dimension-mismatch', `a normal law of ${size} numbers was given ${length}`)
}
