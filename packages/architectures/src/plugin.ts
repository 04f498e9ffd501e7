import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { crossStitch } from './cross-stitch.ts'
import { mixtureOfExperts } from './mixture-of-experts.ts'
import { mmoe } from './mmoe.ts'
import { neuralSingleTask } from './neural-single-task.ts'
import { ple } from './ple.ts'
import { sharedBottom } from './shared-bottom.ts'
import { sluice } from './sluice.ts'

/** Neural networks for multi-task learning. */
export const architecturesPlugin: Plugin = definePlugin({
  name: '@mtl/architectures',
  version: '1.0.0',
  estimators: {
    'cross-stitch': crossStitch,
    'mixture-of-experts': mixtureOfExperts,
    mmoe,
    'neural-single-task': neuralSingleTask,
    ple,
    'shared-bottom': sharedBottom,
    sluice,
  },
})
