/**
 * Lasso for each task: its own few features, nothing shared but the strength. With `ridgePenalty` the elastic net.
 *
 *   Omega(W) = penalty sum |W| + ridgePenalty |W|^2 / 2
 *
 * Tibshirani (1996), Regression shrinkage and selection via the lasso, JRSS B 58; Zou and Hastie (2005), Regularization and
 * variable selection via the elastic net, JRSS B 67.
 */
import type { Estimator } from '@mtl/core'
import { absoluteSum, largestAbsolute } from '../norms.ts'
import { softThresholdInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkPenalty, checkStrength } from '../settings.ts'
import { ridgeTerm } from '../smooth-terms.ts'
import type { PenaltyFamily, RegularisedOptions, RegularisedParameters } from '../types.ts'
import type { FoldWork } from '../fold-work.ts'

export interface LassoOptions extends RegularisedOptions {
  /** Pull on the square of all weights, >= 0; above 0 the elastic net. Default 0. */
  readonly ridgePenalty?: number
}

interface Own {
  readonly ridgePenalty: number
}

const factory = regularisedFactory<Own>({ name: 'lasso', familyOf: lassoFamily })

export const lassoWork: FoldWork<Own> = factory.work

/** Sparse weights of each task by itself. @throws MtlError 'invalid-option' */
export function lasso(options: LassoOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  const own = { ridgePenalty: checkPenalty('ridgePenalty', options.ridgePenalty ?? 0) }
  return factory.make({ option: 'penalty', value }, options, own)
}

export function lassoFamily({ ridgePenalty }: Own): PenaltyFamily {
  return {
    parts: 1,
    value: ([w], penalty) => penalty * absoluteSum(w),
    proximalInPlace: (part, _, penalty, step) => softThresholdInPlace(part, step * penalty),
    largestPenalty: largestAbsolute,
    ...ridgeTerm(ridgePenalty),
    ...(ridgePenalty === 0 && { dualNorm: largestAbsolute }),
  }
}
