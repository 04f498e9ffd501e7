import { betaLogOdds, logIncompleteBeta } from './incomplete-beta.ts'
import { normalCdf, normalQuantile } from './normal.ts'

/**
 * P(T <= t) of Student's t, degrees > 0 (Infinity: the normal's), all t; NaN outside. The lower tail to 1e-12, the upper one
 * is studentTCdf(-t, degrees). Abramowitz and Stegun 26.7.1: I_x(degrees / 2, 1 / 2) / 2 with x = degrees / (degrees + t^2).
 */
export function studentTCdf(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return NaN
  if (degrees === Infinity) return normalCdf(t)
  const tail = Math.exp(logBothTails(Math.abs(t), degrees)) / 2
  return t > 0 ? 1 - tail : tail
}

/** log P(|T| >= t), t >= 0. */
function logBothTails(t: number, degrees: number): number {
  const ratio = t / Math.sqrt(degrees)
  if (ratio > farRatio)
    return logBothTails(farRatio * Math.sqrt(degrees), degrees) - degrees * Math.log(ratio / farRatio)
  const squared = Math.min(ratio, 1 / ratio) ** 2 // never overflows
  const [x, y] =
    ratio > 1 ? [squared / (1 + squared), 1 / (1 + squared)] : [1 / (1 + squared), squared / (1 + squared)]
  return logIncompleteBeta(degrees / 2, 1 / 2, x, y)
}

/** Beyond it the tail is a multiple of t^-degrees, and t^2 may overflow. */
const farRatio = 1e100

/** t with P(T <= t) = level, 0 <= level <= 1, degrees > 0; -Infinity at 0, Infinity at 1; NaN outside. Error 1e-10. */
export function studentTQuantile(level: number, degrees: number): number {
  if (!(degrees > 0 && level >= 0 && level <= 1)) return NaN
  if (degrees === Infinity || level === 0) return normalQuantile(level)
  if (level > 0.5) return -studentTQuantile(1 - level, degrees)
  return 0 - Math.sqrt(degrees) * Math.exp(logRatio(level, degrees))
}

/** log(-t / sqrt(degrees)), by whichever of P(|T| >= t) and P(|T| < t) is the smaller, 0 < level <= 1/2. */
function logRatio(level: number, degrees: number): number {
  if (level > 0.25) return betaLogOdds(1 / 2, degrees / 2, 1 - 2 * level) / 2
  // The normal's quantile is a start near the root where there are many degrees of freedom.
  const start = Math.log(degrees) - 2 * Math.log(-normalQuantile(level))
  return -betaLogOdds(degrees / 2, 1 / 2, 2 * level, start) / 2
}
