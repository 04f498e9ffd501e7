import { sampleGamma } from '../random/sample.ts'
import {
  inverseUpperIncompleteGamma,
  logGammaPower,
  upperIncompleteGamma,
} from '../special/incomplete-gamma.ts'
import { checkParameters, independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

/**
 * Density ~ x^(-shape - 1) e^(-scale / x), x > 0: scale over a gamma variable. The mean is Infinity up to shape 1, where
 * `point` is the mode, the variance up to shape 2. shape > 0, scale > 0, all finite.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function inverseGamma(shape: Float64Array, scale: Float64Array): RealDistribution {
  checkParameters({ shape, scale })
  return independent(law, [shape, scale])
}

const law: ScalarLaw<readonly [shape: number, scale: number]> = {
  kind: 'inverse-gamma',
  mean: (shape, scale) => (shape > 1 ? scale / (shape - 1) : Infinity),
  variance: (shape, scale) => (shape > 2 ? (scale / (shape - 1)) ** 2 / (shape - 2) : Infinity),
  point: (shape, scale) => (shape > 1 ? scale / (shape - 1) : scale / (shape + 1)),
  logDensity: (y, shape, scale) =>
    y > 0 && y < Infinity ? logGammaPower(shape, scale / y) + Math.log(shape) - Math.log(y) : -Infinity,
  cdf: (y, shape, scale) => upperIncompleteGamma(shape, scale / Math.max(y, 0)),
  quantile: (level, shape, scale) => scale / inverseUpperIncompleteGamma(shape, level),
  sample: (random, shape, scale) => scale / sampleGamma(random, shape),
}
