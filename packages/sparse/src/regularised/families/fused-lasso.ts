/**
 * Fused lasso: tasks in their order have sparse weights that stay the same until they jump.
 *
 *   Omega(W) = penalty (elementShare sum |W| + (1 - elementShare) sum_t sum_d |W[t + 1, d] - W[t, d]|)
 *
 * Tibshirani et al. (2005), Sparsity and smoothness via the fused lasso, JRSS B 67; Zhou, Liu, Narayan and Ye (2012), Modeling
 * disease progression via fused sparse group lasso, KDD.
 */
import type { Estimator, Matrix } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { absoluteSum, jumpSum } from '../norms.ts'
import { softThresholdInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkShare, checkStrength } from '../settings.ts'
import { smallestThatLeavesNothing } from '../smallest-penalty.ts'
import { shrinkJumpsInPlace } from '../total-variation.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'

export interface FusedLassoOptions extends RegularisedOptions {
  /** Part of the penalty that falls on weights, within 0 and 1, the rest on jumps between tasks. Default 0.5. */
  readonly elementShare?: number
}

interface Own {
  readonly elementShare: number
}

const factory = regularisedFactory<Own>({ name: 'fused-lasso', familyOf: fusedLassoFamily })

export const fusedLassoWork: FoldWork<Own> = factory.work

/** Sparse weights, constant along the tasks but for jumps. @throws MtlError 'invalid-option' */
export function fusedLasso(options: FusedLassoOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  // Of jumps alone no penalty would leave W = 0: constant weights cost nothing.
  const own = { elementShare: checkShare('elementShare', options.elementShare ?? 0.5, { above: 0, max: 1 }) }
  return factory.make({ option: 'penalty', value }, options, own)
}

export function fusedLassoFamily({ elementShare }: Own, { tasks }: FamilyShape): PenaltyFamily {
  const jumpShare = 1 - elementShare
  const scratch = { values: new Float64Array(tasks.length), sums: new Float64Array(tasks.length + 1) }
  // The soft threshold comes after the jumps: in this order the map is that of the sum.
  const shrinkInPlace = (a: Matrix, threshold: number): void => {
    shrinkJumpsInPlace(a, jumpShare * threshold, scratch)
    softThresholdInPlace(a, elementShare * threshold)
  }
  return {
    parts: 1,
    value: ([w], penalty) => penalty * (elementShare * absoluteSum(w) + jumpShare * jumpSum(w)),
    proximalInPlace: (part, _, penalty, step) => shrinkInPlace(part, step * penalty),
    largestPenalty: (gradient) => smallestThatLeavesNothing(gradient, shrinkInPlace),
  }
}
