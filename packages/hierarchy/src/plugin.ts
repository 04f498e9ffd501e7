import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { foldWork, treeWork } from './fit/averaged.ts'
import { featureAugmentation } from './feature-augmentation.ts'
import { latentHierarchy } from './latent-hierarchy.ts'
import { latentScaleHierarchy } from './latent-scale-hierarchy.ts'

/** Latent hierarchies of tasks. */
export const hierarchyPlugin: Plugin = definePlugin({
  name: '@mtl/hierarchy',
  version: '1.0.0',
  estimators: {
    'latent-hierarchy': latentHierarchy,
    'latent-scale-hierarchy': latentScaleHierarchy,
    'feature-augmentation': featureAugmentation,
  },
  works: { [treeWork.name]: treeWork, [foldWork.name]: foldWork },
})
