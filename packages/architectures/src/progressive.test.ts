import * as tf from '@tensorflow/tfjs'
import { createRandom } from '@mtl/core'
import { forwardPass, trainingData, useBackend } from '@mtl/core/tensor'
import type { Weights } from '@mtl/core/tensor'
import { relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  columnNaming,
  parameterCounts,
  freshWeights,
  headsOf,
  outputsOf,
  shapeOf,
  type ColumnConfig,
} from './columns.fixture.ts'
import { goldenRuns, differences } from './golden.fixture.ts'
import goldens from './goldens/progressive.json' with { type: 'json' }
import { neuralSingleTaskArchitecture } from './neural-single-task.ts'
import { progressive, progressiveArchitecture } from './progressive.ts'

interface Config extends ColumnConfig {
  readonly adapter: 'linear' | 'mlp'
  readonly adapter_dim?: number
}

const architectureOf = (config: Config): ReturnType<typeof progressiveArchitecture> =>
  progressiveArchitecture({
    layers: config.hidden,
    lateral: config.adapter === 'linear' ? 'linear' : 'adapter',
    adapterUnits: config.adapter_dim ?? 'auto',
    activation: config.act,
    heads: headsOf(config),
  })

describe('progressive networks on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      const parts: Readonly<Record<string, string>> = { V: 'in', U: 'out' }
      const naming = columnNaming(config, ([block, task, layer, part, kind]) => {
        const place = `task:${task}/${block}/${layer}`
        if (block === 'column') return { name: `${place}/${part === 'W' ? 'kernel' : 'bias'}` }
        if (block !== 'lateral') return undefined
        if (part === 'scale') return { name: `${place}/scale` }
        if (part in parts) return { name: `${place}/${parts[part]}/${kind === 'W' ? 'kernel' : 'bias'}` }
        return { name: `${place}/kernel`, row: Number(part), rows: Number(task) }
      })
      return differences(architectureOf(config), golden, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const shape = shapeOf(3)
const layers = [5, 4]

/** Weights of columns that read nothing of each other, as those of networks for each task alone. */
const apart = (weights: Weights): Weights =>
  Object.fromEntries(
    layers.flatMap((_, l) =>
      ['kernel', 'bias'].map((part) => {
        const each = [0, 1, 2].map((k) => weights[`task:${k}/column/${l}/${part}`])
        const values = Float32Array.from(each.flatMap((own) => [...own.values]))
        return [`tasks/network/${l}/${part}`, { shape: [3, ...each[0].shape], values }]
      }),
    ),
  )

describe('progressive network', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each(['linear', 'adapter'] as const)(
    'without what is read of earlier columns is a network for each task alone, %s',
    async (lateral) => {
      const architecture = progressiveArchitecture({ layers, lateral })
      const weights = Object.fromEntries(
        Object.entries(await freshWeights(architecture, shape)).map(([name, { shape: size, values }]) => {
          const isRead = name.endsWith(lateral === 'linear' ? 'lateral/1/kernel' : '/out/kernel')
          return [name, { shape: size, values: isRead ? values.map(() => 0) : values }]
        }),
      )
      const theirs = { ...weights, ...apart(weights) }
      const alone = outputsOf(neuralSingleTaskArchitecture({ layers }), shape, theirs)
      const ours = outputsOf(architecture, shape, weights)
      ours.flat().forEach((value, i) => expect(value).toBeCloseTo(alone.flat()[i], 5))
    },
  )

  it.each(['linear', 'adapter'] as const)(
    'gives a row of a task the same whether tasks share their rows or own them, %s',
    async (lateral) => {
      const architecture = progressiveArchitecture({ layers, lateral, order: ['task-2', 'task-0', 'task-1'] })
      const weights = await freshWeights(architecture, shape)
      const [shared, own] = (['shared', 'own'] as const).map((form) =>
        outputsOf(architecture, shape, weights, form),
      )
      own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
    },
  )

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('progressive', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it('has adapters that do not change when a task is added', async () => {
    const [two, three] = await Promise.all(
      [2, 3].map((tasks) => freshWeights(progressiveArchitecture(), shapeOf(tasks))),
    )
    for (const [name, { shape: size }] of Object.entries(two))
      if (name.startsWith('task:')) expect(three[name].shape, name).toEqual(size)
    expect(three['task:1/lateral/1/in/kernel'].shape).toEqual([32, 16])
    expect(three['task:2/lateral/1/in/kernel'].shape).toEqual([64, 11])
  })

  it.each(['long', 'wide'] as const)('lets no loss reach an earlier column, %s', async (layout) => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 8,
      features: 2,
      spread: 0.5,
      noise: 0.3,
      layout,
    })
    const source = trainingData(data)
    const network = progressiveArchitecture({ layers, dropout: 0.3 }).build(source.shape)
    const variables = network.init(createRandom(1))
    const gradientsOf = async (tasks: readonly string[]): Promise<Record<string, Float32Array>> => {
      const found: Record<string, Float32Array> = {}
      for (const batch of source.epoch(
        network,
        { batchSize: 100, reduction: 'task', tasks },
        createRandom(1),
      )) {
        const pass = forwardPass(network, variables, batch, { random: createRandom(2), progress: 0 })
        const gradients = pass.gradients({ weights: new Float64Array(batch.present.length).fill(1) })
        for (const [name, { value }] of Object.entries(gradients)) {
          found[name] = (await value.data()) as Float32Array
          value.dispose()
        }
        pass[Symbol.dispose]()
        batch[Symbol.dispose]()
      }
      return found
    }
    const [first, last, both] = [
      await gradientsOf(['task-0']),
      await gradientsOf(['task-2']),
      await gradientsOf(['task-0', 'task-1', 'task-2']),
    ]
    const ofColumns = (names: string[]): string[] =>
      [...new Set(names.filter((name) => name.startsWith('task:')).map((name) => name.split('/')[0]))].sort()
    expect(ofColumns(Object.keys(first))).toEqual(['task:0'])
    expect(ofColumns(Object.keys(last))).toEqual(['task:2'])
    expect(ofColumns(Object.keys(both))).toEqual(['task:0', 'task:1', 'task:2'])
    // Without dropout in the first column, which is not the newest: its gradient is that of its own loss.
    const alone = progressiveArchitecture({ layers }).build(source.shape)
    const [batch] = source.epoch(
      alone,
      { batchSize: 100, reduction: 'task', tasks: ['task-0'] },
      createRandom(1),
    )
    const pass = forwardPass(alone, variables, batch, { random: createRandom(2), progress: 0 })
    const gradients = pass.gradients({ weights: [1] as unknown as Float64Array })
    const expected = (await gradients['task:0/column/0/kernel'].value.data()) as Float32Array
    both['task:0/column/0/kernel'].forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
    tf.dispose([Object.values(gradients).map(({ value }) => value), { ...variables }])
    pass[Symbol.dispose]()
    batch[Symbol.dispose]()
  })

  it.each([
    [{ lateral: 'mlp' }, 'lateral'],
    [{ adapterUnits: 0 }, 'adapterUnits'],
    [{ heads: { sharing: 'shared-plus-own' } }, 'heads.sharing'],
    [{ laterals: 'linear' }, 'lateral'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => progressive(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })

  it('refuses an order that is not one of the tasks', () => {
    for (const order of [['task-0'], ['task-0', 'task-0', 'task-1'], ['task-0', 'task-1', 'other']])
      expect(() => progressiveArchitecture({ order }).build(shape)).toThrow(
        expect.objectContaining({
          code: 'invalid-option',
          message: expect.stringContaining('order') as string,
        }),
      )
  })
})
