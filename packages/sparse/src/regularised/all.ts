import type { Plugin } from '@mtl/core'
import { jointFeature, jointFeatureWork } from './families/joint-feature.ts'
import { lasso, lassoWork } from './families/lasso.ts'
import { traceNorm, traceNormWork } from './families/trace-norm.ts'

/** By name. */
export const regularisedEstimators: NonNullable<Plugin['estimators']> = {
  lasso,
  'joint-feature': jointFeature,
  'trace-norm': traceNorm,
}

/** Their folds, as jobs. */
export const regularisedWorks: NonNullable<Plugin['works']> = Object.fromEntries(
  [lassoWork, jointFeatureWork, traceNormWork].map((work) => [work.name, work]),
)
