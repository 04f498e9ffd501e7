/**
 * The generalised inverse Gaussian: density g^(order - 1) e^(-(chi / g + phi g) / 2) / Z for g > 0. A gamma variable for
 * chi = 0, an inverse gamma one for phi = 0.
 *
 *   Z = 2 K_order(z) (chi / phi)^(order / 2),  z = sqrt(chi phi);  log g = log sqrt(chi / phi) + t,
 *   where t has a density that is proportional to exp(order t - z cosh t).
 *
 * Draws by rejection: Devroye (2014), Random variate generation for the generalized inverse Gaussian
 * distribution, Statistics and Computing 24, 239.
 */
import { checkNumber } from '../error/check-number.ts'
import { check, MtlError } from '../error/mtl-error.ts'
import type { RandomGenerator } from '../random/types.ts'
import { sampleGamma } from '../random/sample.ts'
import { logBesselK, logBesselKOrderDerivative, logBesselKRatio } from '../special/bessel-k.ts'
import { digamma } from '../special/digamma.ts'
import {
  inverseLowerIncompleteGamma,
  inverseUpperIncompleteGamma,
  lowerIncompleteGamma,
  upperIncompleteGamma,
} from '../special/incomplete-gamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { logArcQuantile, logArcTails } from './hyperbolic-tails.ts'
import { independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

/** What variational updates need of a generalised inverse Gaussian g. */
export interface GeneralisedInverseGaussianMoments {
  /** E g; Infinity for phi = 0 and order >= -1. */
  readonly mean: number
  /** E 1/g; Infinity for chi = 0 and order <= 1. */
  readonly meanInverse: number
  /** E log g. */
  readonly meanLog: number
  /** log Z, the integral of g^(order - 1) e^(-(chi / g + phi g) / 2). */
  readonly logNormaliser: number
}

/**
 * Independent scalars with density ~ g^(order - 1) e^(-(chi / g + phi g) / 2), g > 0. Any order; chi >= 0 and phi >= 0, chi = 0
 * needs order > 0 and phi > 0, phi = 0 order < 0 and chi > 0. `point` is the mean, the mode where that is Infinity.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function generalisedInverseGaussian(
  order: Float64Array,
  chi: Float64Array,
  phi: Float64Array,
): RealDistribution {
  check(
    order.length === chi.length && chi.length === phi.length,
    'dimension-mismatch',
    `parameters differ in length: ${order.length} of order, ${chi.length} of chi, ${phi.length} of phi`,
  )
  order.forEach((value, i) => checkProper(value, chi[i], phi[i], `[${i}]`))
  return independent(law, [order, chi, phi])
}

/** Moments and normaliser, relative errors about 1e-12. @throws MtlError 'invalid-option' as `generalisedInverseGaussian` */
export function generalisedInverseGaussianMoments(
  order: number,
  chi: number,
  phi: number,
): GeneralisedInverseGaussianMoments {
  checkProper(order, chi, phi)
  if (chi === 0) return gammaMoments(order, phi)
  if (phi === 0) {
    const { mean, meanInverse, meanLog, logNormaliser } = gammaMoments(-order, chi)
    return { mean: meanInverse, meanInverse: mean, meanLog: -meanLog, logNormaliser }
  }
  const z = Math.sqrt(chi) * Math.sqrt(phi)
  const logScale = 0.5 * (Math.log(chi) - Math.log(phi))
  return {
    mean: Math.exp(logScale + logBesselKRatio(order, z)),
    meanInverse: Math.exp(-logScale + logBesselKRatio(-order, z)),
    meanLog: logScale + logBesselKOrderDerivative(order, z),
    logNormaliser: Math.LN2 + logBesselK(order, z) + order * logScale,
  }
}

/** @throws MtlError 'invalid-option' where no density has these parameters */
function checkProper(order: number, chi: number, phi: number, at = ''): void {
  checkNumber(`order${at}`, order, { above: -Infinity, below: Infinity })
  checkNumber(`chi${at}`, chi, { min: 0, below: Infinity })
  checkNumber(`phi${at}`, phi, { min: 0, below: Infinity })
  if ((chi > 0 || order > 0) && (phi > 0 || order < 0) && (chi > 0 || phi > 0)) return
  throw new MtlError(
    'invalid-option',
    `chi = 0 needs order > 0 and phi > 0, phi = 0 needs order < 0 and chi > 0; got order${at} ${order}, chi${at} ${chi}, phi${at} ${phi}`,
    { order, chi, phi },
  )
}

/** Of a gamma variable of this shape and rate phi / 2. */
function gammaMoments(shape: number, phi: number): GeneralisedInverseGaussianMoments {
  return {
    mean: (2 * shape) / phi,
    meanInverse: shape > 1 ? phi / (2 * (shape - 1)) : Infinity,
    meanLog: digamma(shape) - Math.log(phi / 2),
    logNormaliser: logGamma(shape) + shape * Math.log(2 / phi),
  }
}

const law: ScalarLaw<readonly [order: number, chi: number, phi: number]> = {
  kind: 'generalised-inverse-gaussian',
  mean: (order, chi, phi) => generalisedInverseGaussianMoments(order, chi, phi).mean,
  variance,
  point(order, chi, phi) {
    const { mean } = generalisedInverseGaussianMoments(order, chi, phi)
    // The mode: phi g^2 - 2 (order - 1) g - chi = 0; of an infinite mean phi is 0.
    return Number.isFinite(mean) ? mean : chi / (2 * (1 - order))
  },
  logDensity(y, order, chi, phi) {
    if (!(y > 0 && y < Infinity)) return -Infinity
    const { logNormaliser } = generalisedInverseGaussianMoments(order, chi, phi)
    return (order - 1) * Math.log(y) - 0.5 * (chi / y + phi * y) - logNormaliser
  },
  cdf(y, order, chi, phi) {
    if (!(y > 0)) return 0
    if (y === Infinity) return 1
    if (chi === 0) return lowerIncompleteGamma(order, (phi / 2) * y)
    if (phi === 0) return upperIncompleteGamma(-order, chi / 2 / y)
    const { logScale, z } = standardised(chi, phi)
    const { lower, upper } = logArcTails(order, z, Math.log(y) - logScale)
    return 1 / (1 + Math.exp(upper - lower))
  },
  quantile(level, order, chi, phi) {
    if (chi === 0) return inverseLowerIncompleteGamma(order, level) / (phi / 2)
    if (phi === 0) return chi / 2 / inverseUpperIncompleteGamma(-order, level)
    const { logScale, z } = standardised(chi, phi)
    return Math.exp(logScale + logArcQuantile(order, z, level))
  },
  sample(random, order, chi, phi) {
    if (chi === 0) return sampleGamma(random, order) / (phi / 2)
    if (phi === 0) return chi / 2 / sampleGamma(random, -order)
    const { logScale, z } = standardised(chi, phi)
    const draw = sampleLog(random, Math.abs(order), z)
    return Math.exp(logScale + (order < 0 ? -draw : draw))
  },
}

function standardised(chi: number, phi: number): { readonly logScale: number; readonly z: number } {
  return { logScale: 0.5 * (Math.log(chi) - Math.log(phi)), z: Math.sqrt(chi) * Math.sqrt(phi) }
}

function variance(order: number, chi: number, phi: number): number {
  if (chi === 0) return (4 * order) / phi / phi
  if (phi === 0) return order < -2 ? (chi / (2 * (-order - 1))) ** 2 / (-order - 2) : Infinity
  const { logScale, z } = standardised(chi, phi)
  const first = logBesselKRatio(order, z)
  // E g^2 / (E g)^2 - 1, the second moment's ratio over the first's.
  return Math.exp(2 * (logScale + first)) * Math.expm1(logBesselKRatio(order + 1, z) - first)
}

/** One draw of t, order >= 0: an envelope of three pieces about the mode of its log-concave density. Devroye (2014), section 4. */
function sampleLog(random: RandomGenerator, order: number, z: number): number {
  const alpha = (z * z) / (Math.hypot(z, order) + order)
  const psi = (x: number): number => -alpha * (Math.cosh(x) - 1) - order * (Math.expm1(x) - x)
  const slope = (x: number): number => -alpha * Math.sinh(x) - order * Math.expm1(x)
  const { right, left } = switchPoints(order, alpha, psi)
  const [eta, zeta, theta, xi] = [-psi(right), -slope(right), -psi(-left), slope(-left)]
  const [rightMass, leftMass] = [1 / zeta, 1 / xi]
  const [flatRight, flatLeft] = [right - rightMass * eta, left - leftMass * theta]
  const flat = flatRight + flatLeft
  const total = leftMass + flat + rightMass
  for (;;) {
    const [piece, uniform, height] = [random.next() * total, 1 - random.next(), random.next()]
    let x = -flatLeft + flat * uniform
    let envelope = 1
    if (piece >= flat + rightMass) {
      x = -flatLeft + leftMass * Math.log(uniform)
      envelope = Math.exp(-theta + xi * (x + left))
    } else if (piece >= flat) {
      x = flatRight - rightMass * Math.log(uniform)
      envelope = Math.exp(-eta - zeta * (x - right))
    }
    if (height * envelope <= Math.exp(psi(x))) return x + Math.asinh(order / z)
  }
}

/** Where the flat piece of the envelope gives way to the exponential ones. */
function switchPoints(
  order: number,
  alpha: number,
  psi: (x: number) => number,
): { readonly right: number; readonly left: number } {
  const atRight = -psi(1)
  let right = 1
  if (atRight > 2) right = Math.sqrt(2 / (alpha + order))
  else if (atRight < 0.5) right = Math.log(4 / (alpha + 2 * order))
  const atLeft = -psi(-1)
  let left = 1
  if (atLeft > 2) left = Math.sqrt(4 / (alpha * Math.cosh(1) + order))
  else if (atLeft < 0.5)
    left = Math.min(1 / order, Math.log1p(1 / alpha + Math.sqrt(1 / alpha ** 2 + 2 / alpha)))
  return { right, left }
}
