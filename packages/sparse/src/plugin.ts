import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { foldWork } from './bayesian/choose-covariance.ts'
import { sparseBayesian } from './bayesian/sparse-bayesian.ts'
import { regularisedEstimators, regularisedWorks } from './regularised/all.ts'

/** Sparse Bayesian multi-task learning and the regularised families. */
export const sparsePlugin: Plugin = definePlugin({
  name: '@mtl/sparse',
  version: '1.0.0',
  estimators: { 'sparse-bayesian': sparseBayesian, ...regularisedEstimators },
  works: { [foldWork.name]: foldWork, ...regularisedWorks },
})
