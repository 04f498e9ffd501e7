import * as tf from '@tensorflow/tfjs'
import { createRandom, fit, taskMean } from '@mtl/core'
import type { Dataset, Estimator, RealDistribution } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Activation, Architecture } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCounts } from './columns.fixture.ts'
import { goldenRuns, differences, type Naming } from './golden.fixture.ts'
import goldens from './goldens/moe.json' with { type: 'json' }
import { identicalExperts, loneExpert } from './expert-collapse.ts'
import { mixtureOfExperts, mixtureOfExpertsArchitecture } from './mixture-of-experts.ts'
import { mmoe, mmoeArchitecture } from './mmoe.ts'
import { sharedBottom } from './shared-bottom.ts'

interface Config {
  readonly act: Activation
  readonly gates: 'one' | 'per_task'
  readonly experts: number
  readonly expert: number[]
  readonly gate_hidden?: number[]
  readonly gate_temperature?: number
  readonly tower: number[]
  readonly tasks: number
}

const architectureOf = (config: Config): Architecture =>
  (config.gates === 'one' ? mixtureOfExpertsArchitecture : mmoeArchitecture)({
    experts: config.experts,
    expertLayers: config.expert,
    gateLayers: config.gate_hidden ?? [],
    gateTemperature: config.gate_temperature ?? 1,
    expertDropout: 0,
    loadBalance: 0,
    activation: config.act,
    heads: { sharing: 'own', taskLayers: config.tower, activation: config.act },
  })

it('mixtures of experts have as many numbers as the reference', async () => {
  const { expected, found } = await parameterCounts('moe', architectureOf)
  expect(expected).toHaveLength(2)
  expect(found).toEqual(expected)
})

describe('mixtures of experts on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      const isOne = config.gates === 'one'
      const naming: Naming = (theirs) => {
        const parts = theirs.split('.')
        const kind = parts.at(-1) === 'W' ? 'kernel' : 'bias'
        const [block, index, layer] = parts
        if (block === 'expert')
          return { name: `shared/experts/${layer}/${kind}`, row: Number(index), rows: config.experts }
        if (block === 'gate')
          return isOne
            ? { name: `shared/gate/${layer}/${kind}` }
            : { name: `tasks/gate/${layer}/${kind}`, row: Number(index), rows: config.tasks }
        return {
          name: block === 'head' ? `tasks:${index}/head/${kind}` : `tasks:${index}/tower/${layer}/${kind}`,
        }
      }
      return differences(architectureOf(config), golden, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const data = relatedTasks({
  random: createRandom(3),
  tasks: 4,
  rows: 40,
  features: 3,
  spread: 0.5,
  noise: 0.3,
})
const trainer = { epochs: 10, batchSize: 16, validationFraction: 0, learningRate: 0.02 } as const

async function errorOf(estimator: Estimator, on: Dataset): Promise<number> {
  const model = await fit(estimator, on, { random: 1 })
  const predictions = Object.entries(await model.predict(on)) as [string, RealDistribution][]
  const squares = predictions.flatMap(([name, { mean }]) => {
    const targets = on.tasks.find((task) => task.name === name)?.targets ?? []
    return Array.from(mean, (value, i) => (value - targets[i]) ** 2)
  })
  return squares.reduce((sum, square) => sum + square, 0) / squares.length
}

describe('mmoe', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each([mmoe, mixtureOfExperts])('learns, and leaves no tensor in a hundred steps', async (factory) => {
    const estimator = factory({ trainer, experts: 4, dropout: 0.05 })
    const mean = await errorOf(taskMean(), data)
    expect(await expectNoLeak(() => errorOf(estimator, data))).toBeLessThan(0.5 * mean)
  })

  it('shows how each task uses the experts: shares that sum to 1', async () => {
    for (const layout of ['long', 'wide'] as const) {
      const on = relatedTasks({
        random: createRandom(3),
        tasks: 3,
        rows: 20,
        features: 2,
        spread: 0.5,
        noise: 0.3,
        layout,
      })
      const model = await expectNoLeak(() => fit(mmoe({ trainer, experts: 3 }), on, { random: 1 }))
      const view = model.views().find(({ title }) => title === 'Use of experts')
      if (view?.kind !== 'matrix') throw new Error('no picture of the experts')
      expect(view.rows).toEqual(on.tasks.map(({ name }) => name))
      for (let k = 0; k < 3; k++)
        expect(view.values.data.slice(3 * k, 3 * k + 3).reduce((sum, share) => sum + share, 0)).toBeCloseTo(
          1,
          5,
        )
    }
  })

  it('predicts a task that training did not contain by what gates and heads have in common', async () => {
    const model = await fit(mmoe({ trainer, experts: 3 }), data, { random: 1 })
    const unseen = (await model.predictTask({}, data.tasks[0].inputs)) as RealDistribution
    expect(unseen.mean.every(Number.isFinite)).toBe(true)
    expect(mmoe({ heads: { sharing: 'own' } }).capabilities.unseenTasks).toEqual([])
  })

  it('with one expert is a shared bottom', () => {
    const one = { experts: 1, expertLayers: [4], loadBalance: 0 }
    const shape = {
      tables: [[0, 0]],
      descriptor: 0,
      tasks: [{ name: 'a', kind: 'regression' as const, table: 0, classShares: [] }],
    }
    const network = mmoeArchitecture(one).build(shape)
    const variables = network.init(createRandom(1))
    const x = tf.tensor2d([
      [1, 2],
      [-1, 0.5],
    ])
    const output = network.forward(variables, { inputs: [x] }).outputs[0]
    const hidden = tf.relu(tf.matMul(x, tf.reshape(variables['shared/experts/0/kernel'], [2, 4])))
    const plain = tf.matMul(hidden, variables['shared/head:0/kernel'])
    output.dataSync().forEach((value, i) => expect(value).toBeCloseTo(plain.dataSync()[i], 5))
    expect(sharedBottom({ layers: [4] }).capabilities.unseenTasks).toEqual(mmoe(one).capabilities.unseenTasks)
  })

  it.each([
    [{ expert: 3 }, 'experts'],
    [{ experts: 0 }, 'experts'],
    [{ expertLayers: [] }, 'expertLayers'],
    [{ gateLayers: 3 }, 'gateLayers'],
    [{ gateTemperature: 0 }, 'gateTemperature'],
    [{ layers: [3] }, 'layers'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => mmoe(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})

describe('mmoe that keeps the top experts', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('mixes so many for each row and task, and learns', async () => {
    const estimator = mmoe({ trainer, experts: 4, topExperts: 1 })
    const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
    const view = model.views().find(({ title }) => title === 'Entropy of gates')
    if (view?.kind !== 'bars') throw new Error('no picture of the entropy')
    view.values.forEach((value) => expect(value).toBeCloseTo(0, 5))
    expect(await errorOf(estimator, data)).toBeLessThan(await errorOf(taskMean(), data))
  })

  it('is the plain mixture where all are kept', () => {
    const shape = {
      tables: [[0, 0]],
      descriptor: 0,
      tasks: [{ name: 'a', kind: 'regression' as const, table: 0, classShares: [] }],
    }
    const x = tf.tensor2d([
      [1, 2],
      [-1, 0.5],
    ])
    const network = mmoeArchitecture({ experts: 3, topExperts: 3 }).build(shape)
    const variables = network.init(createRandom(1))
    const plain = mmoeArchitecture({ experts: 3 }).build(shape)
    const some = network.forward(variables, { inputs: [x] }).outputs[0].dataSync()
    const all = plain.forward(variables, { inputs: [x] }).outputs[0].dataSync()
    some.forEach((value, i) => expect(value).toBeCloseTo(all[i], 6))
  })

  it('refuses more experts than there are', () => {
    expect(() => mmoe({ experts: 2, topExperts: 3 })).toThrow(/topExperts/)
  })
})

describe('collapse', () => {
  const same = 3
  const values = Float32Array.from(
    { length: 4 * same * 2 },
    (_, i) => (Math.floor(i / 6) + 1) * ((i % 2) + 1),
  )

  it('is told of experts that give the same on all rows', () => {
    const [warning] = identicalExperts(values, same, 2)
    expect(warning).toMatchObject({ code: 'expert-collapse' })
    expect(warning.message).toContain('1 and 2, 1 and 3, 2 and 3')
    const apart = values.map((value, i) => (i % 6 === 0 ? -value : value))
    expect(identicalExperts(apart, same, 2)[0].message).toContain('2 and 3')
    expect(
      identicalExperts(
        values.map((value, i) => value * Math.sin(i)),
        same,
        2,
      ),
    ).toEqual([])
  })

  it('is told of an expert that is alone in use, with what to try', () => {
    const shares = (rows: readonly (readonly number[])[]) => ({
      rows: rows.length,
      columns: rows[0].length,
      data: Float64Array.from(rows.flat()),
    })
    expect(
      loneExpert(
        shares([
          [0.5, 0.5],
          [0.9, 0.1],
        ]),
      ),
    ).toEqual([])
    const [warning] = loneExpert(
      shares([
        [0.001, 0.999],
        [0, 1],
      ]),
    )
    expect(warning.message).toMatch(/expert 2 makes up 100 %.*raise loadBalance/)
  })
})
