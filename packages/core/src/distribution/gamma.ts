import { sampleGamma } from '../random/sample.ts'
import {
  inverseLowerIncompleteGamma,
  logGammaPower,
  lowerIncompleteGamma,
} from '../special/incomplete-gamma.ts'
import { checkParameters, independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

/**
 * Density ~ x^(shape - 1) e^(-rate x), x > 0. shape > 0, rate > 0, all finite.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function gamma(shape: Float64Array, rate: Float64Array): RealDistribution {
  checkParameters({ shape, rate })
  return independent(law, [shape, rate])
}

const law: ScalarLaw<readonly [shape: number, rate: number]> = {
  kind: 'gamma',
  mean: (shape, rate) => shape / rate,
  variance: (shape, rate) => shape / rate / rate,
  point: (shape, rate) => shape / rate,
  logDensity: (y, shape, rate) =>
    y > 0 && y < Infinity ? logGammaPower(shape, rate * y) + Math.log(shape) - Math.log(y) : -Infinity,
  cdf: (y, shape, rate) => lowerIncompleteGamma(shape, rate * Math.max(y, 0)),
  quantile: (level, shape, rate) => inverseLowerIncompleteGamma(shape, level) / rate,
  sample: (random, shape, rate) => sampleGamma(random, shape) / rate,
}
