import { createRandom, fit } from '@mtl/core'
import type { Estimator, Task } from '@mtl/core'
import { describeEstimator, relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
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

const tree = '((task-0:1,task-1:1):1,(task-2:1,task-3:1):1);'

const named = 'leaves are named as the tasks are: the test below has them'

describeEstimator('latentHierarchy on a given tree', numbers({ structure: 'given', tree }), {
  tolerance: 1e-5,
  except: {
    'refuses kinds that it does not list': reason,
    'names of tasks do not matter': named,
    'a task without rows disturbs no other': named,
    'a task without labels disturbs no other': named,
  },
})

describe('latentHierarchy on a given tree', () => {
  const data = relatedTasks({
    random: createRandom(5),
    tasks: 4,
    rows: 12,
    features: 3,
    spread: 0.5,
    noise: 0.3,
  })
  const means = async (given: string, tasks: readonly Task[]): Promise<readonly Float64Array[]> => {
    const model = await fit(latentHierarchy({ structure: 'given', tree: given }), { tasks }, { random: 1 })
    return Promise.all(
      tasks.slice(0, 4).map(async ({ name, inputs }) => (await model.predictTask(name, inputs)).point),
    )
  }
  const expectClose = (some: readonly Float64Array[], others: readonly Float64Array[]): void =>
    some.forEach((values, k) => values.forEach((value, i) => expect(value).toBeCloseTo(others[k][i], 5)))

  it('other names, on the tree too, change nothing', async () => {
    const renamed = data.tasks.map((task) => ({ ...task, name: task.name.replace('task', 'school') }))
    expectClose(await means(tree.replaceAll('task', 'school'), renamed), await means(tree, data.tasks))
  })

  it('a leaf without labels disturbs no other, and is predicted from its place', async () => {
    const [first] = data.tasks
    const empty = { ...first, name: 'empty', targets: first.targets.map(() => NaN) }
    const larger = tree.replace('task-0:1', '(task-0:0.5,empty:0.5):0.5')
    const tasks = [...data.tasks, empty]
    expectClose(await means(larger, tasks), await means(tree, data.tasks))
    const model = await fit(latentHierarchy({ structure: 'given', tree: larger }), { tasks }, { random: 1 })
    const [own, beside, far] = await Promise.all(
      ['empty', 'task-0', 'task-3'].map(async (name) => (await model.predictTask(name, first.inputs)).point),
    )
    const distance = (a: Float64Array, b: Float64Array): number =>
      Math.hypot(...a.map((value, i) => value - b[i]))
    expect(distance(own, beside)).toBeLessThan(distance(own, far))
  })
})
