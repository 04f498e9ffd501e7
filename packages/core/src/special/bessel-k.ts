/**
 * K_order(x), the modified Bessel function of the second kind, by the trapezoid rule on
 *
 *   2 K_order(x) = int exp(order t - x cosh t) dt,   t over the real line.
 *
 * The integrand is analytic in a strip about the line, so the rule converges exponentially; it is taken relative to
 * its mode t* = asinh(order / x), where with d = t - t* the exponent is order d - 2 x sinh(t* + d / 2) sinh(d / 2)
 * without cancellation. K itself is never formed: it leaves the range of numbers at order 150 or x 700 already.
 */

/** Terms below e^-60 of the largest are left out. */
const smallestExponent = -60

/** From here on a product of hyperbolic sines may overflow although x times it does not. */
const largestSafeAngle = 600

/**
 * log K_order(x), any real order (K of -order is the same), x >= 0; Infinity at 0, NaN for x < 0. Absolute error 1e-12
 * max(1, |log K|) up to order 1e4 and for x from 1e-300 to 1e300.
 */
export function logBesselK(order: number, x: number): number {
  const outside = atTheEnds(order, x)
  if (outside !== undefined) return outside
  const size = Math.abs(order)
  return size * modeOf(size, x) - Math.hypot(x, size) + quadrature(size, x).logSum
}

/**
 * log(K_{order + 1}(x) / K_order(x)), any real order, x > 0; NaN elsewhere. The error as of `logBesselK`, where the difference of two
 * of those would lose the digits that they have in common.
 */
export function logBesselKRatio(order: number, x: number): number {
  if (!(x > 0) || !Number.isFinite(order)) return NaN
  if (order >= 0) return modeOf(order + 1, x) + quadrature(order, x).logTilted
  // K_{order + 1} / K_order = K_{-order - 1} / K_{-order}.
  if (order <= -1) return -logBesselKRatio(-order - 1, x)
  return logScaled(order + 1, x) - logScaled(-order, x)
}

/** d log K_order(x) / d order, any real order, x > 0; NaN elsewhere. The error as of `logBesselK`. */
export function logBesselKOrderDerivative(order: number, x: number): number {
  if (!(x > 0) || !Number.isFinite(order)) return NaN
  if (order === 0) return 0
  const size = Math.abs(order)
  return Math.sign(order) * (modeOf(size, x) + quadrature(size, x).meanDistance)
}

function atTheEnds(order: number, x: number): number | undefined {
  if (!(x >= 0) || !Number.isFinite(order)) return NaN
  if (x === 0) return Infinity
  return x === Infinity ? -Infinity : undefined
}

/** log(e^x K_order(x)), order >= 0: without the x that two orders have in common. */
function logScaled(order: number, x: number): number {
  const excess = (order * order) / (Math.hypot(x, order) + x)
  return order * modeOf(order, x) - excess + quadrature(order, x).logSum
}

/** asinh(order / x), also where the quotient overflows. */
function modeOf(order: number, x: number): number {
  const quotient = order / x
  return quotient < 1e15 ? Math.asinh(quotient) : Math.log(2 * order) - Math.log(x)
}

interface Sums {
  /** log of half the integral relative to the integrand's largest value. */
  readonly logSum: number
  /** log of the integral of e^(t - s) times the integrand over that of the integrand, s the mode of order + 1. */
  readonly logTilted: number
  /** Mean of t - t* under the integrand. */
  readonly meanDistance: number
}

/** The trapezoid rule about the mode, order >= 0, x > 0 and finite. */
function quadrature(order: number, x: number): Sums {
  const mode = modeOf(order, x)
  const shift = modeOf(order + 1, x) - mode
  const width = Math.min(0.15, 0.5 / Math.sqrt(Math.hypot(x, order)))
  let sum = 0
  let tilted = 0
  let distance = 0
  for (const step of [width, -width]) {
    for (let k = step > 0 ? 0 : 1; ; k++) {
      const d = k * step
      const exponent = order * d - hyperbolicExcess(x, mode, d)
      if (exponent < smallestExponent) break
      const weight = Math.exp(exponent)
      sum += weight
      tilted += Math.exp(exponent + d - shift)
      distance += weight * d
    }
  }
  return {
    logSum: Math.log(0.5 * width * sum),
    logTilted: Math.log(tilted / sum),
    meanDistance: distance / sum,
  }
}

/** x (cosh(mode + d) - cosh(mode) ) = 2 x sinh(mode + d / 2) sinh(d / 2), mode >= 0. */
export function hyperbolicExcess(x: number, mode: number, d: number): number {
  const a = mode + d / 2
  const b = d / 2
  if (Math.abs(a) + Math.abs(b) < largestSafeAngle) return 2 * x * Math.sinh(a) * Math.sinh(b)
  const logarithm = Math.log(2) + Math.log(x) + logSinh(Math.abs(a)) + logSinh(Math.abs(b))
  return Math.sign(a) * Math.sign(b) * Math.exp(logarithm)
}

/** log sinh u, u >= 0. */
function logSinh(u: number): number {
  return u + Math.log(-Math.expm1(-2 * u)) - Math.LN2
}
