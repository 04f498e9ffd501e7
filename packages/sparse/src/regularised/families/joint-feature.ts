/**
 * Joint feature selection: a feature is used by all tasks or by none.
 *
 *   Omega(W) = penalty sum_d |W[:, d]| + ridgePenalty |W|^2 / 2
 *
 * Obozinski, Taskar and Jordan (2010), Joint covariate selection and joint subspace selection for multiple classification
 * problems, Statistics and Computing 20; Argyriou, Evgeniou and Pontil (2008), Convex multi-task feature learning, Machine
 * Learning 73.
 */
import type { Estimator, Matrix } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { columnNorms, largestOf, total } from '../norms.ts'
import { shrinkColumnsInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkPenalty, checkStrength } from '../settings.ts'
import { ridgeTerm } from '../smooth-terms.ts'
import type { PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { pathView } from '../views.ts'

export interface JointFeatureOptions extends RegularisedOptions {
  /** Pull on the square of all weights, >= 0. Default 0. */
  readonly ridgePenalty?: number
}

interface Own {
  readonly ridgePenalty: number
}

const factory = regularisedFactory<Own>({
  name: 'joint-feature',
  familyOf: jointFeatureFamily,
  views: pathView,
})

export const jointFeatureWork: FoldWork<Own> = factory.work

/** Features that matter to all tasks together (L2,1). @throws MtlError 'invalid-option' */
export function jointFeature(options: JointFeatureOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  const own = { ridgePenalty: checkPenalty('ridgePenalty', options.ridgePenalty ?? 0) }
  return factory.make({ option: 'penalty', value }, options, own)
}

export function jointFeatureFamily({ ridgePenalty }: Own): PenaltyFamily {
  const largest = (gradient: Matrix): number => largestOf(columnNorms(gradient))
  return {
    parts: 1,
    value: ([w], penalty) => penalty * total(columnNorms(w)),
    proximalInPlace: (part, _, penalty, step) => shrinkColumnsInPlace(part, step * penalty),
    largestPenalty: largest,
    ...ridgeTerm(ridgePenalty),
    ...(ridgePenalty === 0 && { dualNorm: largest }),
  }
}
