import { checkNumber } from '../error/check-number.ts'
import type { RandomGenerator } from '../random/types.ts'
import { logGamma } from '../special/log-gamma.ts'
import { logSumExp } from '../special/log-sum-exp.ts'
import { sampleGumbel } from './gumbel.ts'

/** A law on the simplex: k positive numbers that sum to 1. */
export interface SimplexLaw {
  readonly size: number
  /** With respect to the first k - 1 coordinates; -Infinity where one of them is not above 0. */
  logDensity(shares: Float64Array): number
  sample(random: RandomGenerator): Float64Array
}

/**
 * Relaxed one-hot categorical, or Gumbel-softmax: softmax((logits + g) / temperature), g Gumbel. Towards temperature 0 a draw is
 * one-hot, class i with probability softmax(logits)_i; at a high one it is uniform. Logits are free up to a common constant.
 * Jang, Gu and Poole (2017), Categorical reparameterization with Gumbel-softmax, ICLR, equation 3.
 * @throws MtlError 'invalid-option' (temperature not above 0, a logit that is not finite)
 */
export function relaxedOneHotCategorical(logits: Float64Array, temperature: number): SimplexLaw {
  checkNumber('temperature', temperature, { above: 0, below: Infinity })
  logits.forEach((value, i) => checkNumber(`logits[${i}]`, value, { above: -Infinity, below: Infinity }))
  const size = logits.length
  const total = logSumExp(logits)
  const logShares = logits.map((value) => value - total)
  const logScale = logGamma(size) + (size - 1) * Math.log(temperature)
  return {
    size,
    logDensity(shares) {
      if (!shares.every((share) => share > 0)) return -Infinity
      const scores = logShares.map((value, i) => value - temperature * Math.log(shares[i]))
      let sum = logScale - size * logSumExp(scores)
      scores.forEach((score, i) => (sum += score - Math.log(shares[i])))
      return sum
    },
    sample: (random) =>
      gumbelSoftmax(
        logits,
        Float64Array.from(logits, () => sampleGumbel(random)),
        temperature,
      ),
  }
}

/** softmax((logits + noise) / temperature), by the largest first; noise of 0 at temperature 1 is the plain softmax. */
export function gumbelSoftmax(logits: Float64Array, noise: Float64Array, temperature: number): Float64Array {
  const scores = logits.map((value, i) => value + noise[i])
  const largest = scores.reduce((most, value) => Math.max(most, value), -Infinity)
  const shares = scores.map((value) => Math.exp((value - largest) / temperature))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

/** Slope by the logits of what has this slope by the shares: shares_i (slope_i - sum_j shares_j slope_j) / temperature. */
export function gumbelSoftmaxSlope(
  shares: Float64Array,
  slope: Float64Array,
  temperature: number,
): Float64Array {
  const mean = shares.reduce((sum, share, i) => sum + share * slope[i], 0)
  return shares.map((share, i) => (share * (slope[i] - mean)) / temperature)
}
