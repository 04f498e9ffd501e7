import { describeEstimator } from '@mtl/core/testing'
import { sparseBayesian } from './sparse-bayesian.ts'

const inTurn = 'updated one after another, and after so few steps the order shows'

// Few steps: what holds of each step holds of many.
describeEstimator(
  'sparseBayesian of groups one after another',
  () => sparseBayesian({ posterior: 'by-group', ratioStarts: [1], maxSteps: 5 }),
  { except: { 'order of features does not matter': `groups are ${inTurn}` } },
)
describeEstimator(
  'sparseBayesian of tasks one after another',
  () => sparseBayesian({ posterior: 'by-task', ratioStarts: [1], maxSteps: 5, noise: 'per-task' }),
  { except: { 'order of tasks does not matter': `tasks are ${inTurn}` } },
)
describeEstimator('sparseBayesian of correlated tasks with free intercepts', () =>
  sparseBayesian({ taskCovariance: 'inverse-wishart', intercept: 'free', maxSteps: 5 }),
)
describeEstimator('sparseBayesian of low rank', () =>
  sparseBayesian({
    taskCovariance: 'low-rank',
    featureCovariance: 'inverse-wishart',
    prior: { kind: 'normal-inverse-gaussian' },
    maxSteps: 5,
  }),
)
const folds = 'a row and its copy may fall into two folds'
describeEstimator(
  'sparseBayesian that chooses its task covariance',
  () => sparseBayesian({ taskCovariance: 'auto', folds: 2, maxSteps: 3, ratioStarts: [1] }),
  {
    except: {
      'order of rows does not matter': 'folds are drawn by position',
      'order of tasks does not matter': 'folds are drawn by position',
      'weight 2 is a row given twice': folds,
      'rows given twice at half weight change nothing': folds,
      'weight 0 is an absent row': folds,
      'a missing target is an absent row': folds,
      'names of tasks do not matter': 'a task’s folds are drawn from its name',
      'a task without rows disturbs no other': folds,
    },
  },
)
