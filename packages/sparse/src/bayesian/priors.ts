/**
 * Priors of the precision g of a group of weights, W_i ~ matrix normal with covariance over g: members of one family, the
 * generalised inverse Gaussian with density ~ g^(order - 1) e^(-(chi / g + phi g) / 2). A prior named after the law of the variance
 * 1/g has chi and phi exchanged and the sign of the order turned.
 *
 * Archambeau, Guo and Zoeter (2011), Sparse Bayesian multi-task learning, NeurIPS.
 */
import { MtlError, checkNumber, generalisedInverseGaussianMoments } from '@mtl/core'

/** Members left out have the values in brackets. */
export type GroupPrior =
  /** Multivariate t of these degrees of freedom (1) and squared scale (0.1). */
  | { readonly kind: 'student'; readonly degrees?: number; readonly scale?: number }
  /** Automatic relevance determination: g gamma of this shape and rate (1e-3 each), nearly log-uniform. */
  | { readonly kind: 'ard'; readonly shape?: number; readonly rate?: number }
  /** The improper limit of 'ard', density ~ 1/g. */
  | { readonly kind: 'jeffreys' }
  /** g = 1: ridge. */
  | { readonly kind: 'gaussian' }
  /** Variance exponential: matrix Laplace. rate (1). */
  | { readonly kind: 'laplace'; readonly rate?: number }
  /** Density ~ exp(-rate |W_i|), the prior of the group lasso. rate (1). */
  | { readonly kind: 'group-laplace'; readonly rate?: number }
  /** Variance gamma of this shape and rate (0.5 each). */
  | { readonly kind: 'normal-gamma'; readonly shape?: number; readonly rate?: number }
  /** Variance inverse Gaussian. chi, phi (1 each). */
  | { readonly kind: 'normal-inverse-gaussian'; readonly chi?: number; readonly phi?: number }
  /** The whole family: generalised hyperbolic weights. */
  | {
      readonly kind: 'generalised-inverse-gaussian'
      readonly order: number
      readonly chi: number
      readonly phi: number
    }

/** Of a generalised inverse Gaussian. */
export interface PrecisionLaw {
  readonly order: number
  readonly chi: number
  readonly phi: number
}

/**
 * The law of the precision of a group of `weights` weights; undefined where it is 1.
 * @throws MtlError 'invalid-option'
 */
export function precisionLaw(prior: GroupPrior, weights: number): PrecisionLaw | undefined {
  if (!Object.hasOwn(laws, prior.kind))
    throw new MtlError(
      'invalid-option',
      `prior.kind must be one of ${Object.keys(laws).join(', ')}, got ${prior.kind}`,
      { kind: prior.kind },
    )
  const law = laws[prior.kind] as (prior: GroupPrior, weights: number) => PrecisionLaw | undefined
  return law(prior, weights)
}

const laws: {
  readonly [Kind in GroupPrior['kind']]: (
    prior: Extract<GroupPrior, { readonly kind: Kind }>,
    weights: number,
  ) => PrecisionLaw | undefined
} = {
  student({ degrees = 1, scale = 0.1 }) {
    positive('degrees', degrees)
    return { order: degrees / 2, chi: 0, phi: degrees * positive('scale', scale) }
  },
  ard: ({ shape = 1e-3, rate = 1e-3 }) => ({
    order: positive('shape', shape),
    chi: 0,
    phi: 2 * positive('rate', rate),
  }),
  jeffreys: () => ({ order: 0, chi: 0, phi: 0 }),
  gaussian: () => undefined,
  laplace: ({ rate = 1 }) => ({ order: -1, chi: positive('rate', rate) ** 2, phi: 0 }),
  'group-laplace': ({ rate = 1 }, weights) => ({
    order: -(weights + 1) / 2,
    chi: positive('rate', rate) ** 2,
    phi: 0,
  }),
  'normal-gamma': ({ shape = 0.5, rate = 0.5 }) => ({
    order: -positive('shape', shape),
    chi: 2 * positive('rate', rate),
    phi: 0,
  }),
  'normal-inverse-gaussian': ({ chi = 1, phi = 1 }) => ({
    order: 0.5,
    chi: positive('chi', chi),
    phi: positive('phi', phi),
  }),
  'generalised-inverse-gaussian': general,
}

function positive(name: string, value: number): number {
  return checkNumber(`prior.${name}`, value, { above: 0, below: Infinity })
}

function general({ order, chi, phi }: PrecisionLaw): PrecisionLaw {
  generalisedInverseGaussianMoments(order, chi, phi)
  return { order, chi, phi }
}

/** log Z of a prior; 0 for that of Jeffreys, whose bound is defined up to a constant. */
export function priorLogNormaliser({ order, chi, phi }: PrecisionLaw): number {
  if (order === 0 && chi === 0 && phi === 0) return 0
  return generalisedInverseGaussianMoments(order, chi, phi).logNormaliser
}
