/**
 * Sparse group lasso: few groups of features matter to the tasks, and within these few features to each.
 *
 *   Omega(W) = penalty (elementShare sum |W| + (1 - elementShare) sum_g weight_g |W[:, g]|)
 *
 * A group's weight is sqrt(T x its features), T tasks with rows, so that large groups do not enter first. `elementShare` 0 is the group lasso.
 *
 * Simon, Friedman, Hastie and Tibshirani (2013), A sparse-group lasso, Journal of Computational and Graphical Statistics 22.
 */
import type { Estimator, Matrix } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { checkGroups, columnGroups, type FeatureGroups } from '../groups.ts'
import { absoluteSum, groupNormSum } from '../norms.ts'
import { shrinkGroupsInPlace, softThresholdInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkShare, checkStrength } from '../settings.ts'
import { smallestThatLeavesNothing } from '../smallest-penalty.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { pathView } from '../views.ts'

export interface SparseGroupLassoOptions extends RegularisedOptions {
  /**
   * Lists of names of features, or of columns of the table, which stand for all features made of them; every feature in
   * exactly one. Default 'single': each feature by itself.
   */
  readonly groups?: FeatureGroups
  /** Part of the penalty that falls on single weights, within 0 and 1. Default 0.5; 0 is the group lasso. */
  readonly elementShare?: number
  /** Of each group, > 0. Default 'auto': sqrt(T x its features). */
  readonly groupWeights?: readonly number[] | 'auto'
}

interface Own {
  readonly groups: FeatureGroups
  readonly elementShare: number
  readonly groupWeights: readonly number[] | 'auto'
}

const factory = regularisedFactory<Own>({
  name: 'sparse-group-lasso',
  familyOf: sparseGroupLassoFamily,
  views: pathView,
})

export const sparseGroupLassoWork: FoldWork<Own> = factory.work

/** Groups of features that matter to all tasks. @throws MtlError 'invalid-option'; in training 'unknown-name', 'unsupported' */
export function sparseGroupLasso(options: SparseGroupLassoOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  const { groups = 'single', groupWeights = 'auto' } = options
  checkGroups(groups, groupWeights)
  const elementShare = checkShare('elementShare', options.elementShare ?? 0.5, { min: 0, max: 1 })
  return factory.make({ option: 'penalty', value }, options, { groups, elementShare, groupWeights })
}

export function sparseGroupLassoFamily(
  { groups, elementShare, groupWeights }: Own,
  { tasks, labelled }: FamilyShape,
): PenaltyFamily {
  const members = columnGroups(tasks[0].features, groups, groupWeights, labelled)
  const groupShare = 1 - elementShare
  // The soft threshold comes before the groups: in this order the map is that of the sum.
  const shrinkInPlace = (a: Matrix, threshold: number): void => {
    softThresholdInPlace(a, elementShare * threshold)
    shrinkGroupsInPlace(a, members, groupShare * threshold)
  }
  return {
    parts: 1,
    value: ([w], penalty) =>
      penalty * (elementShare * absoluteSum(w) + groupShare * groupNormSum(w, members)),
    proximalInPlace: (part, _, penalty, step) => shrinkInPlace(part, step * penalty),
    largestPenalty: (gradient) => smallestThatLeavesNothing(gradient, shrinkInPlace),
  }
}
