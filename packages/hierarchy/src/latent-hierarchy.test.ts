import type { Estimator } from '@mtl/core'
import { describeEstimator } from '@mtl/core/testing'
import { latentHierarchy } from './latent-hierarchy.ts'
import type { LatentHierarchyOptions } from './options.ts'

/** A draw of each task, and folds of its rows. */
const drawn = 'trees are drawn of weights, by the names of tasks'
const folded = 'a row and its copy may fall into two folds'

describeEstimator('latentHierarchy', () => latentHierarchy({ trees: 2, folds: 2, maxSteps: 6 }), {
  tolerance: 1e-6,
  except: {
    'order of features does not matter': 'weights are drawn one feature after another',
    'names of tasks do not matter': drawn,
    'order of rows does not matter': folded,
    'weight 2 is a row given twice': folded,
    'rows given twice at half weight change nothing': folded,
  },
})

const reason = 'all kinds are in the suite above'

/** Numbers alone, since classes differ in the leaves and not in the tree. */
function numbers(options: LatentHierarchyOptions): () => Estimator {
  const estimator = latentHierarchy(options)
  return () => ({ ...estimator, capabilities: { ...estimator.capabilities, kinds: ['regression'] } })
}

describeEstimator('latentHierarchy of one tree', numbers({ structure: 'single-tree', maxSteps: 10 }), {
  tolerance: 1e-5,
  except: { 'refuses kinds that it does not list': reason },
})

describeEstimator('latentHierarchy on the star', numbers({ structure: 'star' }), {
  tolerance: 1e-5,
  except: { 'refuses kinds that it does not list': reason },
})
