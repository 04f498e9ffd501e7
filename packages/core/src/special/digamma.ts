import { asymptoticStart } from './log-gamma.ts'

/** B_2k, k = 1..8, the Bernoulli numbers. */
const bernoulliNumbers = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510]

/**
 * d/dx log Gamma(x), x > 0; -Infinity at 0. Relative error below 1e-13, absolute near the zero at 1.46.
 * Abramowitz and Stegun 6.3.18.
 */
export function digamma(x: number): number {
  if (!(x >= 0)) return NaN
  let shifted = x
  let sum = 0
  for (; shifted < asymptoticStart; shifted++) sum -= 1 / shifted
  const squared = 1 / shifted / shifted
  let series = 0
  for (let k = bernoulliNumbers.length; k >= 1; k--)
    series = (series + bernoulliNumbers[k - 1] / (2 * k)) * squared
  return sum + (Math.log(shifted) - 0.5 / shifted - series)
}

/** d/dx digamma(x), x > 0; Infinity at 0, 0 at Infinity. Abramowitz and Stegun 6.4.12. */
export function trigamma(x: number): number {
  if (!(x >= 0)) return NaN
  let shifted = x
  let sum = 0
  for (; shifted < asymptoticStart; shifted++) sum += 1 / shifted / shifted
  const squared = 1 / shifted / shifted
  let series = 0
  for (let k = bernoulliNumbers.length - 1; k >= 0; k--) series = (series + bernoulliNumbers[k]) * squared
  return sum + (1 + 0.5 / shifted + series) / shifted
}
