import { definePlugin } from '@mtl/core'
import type { Estimator, Factory, Plugin } from '@mtl/core'
import { aitm } from './aitm.ts'
import { crossStitch } from './cross-stitch.ts'
import { groupLasso } from './group-lasso.ts'
import { lowRankAdaptation } from './low-rank-adaptation.ts'
import { mixtureOfExperts } from './mixture-of-experts.ts'
import { mmoe } from './mmoe.ts'
import type { ArchitectureName } from './names.ts'
import { mtan } from './mtan.ts'
import { multiTaskAttention } from './multi-task-attention.ts'
import { neuralSingleTask } from './neural-single-task.ts'
import { ple } from './ple.ts'
import { progressive } from './progressive.ts'
import { routing } from './routing.ts'
import { sharedBottom } from './shared-bottom.ts'
import { sluice } from './sluice.ts'
import { tensorFactorisation } from './tensor-factorisation.ts'

/** Neural networks for multi-task learning. */
export const architecturesPlugin: Plugin = definePlugin({
  name: '@mtl/architectures',
  version: '1.0.0',
  // What is not in the list of names, or only there, does not compile.
  estimators: {
    aitm,
    'cross-stitch': crossStitch,
    'group-lasso': groupLasso,
    'low-rank-adaptation': lowRankAdaptation,
    'mixture-of-experts': mixtureOfExperts,
    mmoe,
    mtan,
    'multi-task-attention': multiTaskAttention,
    'neural-single-task': neuralSingleTask,
    ple,
    progressive,
    routing,
    'shared-bottom': sharedBottom,
    sluice,
    'tensor-factorisation': tensorFactorisation,
  } satisfies Readonly<Record<ArchitectureName, Factory<Estimator>>>,
})
