import { describeEstimator } from '@mtl/core/testing'
import { sparseBayesian } from './sparse-bayesian.ts'

describeEstimator('sparseBayesian', sparseBayesian)
