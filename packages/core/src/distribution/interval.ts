import { checkNumber } from '../error/check-number.ts'
import type { RealDistribution } from './types.ts'

/** Central interval that holds `coverage` of the probability, 0 < coverage < 1. @throws MtlError 'invalid-option' */
export function interval(
  distribution: RealDistribution,
  coverage: number,
): { readonly lower: Float64Array; readonly upper: Float64Array } {
  checkNumber('coverage', coverage, { above: 0, below: 1 })
  const tail = (1 - coverage) / 2
  return { lower: distribution.quantile(tail), upper: distribution.quantile(1 - tail) }
}
