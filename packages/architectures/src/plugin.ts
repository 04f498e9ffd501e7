import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { neuralSingleTask } from './neural-single-task.ts'
import { sharedBottom } from './shared-bottom.ts'

/** Neural networks for multi-task learning. */
export const architecturesPlugin: Plugin = definePlugin({
  name: '@mtl/architectures',
  version: '1.0.0',
  estimators: {
    'neural-single-task': neuralSingleTask,
    'shared-bottom': sharedBottom,
  },
})
