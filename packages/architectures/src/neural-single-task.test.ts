import { createRandom, fit } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { neuralSingleTask } from './neural-single-task.ts'

const quick = { epochs: 2, batchSize: 16, validationFraction: 0, learningRate: 0.01 } as const

describe('neural single-task', () => {
  it('learns each task from its own rows alone: labels of others change nothing', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 20,
      features: 2,
      spread: 0.5,
      noise: 0.3,
      layout: 'wide',
    })
    // Targets of their own, so that no scale is shared.
    const apart = data.tasks.map((task) => ({ ...task, target: task.name }))
    const turned = apart.map((task, k) =>
      k === 0 ? task : { ...task, targets: task.targets.map((y) => 5 - 3 * y) },
    )
    const trainer = { ...quick, epochs: 10, batchSize: 20 }
    const [first, second] = await Promise.all(
      [apart, turned].map((tasks) => fit(neuralSingleTask({ trainer }), { tasks }, { random: 1 })),
    )
    const predict = async (model: typeof first): Promise<Float64Array> =>
      (await model.predictTask(apart[0].name, apart[0].inputs)).point
    expect(await predict(first)).toEqual(await predict(second))
    expect(Object.keys(first.parameters.weights).every((name) => name.startsWith('task'))).toBe(true)
  })
})
