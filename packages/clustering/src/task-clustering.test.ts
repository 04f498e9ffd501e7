import { createRandom } from '@mtl/core'
import type { Estimator, TaskKind } from '@mtl/core'
import { describeEstimator, relatedTasks } from '@mtl/core/testing'
import type { EstimatorLaws } from '@mtl/core/testing'
import type { TaskClusteringOptions } from './options.ts'
import { taskClustering } from './task-clustering.ts'

type DataOf = NonNullable<EstimatorLaws['data']>

/** Enough tasks to learn a prior of, and classes that no line parts: the laws' own four tasks leave any mixed model without. */
const dataOf: DataOf = (layout, kind) =>
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

/** Every second task the other way round: two kinds. */
const twoKinds: DataOf = (layout, kind) => ({
  tasks: dataOf(layout, kind).tasks.map((task, k) =>
    k % 2 === 0 ? task : { ...task, targets: task.targets.map((y) => -y) },
  ),
})

/** The same, with a descriptor that mostly says which kind. */
const describedKinds: DataOf = (layout, kind) => ({
  tasks: twoKinds(layout, kind).tasks.map((task, k) => ({
    ...task,
    descriptor: Float64Array.of((k % 2) + 0.8 * Math.cos(k)),
    descriptorFeatures: [{ name: 'trait', column: 'trait' }],
  })),
})

const laws: EstimatorLaws = {
  data: dataOf,
  // The finish stops at a small slope: what is equal but for rounding at the start is equal up to that at the end.
  tolerance: 1e-4,
}

/** Of these kinds alone: bent units and mixtures of classes take long on every layout. */
function only(kinds: readonly TaskKind[], options: TaskClusteringOptions): () => Estimator {
  return () => {
    const estimator = taskClustering({ restarts: 1, gradientTolerance: 1e-8, ...options })
    return { ...estimator, capabilities: { ...estimator.capabilities, kinds } }
  }
}

const inAnotherSuite = { 'refuses kinds that it does not list': 'the estimator knows more, in other suites' }

describeEstimator("task-clustering by 'auto'", only(['regression'], { hiddenUnits: 1 }), {
  ...laws,
  except: inAnotherSuite,
})

describeEstimator(
  'task-clustering',
  // Classes that a line parts would take all the steps there are.
  () => taskClustering({ activation: 'identity', gradientTolerance: 1e-8, maxSteps: 150 }),
  laws,
)

describeEstimator(
  'task-clustering of two clusters',
  only(['regression'], { activation: 'identity', clusters: 2 }),
  {
    ...laws,
    data: twoKinds,
    except: {
      ...inAnotherSuite,
      'names of tasks do not matter': 'the tasks that clusters begin with are drawn by name',
    },
  },
)

describeEstimator(
  'task-clustering of two clusters with a gate',
  only(['regression'], {
    activation: 'identity',
    clusters: 2,
    gating: 'descriptor',
  }),
  {
    ...laws,
    data: describedKinds,
    except: {
      ...inAnotherSuite,
      'names of tasks do not matter': 'the tasks that clusters begin with are drawn by name',
    },
  },
)
