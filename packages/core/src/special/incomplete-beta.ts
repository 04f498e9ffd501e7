import { concaveRoot } from './concave-root.ts'
import { continuedFraction } from './continued-fraction.ts'
import { deviance } from './deviance.ts'
import { logGamma, stirlingRemainder } from './log-gamma.ts'

/**
 * P(B <= x) of a beta variable, a > 0, b > 0, 0 <= x <= 1; 0 at 0, 1 at 1; NaN outside. Relative error below 1e-12 up to
 * a + b = 1e5. Of the order of sqrt(a + b) operations.
 */
export function incompleteBeta(a: number, b: number, x: number): number {
  return inDomain(a, b, x) ? Math.exp(logIncompleteBeta(a, b, x, 1 - x)) : NaN
}

/** x with incompleteBeta(a, b, x) = level, 0 <= level <= 1; 0 at 0, 1 at 1; NaN outside. Error 1e-10. */
export function inverseIncompleteBeta(a: number, b: number, level: number): number {
  if (!inDomain(a, b, level)) return NaN
  if (level === 0 || level === 1) return level
  const logOdds = level <= 0.5 ? betaLogOdds(a, b, level) : -betaLogOdds(b, a, 1 - level)
  return 1 / (1 + Math.exp(-logOdds))
}

function inDomain(a: number, b: number, x: number): boolean {
  return a > 0 && a < Infinity && b > 0 && b < Infinity && x >= 0 && x <= 1
}

/**
 * log P(B <= x), given y = 1 - x as well: the one near 1 has lost the digits of the other. Only the tail on x's side of
 * the mean is computed, the other is what it leaves.
 */
export function logIncompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x === 0) return -Infinity
  if (y === 0) return 0
  return a * y >= b * x ? logLowerTail(a, b, x, y) : Math.log1p(-Math.exp(logLowerTail(b, a, y, x)))
}

/** log(x / (1 - x)) with P(B <= x) = level, level <= 1/2. In it, log P is concave; `start` may lie on either side. */
export function betaLogOdds(
  a: number,
  b: number,
  level: number,
  start: number = lowest(a, b, level),
): number {
  const target = Math.log(level)
  const far = logIncompleteBeta(a, b, Math.exp(farLogOdds), 1)
  if (target < far) return farLogOdds + (target - far) / a
  return concaveRoot(Math.max(start, farLogOdds), (logOdds) => {
    const x = 1 / (1 + Math.exp(-logOdds))
    const y = 1 / (1 + Math.exp(logOdds))
    const value = logIncompleteBeta(a, b, x, y)
    return { value: value - target, slope: Math.exp(logPower(a, b, x, y) - value) }
  })
}

/** Below it, x near 1e-100, P(B <= x) is a multiple of x^a. */
const farLogOdds = -230

/** P(B <= x) <= (x / y)^a / (a B(a, b)), which puts this below the root. */
function lowest(a: number, b: number, level: number): number {
  return (Math.log(level) + Math.log(a) + logGamma(a) + logGamma(b) - logGamma(a + b)) / a
}

/** log(x^a y^b / B(a, b)), with the deviances from the mean a / (a + b): no large terms cancel. */
function logPower(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x
  const exponent = a * deviance(x * (1 + b / a), -excess / a) + b * deviance(y * (1 + a / b), excess / b)
  const remainders = stirlingRemainder(a + b) - stirlingRemainder(a) - stirlingRemainder(b)
  return 0.5 * Math.log((a / (2 * Math.PI)) * (b / (a + b))) - exponent + remainders
}

/**
 * log P(B <= x) up to the mean, a y >= b x, by the continued fraction of Didonato and Morris (1992), ACM Transactions on
 * Mathematical Software 18, equation 9: P = x^a y^b / B(a, b) / (beta_0 + alpha_1 / (beta_1 + alpha_2 / ...)).
 */
function logLowerTail(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x
  const fraction = continuedFraction(
    (a / (a + 1)) * (excess + 1),
    (n) => ((a + n - 1) / (a + 2 * n - 1)) * ((a + b + n - 1) / (a + 2 * n - 1)) * x * (n * (b - n) * x),
    (n) => n + (n * (b - n) * x) / (a + 2 * n - 1) + ((a + n) / (a + 2 * n + 1)) * (excess + 1 + n * (1 + y)),
  )
  return logPower(a, b, x, y) - Math.log(fraction)
}
