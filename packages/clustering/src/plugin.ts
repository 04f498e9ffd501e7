import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { taskClustering } from './task-clustering.ts'

/** Task clustering and gating. */
export const clusteringPlugin: Plugin = definePlugin({
  name: '@mtl/clustering',
  version: '1.0.0',
  estimators: { 'task-clustering': taskClustering },
})
