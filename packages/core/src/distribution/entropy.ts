import { MtlError } from '../error/mtl-error.ts'
import { row } from '../linalg/matrix.ts'
import { classProbabilities, isCategorical, isReal } from './kind.ts'
import type { Distribution } from './types.ts'

/**
 * Entropy of each scalar, in nats. Classes: -sum_k p_k log p_k, from 0 (certain) to log K (all alike). Normal numbers: the differential
 * entropy log(2 pi e variance) / 2, in the units of the target; it may be negative, and is -Infinity for a point mass. Of a prediction it is
 * what is not known, be it noise or weights; less the mean entropy over draws of the weights, it is the mutual information of the two.
 * @throws MtlError 'unsupported' for numbers of another law
 */
export function entropy(distribution: Distribution): Float64Array {
  if (isCategorical(distribution) || distribution.kind === 'bernoulli') {
    const probabilities = classProbabilities(distribution)
    return Float64Array.from({ length: distribution.size }, (_, i) => ofShares(row(probabilities, i)))
  }
  if (distribution.kind !== 'normal' || !isReal(distribution))
    throw new MtlError('unsupported', `the entropy of a ${distribution.kind} has no closed form here`)
  return distribution.variance.map((variance) => 0.5 * Math.log(2 * Math.PI * Math.E * variance))
}

function ofShares(shares: Float64Array): number {
  let sum = 0
  for (const share of shares) if (share > 0) sum -= share * Math.log(share)
  return sum
}
