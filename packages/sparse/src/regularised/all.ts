import type { Plugin } from '@mtl/core'
import { clustered, clusteredWork } from './families/clustered.ts'
import { dirty, dirtyWork } from './families/dirty.ts'
import { fusedLasso, fusedLassoWork } from './families/fused-lasso.ts'
import { graphRegularised, graphRegularisedWork } from './families/graph-regularised.ts'
import { jointFeature, jointFeatureWork } from './families/joint-feature.ts'
import { lasso, lassoWork } from './families/lasso.ts'
import { robustTraceNorm, robustTraceNormWork } from './families/robust-trace-norm.ts'
import { robust, robustWork } from './families/robust.ts'
import { sparseGroupLasso, sparseGroupLassoWork } from './families/sparse-group-lasso.ts'
import { temporal, temporalWork } from './families/temporal.ts'
import { traceNorm, traceNormWork } from './families/trace-norm.ts'

/** By name. */
export const regularisedEstimators: NonNullable<Plugin['estimators']> = {
  clustered: clustered,
  dirty: dirty,
  'fused-lasso': fusedLasso,
  'graph-regularised': graphRegularised,
  'joint-feature': jointFeature,
  lasso: lasso,
  'robust-trace-norm': robustTraceNorm,
  robust: robust,
  'sparse-group-lasso': sparseGroupLasso,
  temporal: temporal,
  'trace-norm': traceNorm,
}

/** Their folds, as jobs. */
export const regularisedWorks: NonNullable<Plugin['works']> = Object.fromEntries(
  [
    clusteredWork,
    dirtyWork,
    fusedLassoWork,
    graphRegularisedWork,
    jointFeatureWork,
    lassoWork,
    robustTraceNormWork,
    robustWork,
    sparseGroupLassoWork,
    temporalWork,
    traceNormWork,
  ].map((work) => [work.name, work]),
)
