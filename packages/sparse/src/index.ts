export type {
  CovarianceChoice,
  FeatureGroup,
  PosteriorKind,
  SparseBayesianParameters,
} from './bayesian/parameters.ts'
export type { GroupPrior } from './bayesian/priors.ts'
export type { SparseBayesianOptions } from './bayesian/options.ts'
export { selectedGroups } from './bayesian/selected-groups.ts'
export { sparseBayesian } from './bayesian/sparse-bayesian.ts'
export * from './plugin.ts'
