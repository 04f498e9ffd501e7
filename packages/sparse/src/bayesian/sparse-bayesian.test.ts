import { describeEstimator } from '@mtl/core/testing'
import type { SparseBayesianOptions } from './options.ts'
import { sparseBayesian } from './sparse-bayesian.ts'

/** What holds of each step holds of many. */
function short(options: SparseBayesianOptions = {}): ReturnType<typeof sparseBayesian> {
  return sparseBayesian({ maxSteps: 6, ...options })
}

describeEstimator('sparseBayesian', short)
