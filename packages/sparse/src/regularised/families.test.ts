import { describeEstimator } from '@mtl/core/testing'
import { jointFeature } from './families/joint-feature.ts'
import { lasso } from './families/lasso.ts'
import { traceNorm } from './families/trace-norm.ts'

/** Folds within training: rows of a pair may fall apart, and draws are named by task. */
const folded = {
  'order of rows does not matter': 'folds of rows are drawn by their order',
  'names of tasks do not matter': 'folds of rows are drawn by the name of their task',
  'weight 2 is a row given twice': 'a row and its copy may fall into two folds',
  'rows given twice at half weight change nothing': 'a row and its copy may fall into two folds',
} as const

// Tight, since solutions are equal to the tolerance of the solver alone.
const given = { penalty: 0.05, tolerance: 1e-11 }

describeEstimator('joint-feature', () => jointFeature({ pathLength: 8, tolerance: 1e-10 }), {
  except: folded,
})
describeEstimator('joint-feature of a given penalty', () => jointFeature(given))
describeEstimator('lasso of a given penalty', () => lasso(given))
describeEstimator('trace-norm of a given penalty', () => traceNorm(given))
