import { check } from '../error/mtl-error.ts'
import { checkNumber } from '../error/check-number.ts'
import type { Bernoulli } from './types.ts'

/**
 * Independent draws of 0 and 1; `probability[i]` = P(Y = 1). `point` is 1 from a probability of 0.5 on.
 * @throws MtlError 'invalid-option' (a probability outside 0..1)
 */
export function bernoulli(probability: Float64Array): Bernoulli {
  check(
    probability.every((p) => p >= 0 && p <= 1),
    'invalid-option',
    'every probability must lie within 0 and 1',
  )
  return {
    kind: 'bernoulli',
    size: probability.length,
    mean: probability,
    variance: probability.map((p) => p * (1 - p)),
    point: probability.map((p) => Number(p >= 0.5)),
    logDensity: (values) => probability.map((p, i) => logProbability(p, values[i])),
    cdf: (values) => probability.map((p, i) => cumulative(p, values[i])),
    quantile(level) {
      checkNumber('level', level, { above: 0, below: 1 })
      return probability.map((p) => Number(level > 1 - p))
    },
    sample: (random) => probability.map((p) => Number(random.next() < p)),
    select: (indices) => bernoulli(Float64Array.from(indices, (i) => probability[i])),
  }
}

function logProbability(p: number, value: number): number {
  if (Number.isNaN(value)) return NaN
  if (value === 1) return Math.log(p)
  return value === 0 ? Math.log1p(-p) : -Infinity
}

function cumulative(p: number, value: number): number {
  if (Number.isNaN(value)) return NaN
  if (value < 0) return 0
  return value < 1 ? 1 - p : 1
}
