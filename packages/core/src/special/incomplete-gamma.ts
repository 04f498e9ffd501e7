import { concaveRoot } from './concave-root.ts'
import { continuedFraction } from './continued-fraction.ts'
import { deviance } from './deviance.ts'
import { scaledErfc } from './erf.ts'
import { logGamma, logGammaOnePlus, stirlingRemainder } from './log-gamma.ts'

/**
 * The incomplete gamma functions as logarithms, of which the values are the exponentials: small tails keep
 * their digits and quantiles can follow them out of the range of numbers. Notation: P lower, Q = 1 - P upper,
 * D = x^a e^-x / Gamma(a + 1). A method for each region: Gil, Segura and Temme (2012), SIAM J. Sci. Comput. 34, A2965.
 */

/** Above this shape Temme's uniform expansion has full precision. */
const largeShape = 1e5
/** Below this x and up to shape 1, Q is computed from its own series. */
const smallArgument = 1.1

/**
 * P(G <= x) of a gamma variable, shape > 0, rate 1, x >= 0; 0 at 0, 1 at Infinity; NaN outside. Relative error below 1e-12.
 * Of the order of sqrt(shape) operations, up to shape 1e5 and constant from there.
 */
export function lowerIncompleteGamma(shape: number, x: number): number {
  return inDomain(shape, x) ? Math.exp(logTails(shape, x).lower) : NaN
}

/** P(G > x), likewise. */
export function upperIncompleteGamma(shape: number, x: number): number {
  return inDomain(shape, x) ? Math.exp(logTails(shape, x).upper) : NaN
}

/** x with lowerIncompleteGamma(shape, x) = level, 0 <= level <= 1; 0 at 0, Infinity at 1; NaN outside. Error 1e-10. */
export function inverseLowerIncompleteGamma(shape: number, level: number): number {
  return inDomain(shape, level) && level <= 1 ? inverse(shape, Math.log(level), Math.log1p(-level)) : NaN
}

/** x with upperIncompleteGamma(shape, x) = level, likewise: Infinity at 0, 0 at 1. */
export function inverseUpperIncompleteGamma(shape: number, level: number): number {
  return inDomain(shape, level) && level <= 1 ? inverse(shape, Math.log1p(-level), Math.log(level)) : NaN
}

/** x where log P and log Q are these, from the smaller one. */
function inverse(a: number, lower: number, upper: number): number {
  if (upper === -Infinity) return Infinity
  if (lower <= logTails(a, Number.MIN_VALUE).lower) return 0
  return lower <= upper ? fromLower(a, lower) : fromUpper(a, upper)
}

function inDomain(shape: number, x: number): boolean {
  return shape > 0 && shape < Infinity && x >= 0
}

/** x with log P = target. In log x, log P is concave; D >= P bounds it from above, so the start lies below the root. */
function fromLower(a: number, target: number): number {
  const start = Math.max((target + logGamma(a + 1)) / a, Math.log(Number.MIN_VALUE))
  return Math.exp(
    concaveRoot(start, (logX) => {
      const x = Math.exp(logX)
      const { lower } = logTails(a, x)
      return { value: lower - target, slope: a * Math.exp(logGammaPower(a, x) - lower) }
    }),
  )
}

/**
 * x with log Q = target. In -log x, log Q is increasing and concave. Q <= (x / a)^a e^(a - x) <= e^(-s^2 / (2 (a + s))) for
 * x = a + s, so the start lies beyond the root.
 */
function fromUpper(a: number, target: number): number {
  const start = a - target + Math.sqrt(target * (target - 2 * a))
  const root = concaveRoot(-Math.log(start), (minusLogX) => {
    const x = Math.exp(-minusLogX)
    const { upper } = logTails(a, x)
    return { value: upper - target, slope: a * Math.exp(logGammaPower(a, x) - upper) }
  })
  return Math.exp(-root)
}

/** log P and log Q: the smaller one directly, the other as log(1 - e^it). */
function logTails(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (x === 0) return { lower: -Infinity, upper: 0 }
  if (x === Infinity) return { lower: 0, upper: -Infinity }
  if (a <= 1 && x <= smallArgument)
    return { lower: logGammaPower(a, x) + Math.log(lowerSeries(a, x)), upper: Math.log(upperSmall(a, x)) }
  if (x <= a) {
    const lower = a > largeShape ? uniformTail(a, x) : logGammaPower(a, x) + Math.log(lowerSeries(a, x))
    return { lower, upper: Math.log1p(-Math.exp(lower)) }
  }
  const upper = a > largeShape ? uniformTail(a, x) : logGammaPower(a, x) + Math.log(a / upperFraction(a, x))
  return { lower: Math.log1p(-Math.exp(upper)), upper }
}

/** log D: D a / x is the density at x of the gamma variable. */
export function logGammaPower(a: number, x: number): number {
  if (a < 1) return a * Math.log(x) - x - logGamma(a + 1)
  return -a * deviance(x / a, (x - a) / a) - 0.5 * Math.log(2 * Math.PI * a) - stirlingRemainder(a)
}

/** P / D = 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ... Abramowitz and Stegun 6.5.29. */
function lowerSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

/**
 * Q for a <= 1 and small x, where it may be far below 1: 1 - x^a / Gamma(a + 1) and the rest of the alternating series
 * of P, each to full relative precision. Abramowitz and Stegun 6.5.29.
 */
function upperSmall(a: number, x: number): number {
  const logLeading = a * Math.log(x) - logGammaOnePlus(a)
  let power = 1
  let rest = 0
  for (let n = 1; n < 25; n++) {
    power *= -x / n
    rest += power / (a + n)
  }
  return -Math.expm1(logLeading) - Math.exp(logLeading) * a * rest
}

/** a D / Q by the continued fraction of Abramowitz and Stegun 6.5.31. */
function upperFraction(a: number, x: number): number {
  return continuedFraction(
    x + 1 - a,
    (n) => n * (a - n),
    (n) => x + 1 - a + 2 * n,
  )
}

/** Coefficients in eta of c_0, c_1 and c_2 of DLMF 8.12.10. */
const uniformCoefficients = [
  [
    -1 / 3,
    1 / 12,
    -2 / 135,
    1 / 864,
    1 / 2835,
    -0.0001787551440329218,
    0.00003919263178522438,
    -2.18544851067999e-6,
    -1.85406221071516e-6,
  ],
  [-0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596],
  [0.004133597883597883, -0.0026813271604938273],
]

/** Log of the smaller tail, x on its side of a, for large a. Temme (1979), SIAM J. Math. Anal. 10; DLMF 8.12.3-4. */
function uniformTail(a: number, x: number): number {
  const half = deviance(x / a, (x - a) / a)
  // Out of the range of numbers: the first term of both tails, D / |1 - x / a|.
  if (a * half > 800) return logGammaPower(a, x) - Math.log(Math.abs(x / a - 1))
  const side = x > a ? 1 : -1
  const eta = side * Math.sqrt(2 * half)
  let sum = 0
  for (let k = uniformCoefficients.length - 1; k >= 0; k--) {
    let coefficient = 0
    for (let i = uniformCoefficients[k].length - 1; i >= 0; i--)
      coefficient = coefficient * eta + uniformCoefficients[k][i]
    sum = sum / a + coefficient
  }
  const correction = (side * sum) / Math.sqrt(2 * Math.PI * a)
  return Math.log(scaledErfc(Math.sqrt(a * half)) / 2 + correction) - a * half
}
