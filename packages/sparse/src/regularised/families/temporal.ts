/**
 * Temporal smoothness: tasks in their order, say years, change little from one to the next, and share their features.
 *
 *   Omega(W) = couplingPenalty / 2 sum_t |w_t+1 - w_t|^2 + penalty sum_d |W[:, d]|
 *
 * Zhou, Yuan, Liu and Ye (2011), A multi-task learning formulation for predicting disease progression, KDD.
 */
import type { Estimator } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { columnNorms, largestOf, total } from '../norms.ts'
import { shrinkColumnsInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkPenalty, checkStrength } from '../settings.ts'
import { chainLaplacian, laplacianTerm } from '../smooth-terms.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { pathView } from '../views.ts'

export interface TemporalOptions extends RegularisedOptions {
  /** Pull of successive tasks, in the order of the dataset, on one another, >= 0. Default 1. */
  readonly couplingPenalty?: number
}

interface Own {
  readonly couplingPenalty: number
}

const factory = regularisedFactory<Own>({ name: 'temporal', familyOf: temporalFamily, views: pathView })

export const temporalWork: FoldWork<Own> = factory.work

/** Joint features whose weights change smoothly along the tasks. @throws MtlError 'invalid-option' */
export function temporal(options: TemporalOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  const own = { couplingPenalty: checkPenalty('couplingPenalty', options.couplingPenalty ?? 1) }
  return factory.make({ option: 'penalty', value }, options, own)
}

export function temporalFamily({ couplingPenalty }: Own, { tasks }: FamilyShape): PenaltyFamily {
  return {
    parts: 1,
    value: ([w], penalty) => penalty * total(columnNorms(w)),
    proximalInPlace: (part, _, penalty, step) => shrinkColumnsInPlace(part, step * penalty),
    largestPenalty: (gradient) => largestOf(columnNorms(gradient)),
    smooth: laplacianTerm(chainLaplacian(tasks.length), () => couplingPenalty, 0),
  }
}
