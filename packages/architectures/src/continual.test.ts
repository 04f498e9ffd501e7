import { createRandom, dataset, fit, sampleNormal } from '@mtl/core'
import type { Dataset, Model, RealDistribution, Task } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { NetworkParameters, TrainerOptions } from '@mtl/core/tensor'
import { relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { neuralSingleTask } from './neural-single-task.ts'
import { progressive } from './progressive.ts'

const trainer: TrainerOptions = { epochs: 6, batchSize: 16, learningRate: 0.02 }

/** Numbers of the predictions for some tasks. */
const predicted = async (model: Model, tasks: Dataset['tasks']): Promise<readonly Float64Array[]> =>
  Object.values(await model.predict({ tasks })).flatMap((prediction) => {
    const { mean, variance } = prediction as RealDistribution
    return [mean, variance]
  })
const withoutRows = (task: Task): Task => ({
  ...task,
  inputs: { ...task.inputs, rows: 0, data: new Float64Array(0) },
  targets: new Float64Array(0),
})
const related = (layout: 'long' | 'wide' | 'list'): Dataset['tasks'] =>
  relatedTasks({ random: createRandom(3), tasks: 3, rows: 40, features: 3, spread: 0.4, noise: 0.2, layout })
    .tasks

describe('a task that comes later', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each([
    ['long', 'adapter', 'none'],
    ['long', 'linear', 'layer'],
    ['wide', 'adapter', 'batch'],
  ] as const)(
    'leaves predictions of earlier ones as they were, to the bit: %s, %s, %s',
    async (layout, lateral, normalise) => {
      const [a, b, c] = related(layout)
      const options = { layers: [6, 4], lateral, normalise, dropout: 0.1 }
      const before = await fit(progressive({ ...options, trainer }), { tasks: [a, b] }, { random: 1 })
      const expected = await predicted(before, [a, b])
      const later = progressive({ ...options, trainer: { ...trainer, start: before.parameters } })
      for (const tasks of [[a, b, c], ...(layout === 'long' ? [[withoutRows(a), withoutRows(b), c]] : [])]) {
        const after = await fit(later, { tasks }, { random: 2 })
        expect(await predicted(after, [a, b])).toEqual(expected)
        const { weights } = after.parameters
        for (const [name, value] of Object.entries(before.parameters.weights))
          if (name.includes('task:')) expect(weights[name], name).toEqual(value)
        expect(weights['task:2/column/0/kernel'].values.length).toBeGreaterThan(0)
      }
    },
  )

  it('keeps what tasks of several tables read, wherever the tables stand', async () => {
    const [a, b] = related('list')
    const added = { ...a, name: 'added' }
    const options = { layers: [6, 4], order: ['task-0', 'task-1', 'added'] }
    const first = await fit(progressive({ ...options, trainer }), { tasks: [a, b] }, { random: 1 })
    const expected = await predicted(first, [a, b])
    const later = progressive({ ...options, trainer: { ...trainer, start: first.parameters } })
    for (const tasks of [
      [a, b, added],
      [b, a, added],
    ]) {
      const after = await fit(later, { tasks }, { random: 2 })
      expect(await predicted(after, [a, b])).toEqual(expected)
    }
    const [other] = relatedTasks({
      random: createRandom(4),
      tasks: 1,
      rows: 9,
      features: 5,
      spread: 1,
      noise: 1,
    }).tasks
    const wider = { tasks: [a, b, { ...other, name: 'added' }] }
    await expect(fit(later, wider, { random: 2 })).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('keeps the embeddings that earlier tasks read', async () => {
    const features = ['size', { name: 'town', column: 'town', vocabulary: ['u', 'v', 'w'] }]
    const inputs = Array.from({ length: 24 }, (_, i) => [Math.sin(i), 1 + (i % 3)])
    const { tasks } = dataset(
      ['a', 'b'].map((name, k) => ({
        name,
        features,
        inputs,
        targets: inputs.map(([size, town]) => size + (k + 1) * town),
      })),
    )
    const first = await fit(progressive({ layers: [6, 4], trainer }), { tasks: [tasks[0]] }, { random: 1 })
    const later = progressive({ layers: [6, 4], trainer: { ...trainer, start: first.parameters } })
    const after = await fit(later, { tasks }, { random: 2 })
    expect(after.parameters.weights['shared/input/0/1']).toEqual(first.parameters.weights['shared/input/0/1'])
    expect(await predicted(after, [tasks[0]])).toEqual(await predicted(first, [tasks[0]]))
  })

  it('trains tasks one after another, each for all epochs, or as a schedule says', async () => {
    const tasks = related('long')
    const epochsOf = async (options: TrainerOptions, order?: readonly string[]): Promise<number[][]> => {
      const seen: number[][] = [[], [], []]
      const plain = { ...trainer, epochs: 2, validationFraction: 0, ...options }
      await fit(
        progressive({ layers: [3, 2], ...(order && { order }), trainer: plain }),
        { tasks },
        {
          random: 1,
          onEvent: (event) => {
            if (event.type !== 'step') return
            event.taskLosses?.forEach((loss, k) => {
              if (!Number.isNaN(loss)) seen[k].push(event.epoch ?? 0)
            })
          },
        },
      )
      return seen.map((epochs) => [...new Set(epochs)])
    }
    expect(await epochsOf({})).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    expect(await epochsOf({}, ['task-2', 'task-0', 'task-1'])).toEqual([
      [3, 4],
      [5, 6],
      [1, 2],
    ])
    expect(await epochsOf({ schedule: { 2: { tasks: ['task-1'] } } })).toEqual([[1], [1, 2], [1]])
  })

  it('refuses to add nothing, and a new task before a known one', async () => {
    const tasks = related('long')
    const model = await fit(
      progressive({ layers: [3, 2], trainer }),
      { tasks: tasks.slice(0, 2) },
      { random: 1 },
    )
    const again = (order?: readonly string[]) =>
      progressive({
        layers: [3, 2],
        ...(order && { order }),
        trainer: { ...trainer, start: model.parameters },
      })
    await expect(fit(again(), { tasks: tasks.slice(0, 2) }, { random: 1 })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('none to add') as string,
    })
    await expect(fit(again(['task-0', 'task-2', 'task-1']), { tasks }, { random: 1 })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('order') as string,
    })
  })

  it('learns from few rows what a network of its own does not, and forgets nothing', async () => {
    const random = createRandom(11)
    // Tasks differ in the weight of two waves along common directions.
    const wave = ([x, z]: readonly number[]): readonly [number, number] => [
      Math.sin(2 * (x + z)),
      Math.cos(2 * (x - z)),
    ]
    const drawn = (name: string, rows: number, [p, q]: readonly [number, number]) => {
      const own = random.fork(name).fork(rows)
      const inputs = Array.from({ length: rows }, () => [sampleNormal(own), sampleNormal(own)])
      const targets = inputs.map((row) => p * wave(row)[0] + q * wave(row)[1] + 0.1 * sampleNormal(own))
      return { name, inputs, targets }
    }
    const old = dataset([drawn('a', 400, [1, 0.3]), drawn('b', 400, [0.3, 1])])
    const { tasks } = dataset([drawn('c', 40, [0.8, 0.7])])
    const test = dataset([drawn('c', 300, [0.8, 0.7])])
    const plan = { epochs: 40, batchSize: 32, learningRate: 0.01, validationFraction: 0 } as const
    const options = { layers: [32, 16, 8], lateral: 'linear' } as const

    const first = await fit(progressive({ ...options, trainer: plan }), old, { random: 1 })
    const later = progressive({ ...options, trainer: { ...plan, start: first.parameters } })
    const added = { tasks: [...old.tasks.map(withoutRows), ...tasks] }
    const second = await fit(later, added, { random: 2 })

    const own = neuralSingleTask({ layers: options.layers, trainer: plan })
    const alone = await fit(own, { tasks }, { random: 2 })
    const errorOf = async (model: Model<string, NetworkParameters>): Promise<number> => {
      const { mean } = (await model.predict(test)).c as RealDistribution
      const [{ targets }] = test.tasks
      return mean.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / mean.length
    }
    const [together, apart] = [await errorOf(second), await errorOf(alone)]
    expect(together).toBeLessThan(0.7 * apart)
    expect(await predicted(second, old.tasks)).toEqual(await predicted(first, old.tasks))
    const [reads] = second.views()
    if (reads.kind !== 'matrix') throw new Error('no picture of what columns read')
    expect(reads.rows).toEqual(['a', 'b', 'c'])
    const { data } = reads.values
    expect([data[1], data[2], data[5]]).toEqual([0, 0, 0])
    for (const line of [0, 3, 6]) expect(data[line] + data[line + 1] + data[line + 2]).toBeCloseTo(1, 5)
    expect(data[6] + data[7]).toBeGreaterThan(0.2)
  })
})
