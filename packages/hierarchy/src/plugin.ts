import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { foldWork, treeWork } from './fit/averaged.ts'
import { latentHierarchy } from './latent-hierarchy.ts'

/** Latent hierarchies of tasks. */
export const hierarchyPlugin: Plugin = definePlugin({
  name: '@mtl/hierarchy',
  version: '1.0.0',
  estimators: { 'latent-hierarchy': latentHierarchy },
  works: { [treeWork.name]: treeWork, [foldWork.name]: foldWork },
})
