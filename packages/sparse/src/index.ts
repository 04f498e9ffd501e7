export * from './plugin.ts'
export { jointFeature } from './regularised/families/joint-feature.ts'
export { lasso } from './regularised/families/lasso.ts'
export { traceNorm } from './regularised/families/trace-norm.ts'

export type { JointFeatureOptions } from './regularised/families/joint-feature.ts'
export type { LassoOptions } from './regularised/families/lasso.ts'
export type { TraceNormOptions } from './regularised/families/trace-norm.ts'
export type { RegularisationPath, RegularisedOptions, RegularisedParameters } from './regularised/types.ts'
