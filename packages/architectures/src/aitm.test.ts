import { createRandom, fit } from '@mtl/core'
import { forwardPass, lossOfKind, trainingData, useBackend } from '@mtl/core/tensor'
import type { Activation } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { aitm, aitmArchitecture } from './aitm.ts'
import { freshWeights, outputsOf, shapeOf } from './columns.fixture.ts'
import { goldenRuns, differences, type GoldenCase, type Naming } from './golden.fixture.ts'
import goldens from './goldens/funnel.json' with { type: 'json' }

const { aitm: file } = goldens
const golden: GoldenCase = {
  name: 'aitm',
  config: { tasks: 3, kinds: ['binary', 'binary', 'binary'], in: file.config.in },
  inputs: { x: file.x },
  labels: file.x.map((_, r) => file.labels.map((labels) => labels[r])),
  task_weights: [1, 1, 1],
  params: file.params,
  expected: {
    outputs: file.expected.logits,
    task_losses: file.expected.losses,
    // Of all losses and the calibrator's penalty
    gradients: file.expected.gradients,
  },
}

const naming: Naming = (theirs) => {
  const [block, index, layer] = theirs.split('.')
  const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
  if (block === 'column') return { name: `shared/column/${layer}/${kind}`, row: Number(index), rows: 3 }
  if (block === 'head') return { name: `tasks:${index}/head/${kind}` }
  return { name: block === 'info' ? `shared/info/${index}/${kind}` : `shared/${block}/${kind}` }
}

describe('aitm on goldens', () => {
  it.each(
    goldenRuns([golden], (given) => {
      // Losses that are values of their own make each task a group of heads, as the fixture has them.
      const losses = Object.fromEntries([0, 1, 2].map((k) => [`task-${k}`, { ...lossOfKind('binary') }]))
      const architecture = aitmArchitecture({
        layers: file.config.hidden,
        calibratorPenalty: file.calibrator_weight,
        activation: file.config.act as Activation,
        heads: { losses },
      })
      return differences(architecture, given, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

describe('aitm', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('gives a row of a task the same whether tasks share their rows or own them', async () => {
    const architecture = aitmArchitecture({ layers: [4] })
    const shape = shapeOf(3)
    const weights = await freshWeights(architecture, shape)
    const [shared, own] = (['shared', 'own'] as const).map((form) =>
      outputsOf(architecture, shape, weights, form),
    )
    own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
  })

  it('hands on along the stages that are named: the first reads nothing of the others', async () => {
    const shape = shapeOf(3)
    const architecture = aitmArchitecture({ layers: [4], stages: ['task-2', 'task-0', 'task-1'] })
    const weights = await freshWeights(architecture, shape)
    const { values, shape: size } = weights['shared/column/0/kernel']
    const changed = values.map((value, at) => (at < 2 * (values.length / 3) ? value + 0.5 : value))
    const before = outputsOf(architecture, shape, weights)
    const after = outputsOf(architecture, shape, {
      ...weights,
      'shared/column/0/kernel': { shape: size, values: changed },
    })
    before.forEach(([a, , c], r) => {
      expect(after[r][2]).toBe(c)
      if (r < 3) expect(after[r][0]).not.toBe(a)
    })
  })

  it('shows what stages hand on: shares that sum to 1', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 20,
      features: 2,
      spread: 0.5,
      noise: 0.3,
    })
    const estimator = aitm({ layers: [4], trainer: { epochs: 3, learningRate: 0.01 } })
    const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
    const [handed] = model.views()
    if (handed.kind !== 'matrix') throw new Error('no picture of what is handed on')
    expect(handed.rows).toEqual(data.tasks.slice(1).map(({ name }) => name))
    const [first, second, third, fourth] = handed.values.data
    expect(first + second).toBeCloseTo(1, 5)
    expect(third + fourth).toBeCloseTo(1, 5)
  })

  it('has no calibrator where a stage is no probability', () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 2,
      rows: 9,
      features: 2,
      spread: 1,
      noise: 1,
    })
    const source = trainingData(data)
    const gradientsAt = (calibratorPenalty: number): number[] => {
      const network = aitmArchitecture({ layers: [3], calibratorPenalty }).build(source.shape)
      const variables = network.init(createRandom(1))
      const [batch] = source.epoch(network, { batchSize: 18 }, createRandom(2))
      using pass = forwardPass(network, variables, batch, { random: createRandom(3), progress: 0 })
      const gradients = pass.gradients({ weights: new Float64Array([1, 1]) })
      const values = Object.values(gradients).flatMap(({ value }) => [...value.dataSync()])
      batch[Symbol.dispose]()
      tf.dispose([Object.values(gradients).map(({ value }) => value), { ...variables }])
      return values
    }
    expect(gradientsAt(5)).toEqual(gradientsAt(0))
  })

  it('refuses stages that are not the tasks, and names them', () => {
    for (const stages of [['task-0'], ['task-0', 'task-1', 'nobody']])
      expect(() => aitmArchitecture({ stages }).build(shapeOf(3))).toThrow(
        expect.objectContaining({
          code: 'unknown-name',
          message: expect.stringContaining('task-2') as string,
        }),
      )
  })

  it.each([
    [{ layers: [] }, 'layers'],
    [{ stages: 'click' }, 'stages'],
    [{ stages: ['a', 'a'] }, 'stages'],
    [{ calibratorPenalty: -1 }, 'calibratorPenalty'],
    [{ stage: 1 }, 'stages'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => aitm(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
