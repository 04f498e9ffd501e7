import { checkParameters, independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

/**
 * Density e^(-|y - location| / scale) / (2 scale). The variance is 2 scale^2. scale > 0, all finite.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function laplace(location: Float64Array, scale: Float64Array): RealDistribution {
  checkParameters({ location, scale })
  return independent(law, [location, scale])
}

const law: ScalarLaw<readonly [location: number, scale: number]> = {
  kind: 'laplace',
  mean: (location) => location,
  variance: (_, scale) => 2 * scale * scale,
  point: (location) => location,
  logDensity: (y, location, scale) => -Math.abs(y - location) / scale - Math.LN2 - Math.log(scale),
  cdf(y, location, scale) {
    const tail = 0.5 * Math.exp(-Math.abs(y - location) / scale)
    return y < location ? tail : 1 - tail
  },
  quantile,
  sample: (random, location, scale) => quantile(1 - random.next(), location, scale),
}

/** Infinity at level 1, which a draw meets once in 2^53. */
function quantile(level: number, location: number, scale: number): number {
  return level < 0.5 ? location + scale * Math.log(2 * level) : location - scale * Math.log(2 * (1 - level))
}
