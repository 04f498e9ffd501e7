/** From here on the asymptotic series below reach full precision; smaller arguments are shifted up to it. */
export const asymptoticStart = 10

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)

/** B_2k / (2k (2k - 1)), k = 1..8, B the Bernoulli numbers. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]

/**
 * log Gamma(x), x > 0; Infinity at 0 and at Infinity. Relative error below 1e-13, absolute near the zeros 1 and 2.
 * Abramowitz and Stegun 6.1.40.
 */
export function logGamma(x: number): number {
  if (!(x >= 0)) return NaN
  if (x === 0 || x === Infinity) return Infinity
  return (x - 0.5) * (Math.log(x) - 1) - 0.5 + halfLogTwoPi + stirlingRemainder(x)
}

/**
 * log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), x > 0: what Stirling's formula leaves, small for large x.
 * Ratios of gamma functions of large arguments keep their digits in it.
 */
export function stirlingRemainder(x: number): number {
  let shifted = x
  let remainder = 0
  for (; shifted < asymptoticStart; shifted++) remainder += (shifted + 0.5) * logOfNextRatio(shifted) - 1
  return remainder + oddPowers(stirling, 1 / shifted)
}

/** log Gamma(1 + a), 0 <= a <= 1, to full relative precision near 0. */
export function logGammaOnePlus(a: number): number {
  if (a > 0.1) return logGamma(1 + a)
  let sum = 0
  for (let k = zetaMinusOne.length - 1; k >= 0; k--) sum = zetaMinusOne[k] / (k + 2) - a * sum
  return a * (1 - eulerGamma + a * sum) - Math.log1p(a)
}

const eulerGamma = 0.5772156649015329

/** zeta(k) - 1, k = 2..12. Abramowitz and Stegun 6.1.33 and 23.2. */
const zetaMinusOne = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.004077356197944339, 0.0020083928260822143, 0.0009945751278180853,
  0.0004941886041194646, 0.0002460865533080483,
]

/** log((x + 1) / x); 1 / x overflows for the smallest x. */
function logOfNextRatio(x: number): number {
  return x < 1e-17 ? -Math.log(x) : Math.log1p(1 / x)
}

/** sum c_k z^(2k + 1). */
function oddPowers(coefficients: readonly number[], z: number): number {
  let sum = 0
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * z * z + coefficients[k]
  return sum * z
}
