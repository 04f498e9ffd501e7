/**
 * Robust low rank: the tasks' weights lie in few directions but for tasks that go their own way, and are found.
 *
 *   W = L + S,  Omega = penalty x singular values of L + outlierRatio x penalty sum_t |S[t, :]|
 *
 * No row is longer than the largest singular value, and that is at most sqrt(T) times the longest row: at ratios of 1 and
 * above S is 0, below 1 / sqrt(T) L is.
 *
 * Chen, Zhou and Ye (2011), Integrating low-rank and group-sparse structures for robust multi-task learning, KDD.
 */
import { svd } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { largestOf, rowNorms, total } from '../norms.ts'
import { shrinkRowsInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkRatio, checkStrength } from '../settings.ts'
import { mixingWarning } from '../two-parts.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { outlierView, rankView } from '../views.ts'
import { traceNormFamily } from './trace-norm.ts'

export interface RobustTraceNormOptions extends RegularisedOptions {
  /** Strength on tasks' own parts as a multiple of `penalty`. Default 'auto': T^(-1/4), the middle of 1 / sqrt(T) and 1. */
  readonly outlierRatio?: number | 'auto'
}

interface Own {
  readonly outlierRatio: number | 'auto'
}

const factory = regularisedFactory<Own>({
  name: 'robust-trace-norm',
  familyOf: robustTraceNormFamily,
  ambiguity: ({ outlierRatio }, { labelled }) =>
    mixingWarning('outlierRatio', outlierRatio, 1 / Math.sqrt(labelled), 1),
  views: ({ parts: [shared, own] }, tasks) => [
    ...(shared.columns > 0 ? [rankView(svd(shared).values)] : []),
    outlierView(rowNorms(own), tasks),
  ],
})

export const robustTraceNormWork: FoldWork<Own> = factory.work

/** Low rank, and outlier tasks. @throws MtlError 'invalid-option' */
export function robustTraceNorm(options: RobustTraceNormOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  return factory.make({ option: 'penalty', value }, options, {
    outlierRatio: checkRatio('outlierRatio', options.outlierRatio ?? 'auto'),
  })
}

export function robustTraceNormFamily({ outlierRatio }: Own, shape: FamilyShape): PenaltyFamily {
  const ratio = outlierRatio === 'auto' ? shape.labelled ** -0.25 : outlierRatio
  const lowRank = traceNormFamily(shape)
  return {
    parts: 2,
    value: ([shared, own], penalty) =>
      lowRank.value([shared], penalty) + ratio * penalty * total(rowNorms(own)),
    proximalInPlace: (part, index, penalty, step) =>
      index === 0
        ? lowRank.proximalInPlace(part, index, penalty, step)
        : shrinkRowsInPlace(part, step * ratio * penalty),
    largestPenalty: (gradient) =>
      Math.max(lowRank.largestPenalty(gradient), largestOf(rowNorms(gradient)) / ratio),
  }
}
