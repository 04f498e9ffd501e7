import type { RandomGenerator } from '../random/types.ts'
import { checkParameters, independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

const eulerGamma = 0.5772156649015329

/**
 * Largest of many: P(Y <= y) = exp(-e^-z), z = (y - location) / scale. The mean is location + 0.5772 scale, the variance
 * pi^2 scale^2 / 6. scale > 0, all finite.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function gumbel(location: Float64Array, scale: Float64Array): RealDistribution {
  checkParameters({ location, scale })
  return independent(law, [location, scale])
}

const law: ScalarLaw<readonly [location: number, scale: number]> = {
  kind: 'gumbel',
  mean: (location, scale) => location + eulerGamma * scale,
  variance: (_, scale) => (Math.PI * scale) ** 2 / 6,
  point: (location, scale) => location + eulerGamma * scale,
  logDensity(y, location, scale) {
    const z = (y - location) / scale
    return Number.isFinite(z) ? -z - Math.exp(-z) - Math.log(scale) : -Infinity
  },
  cdf: (y, location, scale) => Math.exp(-Math.exp((location - y) / scale)),
  quantile: (level, location, scale) => location - scale * Math.log(-Math.log(level)),
  sample: (random, location, scale) => location + scale * sampleGumbel(random),
}

/** A draw of location 0 and scale 1. */
export function sampleGumbel(random: RandomGenerator): number {
  return gumbelOfUniform(random.next())
}

/**
 * -log(-log u): a uniform number as a Gumbel one, of location 0 and scale 1. u is taken between 1e-300 and 1 - 2^-53, so that the result
 * is finite.
 */
export function gumbelOfUniform(u: number): number {
  return -Math.log(-Math.log(Math.min(1 - 2 ** -53, Math.max(1e-300, u))))
}
