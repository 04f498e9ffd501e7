import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { createRandom } from '../random/generator.ts'
import { describeEstimator } from '../testing/describe-estimator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { fit } from '../training/fit.ts'
import { pooled } from './pooled.ts'
import { singleTask } from './single-task.ts'

/** Folds within training: rows of a pair may fall apart, and draws are named by task. */
const folded = {
  'order of rows does not matter': 'folds of rows are drawn by their order',
  'names of tasks do not matter': 'folds of rows are drawn by the name of their task',
  'weight 2 is a row given twice': 'a row and its copy may fall into two folds',
  'rows given twice at half weight change nothing': 'a row and its copy may fall into two folds',
} as const

describeEstimator('pooled', pooled, { except: folded })
describeEstimator('pooled of given penalties', () => pooled({ penalty: 3 }))

describe('pooled', () => {
  it('is single-task learning of all rows as one task', async () => {
    const data = relatedTasks({
      random: createRandom(4),
      tasks: 3,
      rows: 8,
      features: 2,
      spread: 1,
      noise: 1,
    })
    const together = dataset([
      {
        name: 'all',
        inputs: data.tasks.flatMap(({ inputs: { rows, data: x } }) =>
          Array.from({ length: rows }, (_, i) => [x[2 * i], x[2 * i + 1]]),
        ),
        targets: data.tasks.flatMap(({ targets }) => [...targets]),
      },
    ])
    const [target] = (await fit(pooled(), data, { random: 1 })).parameters.targets
    const { parameters } = await fit(singleTask(), together, { random: 1 })
    expect(target.penalty).toBe(parameters.choices[0].penalty)
    target.weights.data.forEach((w, j) => expect(w).toBeCloseTo(parameters.taskWeights.data[j], 10))
    expect(target.noiseVariance).toBeCloseTo(parameters.noiseVariances[0], 10)
  })

  it('names inputs that never vary where they count, and no others', async () => {
    const inputs = [
      [7, 1],
      [7, 2],
      [9, 1],
    ]
    const data = dataset([
      { name: 'a', inputs, targets: [1, 2, NaN], features: ['same', 'other'] },
      { name: 'b', inputs, targets: [2, 4, 5], weights: [1, 1, 0], features: ['same', 'other'] },
    ])
    const { diagnostics } = await fit(pooled(), data, { random: 1 })
    expect(diagnostics.warnings).toEqual([
      'one and the same input in all labelled rows, so nothing is learnt of it: "same"',
    ])
  })

  it('has a function for each target, which an unseen task takes by name', async () => {
    const inputs = [[1], [2], [3], [4]]
    const data = dataset([
      { name: 'up', target: 'height', inputs, targets: [1, 2, 3, 4] },
      { name: 'further up', target: 'height', inputs, targets: [1, 2, 3, 4] },
      { name: 'down', target: 'depth', inputs, targets: [40, 30, 20, 10] },
    ])
    const model = await fit(pooled({ penalty: 1e-6 }), data, { random: 1 })
    const five = { rows: 1, columns: 1, data: Float64Array.of(5) }
    expect((await model.predictTask({ target: 'height' }, five)).point[0]).toBeCloseTo(5, 4)
    expect((await model.predictTask({ target: 'depth' }, five)).point[0]).toBeCloseTo(0, 4)
  })
})
