import { createRandom } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { describeEstimator, relatedTasks } from '@mtl/core/testing'
import type { EstimatorLaws } from '@mtl/core/testing'
import { taskClustering } from './task-clustering.ts'

/** Enough tasks to learn a prior of, and classes that no line parts: the laws' own four tasks leave any mixed model without. */
const dataOf: NonNullable<EstimatorLaws['data']> = (layout, kind) =>
  relatedTasks({
    random: createRandom(5),
    tasks: 12,
    rows: 12,
    features: 2,
    spread: 0.3,
    noise: kind === 'regression' ? 0.3 : 1.5,
    kind,
    layout,
  })

const laws: EstimatorLaws = {
  data: dataOf,
  // The finish stops at a small slope: what is equal but for rounding at the start is equal up to that at the end.
  tolerance: 1e-4,
}

describeEstimator(
  'task-clustering',
  () => taskClustering({ restarts: 1, hiddenUnits: 1, gradientTolerance: 1e-8 }),
  laws,
)
/** Numbers alone: mixtures of classes take long on every layout. */
function twoClusters(): Estimator {
  const estimator = taskClustering({ activation: 'identity', clusters: 2, restarts: 1 })
  return { ...estimator, capabilities: { ...estimator.capabilities, kinds: ['regression'] } }
}

describeEstimator('task-clustering of two clusters', twoClusters, {
  ...laws,
  // Every second task the other way round: two kinds.
  data: (layout, kind) => ({
    tasks: dataOf(layout, kind).tasks.map((task, k) =>
      k % 2 === 0 ? task : { ...task, targets: task.targets.map((y) => -y) },
    ),
  }),
  except: {
    'names of tasks do not matter': 'the tasks that clusters begin with are drawn by name',
    'refuses kinds that it does not list': 'classes are in the suite above',
  },
})
