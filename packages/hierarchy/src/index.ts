export { featureAugmentation, type FeatureAugmentationOptions } from './feature-augmentation.ts'
export { latentHierarchy } from './latent-hierarchy.ts'
export { latentScaleHierarchy } from './latent-scale-hierarchy.ts'
export type {
  HierarchyOptions,
  LatentHierarchyOptions,
  LatentScaleHierarchyOptions,
  Proposal,
} from './options.ts'
export type {
  FeatureAugmentationParameters,
  HierarchyFit,
  LatentHierarchyParameters,
  LatentScaleHierarchyParameters,
  Stacking,
} from './parameters.ts'
export * from './plugin.ts'
export { predictAtNode } from './predict-at-node.ts'
export { clusterGaussians } from './tree/cluster-gaussians.ts'
export { coalescentLogDensity, robinsonFoulds, sampleCoalescent } from './tree/coalescent.ts'
export type { GreedyOptions } from './tree/greedy-tree.ts'
export { cophenetic, linkage, priorCorrelation } from './tree/linkage.ts'
export type { MergeRule } from './tree/merge.ts'
export { newickFromParents, parseNewick, toNewick, type NamedTree } from './tree/newick.ts'
export type { TaskTree } from './tree/task-tree.ts'
