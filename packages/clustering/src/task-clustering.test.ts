import { createRandom } from '@mtl/core'
import { describeEstimator, relatedTasks } from '@mtl/core/testing'
import type { EstimatorLaws } from '@mtl/core/testing'
import { taskClustering } from './task-clustering.ts'

/** Enough tasks to learn a prior of: the laws' own four leave any mixed model without. */
const laws: EstimatorLaws = {
  data: (layout, kind) =>
    relatedTasks({
      random: createRandom(5),
      tasks: 12,
      rows: 12,
      features: 2,
      spread: 0.3,
      noise: 0.3,
      kind,
      layout,
    }),
  // The finish stops at a slope of 1e-6: what is equal but for rounding at the start is equal up to that at the end.
  tolerance: 1e-4,
}

describeEstimator('task-clustering', () => taskClustering({ restarts: 1 }), laws)
describeEstimator(
  'task-clustering of two clusters',
  () => taskClustering({ activation: 'identity', clusters: 2, restarts: 1 }),
  {
    ...laws,
    except: { 'names of tasks do not matter': 'the tasks that clusters begin with are drawn by name' },
  },
)
