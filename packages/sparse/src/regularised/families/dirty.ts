/**
 * The dirty model: weights are the sum of what tasks share by feature and of what is a task's own.
 *
 *   W = S + B,  Omega = penalty sum |S| + blockRatio x penalty sum_d max_t |B[t, d]|
 *
 * At ratios of 1 and below S is 0, at T and above B is.
 *
 * Jalali, Ravikumar, Sanghavi and Ruan (2010), A dirty model for multi-task learning, NIPS.
 */
import type { Estimator } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { absoluteSum, largestAbsolute, largestColumnSum, peakSum } from '../norms.ts'
import { cutPeaksInPlace, softThresholdInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkRatio, checkStrength } from '../settings.ts'
import { mixingWarning } from '../two-parts.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'

export interface DirtyOptions extends RegularisedOptions {
  /** Strength on the shared part as a multiple of `penalty`. Default 'auto': sqrt(T), the middle of 1
   * and T, tasks with rows. */
  readonly blockRatio?: number | 'auto'
}

interface Own {
  readonly blockRatio: number | 'auto'
}

const factory = regularisedFactory<Own>({
  name: 'dirty',
  familyOf: dirtyFamily,
  ambiguity: (own, { labelled }) => mixingWarning('blockRatio', own.blockRatio, 1, labelled),
})

export const dirtyWork: FoldWork<Own> = factory.work

/** Shared features, and features of single tasks. @throws MtlError 'invalid-option' */
export function dirty(options: DirtyOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  return factory.make({ option: 'penalty', value }, options, {
    blockRatio: checkRatio('blockRatio', options.blockRatio ?? 'auto'),
  })
}

export function dirtyFamily({ blockRatio }: Own, { tasks, labelled }: FamilyShape): PenaltyFamily {
  const ratio = blockRatio === 'auto' ? Math.sqrt(labelled) : blockRatio
  const scratch = new Float64Array(tasks.length)
  return {
    parts: 2,
    value: ([own, block], penalty) => penalty * (absoluteSum(own) + ratio * peakSum(block)),
    proximalInPlace: (part, index, penalty, step) =>
      index === 0
        ? softThresholdInPlace(part, step * penalty)
        : cutPeaksInPlace(part, step * ratio * penalty, scratch),
    largestPenalty: (gradient) => Math.max(largestAbsolute(gradient), largestColumnSum(gradient) / ratio),
  }
}
