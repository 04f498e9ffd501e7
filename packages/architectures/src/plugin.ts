import { definePlugin } from '@mtl/core'
import type { Estimator, Factory, Plugin } from '@mtl/core'
import { crossStitch } from './cross-stitch.ts'
import { mixtureOfExperts } from './mixture-of-experts.ts'
import { mmoe } from './mmoe.ts'
import type { ArchitectureName } from './names.ts'
import { neuralSingleTask } from './neural-single-task.ts'
import { sharedBottom } from './shared-bottom.ts'
import { sluice } from './sluice.ts'

/** A name that is missing here, or in the list of names, does not compile. */
const estimators: Readonly<Record<ArchitectureName, Factory<Estimator>>> = {
  'cross-stitch': crossStitch,
  'mixture-of-experts': mixtureOfExperts,
  mmoe,
  'neural-single-task': neuralSingleTask,
  'shared-bottom': sharedBottom,
  sluice,
}

/** Neural networks for multi-task learning. */
export const architecturesPlugin: Plugin = definePlugin({
  name: '@mtl/architectures',
  version: '1.0.0',
  estimators,
})
