/**
 * Robust multi-task learning: tasks share their features but for a few that go their own way, and are found.
 *
 *   W = L + S,  Omega = penalty sum_d |L[:, d]| + outlierRatio x penalty sum_t |S[t, :]|
 *
 * At ratios above sqrt(p) S is 0, below 1 / sqrt(T) L is.
 *
 * Gong, Ye and Zhang (2012), Robust multi-task feature learning, KDD.
 */
import type { Estimator } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { columnNorms, largestOf, rowNorms, total } from '../norms.ts'
import { shrinkColumnsInPlace, shrinkRowsInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkRatio, checkStrength } from '../settings.ts'
import { mixingWarning } from '../two-parts.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import { outlierView } from '../views.ts'

export interface RobustOptions extends RegularisedOptions {
  /** Strength on tasks' own parts as a multiple of `penalty`. Default 'auto': (p / T)^(1/4), in the middle. */
  readonly outlierRatio?: number | 'auto'
}

interface Own {
  readonly outlierRatio: number | 'auto'
}

const factory = regularisedFactory<Own>({
  name: 'robust',
  familyOf: robustFamily,
  ambiguity: ({ outlierRatio }, { tasks, labelled }) =>
    mixingWarning('outlierRatio', outlierRatio, 1 / Math.sqrt(labelled), Math.sqrt(tasks[0].features.length)),
  views: ({ parts }, tasks) => [outlierView(rowNorms(parts[1]), tasks)],
})

export const robustWork: FoldWork<Own> = factory.work

/** Joint features, and outlier tasks. @throws MtlError 'invalid-option' */
export function robust(options: RobustOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  return factory.make({ option: 'penalty', value }, options, {
    outlierRatio: checkRatio('outlierRatio', options.outlierRatio ?? 'auto'),
  })
}

export function robustFamily({ outlierRatio }: Own, { tasks, labelled }: FamilyShape): PenaltyFamily {
  // Without features there is nothing to balance.
  const middle = (Math.max(1, tasks[0].features.length) / labelled) ** 0.25
  const ratio = outlierRatio === 'auto' ? middle : outlierRatio
  return {
    parts: 2,
    value: ([shared, own], penalty) => penalty * (total(columnNorms(shared)) + ratio * total(rowNorms(own))),
    proximalInPlace: (part, index, penalty, step) =>
      index === 0
        ? shrinkColumnsInPlace(part, step * penalty)
        : shrinkRowsInPlace(part, step * ratio * penalty),
    largestPenalty: (gradient) =>
      Math.max(largestOf(columnNorms(gradient)), largestOf(rowNorms(gradient)) / ratio),
  }
}
