/**
 * Trace norm: the tasks' weights lie in few directions that all share.
 *
 *   Omega(W) = penalty x sum of singular values of W
 *
 * Argyriou, Evgeniou and Pontil (2008), Convex multi-task feature learning, Machine Learning 73; Ji and Ye (2009), An
 * accelerated gradient method for trace norm minimization, ICML.
 */
import { singularFactors, singularShrinkage, svd } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { largestOf, total } from '../norms.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkStrength } from '../settings.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { rankView } from '../views.ts'

export type TraceNormOptions = RegularisedOptions

const factory = regularisedFactory<object>({
  name: 'trace-norm',
  familyOf: (_, shape) => traceNormFamily(shape),
  views: ({ taskWeights }, { length }) =>
    length > 0 && taskWeights.columns > 0 ? [rankView(svd(taskWeights).values)] : [],
})

export const traceNormWork: FoldWork<object> = factory.work

/** Weights of low rank. @throws MtlError 'invalid-option' */
export function traceNorm(options: TraceNormOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  return factory.make({ option: 'penalty', value }, options, {})
}

export function traceNormFamily({ tasks }: FamilyShape): PenaltyFamily {
  const size = tasks[0].features.length
  const { factorise } = singularFactors(tasks.length, size)
  const shrinkInPlace = singularShrinkage(tasks.length, size)
  return {
    parts: 1,
    value: ([w], penalty) => penalty * total(factorise(w)),
    proximalInPlace: (part, _, penalty, step) => shrinkInPlace(part, step * penalty),
    largestPenalty: (gradient) => largestOf(factorise(gradient)),
    dualNorm: (gradient) => largestOf(factorise(gradient)),
  }
}
