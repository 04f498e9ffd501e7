import * as tf from '@tensorflow/tfjs'
import { createRandom, createRegistry, dataset, fit, isReal } from '@mtl/core'
import type { Dataset, Matrix } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import { describeEstimator, expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { groupWeights, scoresOf, twoGroups } from '../two-groups.fixture.ts'
import { variationalNetwork, variationalNetworkPlugin, type VariationalNetworkOptions } from './index.ts'

const quick = { epochs: 3, batchSize: 16, learningRate: 0.01, validationFraction: 0 } as const

describeEstimator(
  'variationalNetwork',
  (options: VariationalNetworkOptions = {}) =>
    variationalNetwork({ encoderLayers: [4], latentUnits: 3, trainer: quick, ...options }),
  {
    tolerance: 1e-4, // float32
    except: {
      'order of tasks does not matter': 'batches are drawn by position',
      'order of rows does not matter': 'batches are drawn by position',
      'order of features does not matter': 'weights are drawn by position',
      'weight 2 is a row given twice': 'a batch holds so many rows',
      'rows given twice at half weight change nothing': 'a batch holds so many rows',
      'does no worse than the mean on its own kind of data': 'three epochs learn next to nothing',
    },
  },
)

function tasksOf(kind: 'regression' | 'binary' | 'multiclass', layout: 'long' | 'partial' = 'long'): Dataset {
  return relatedTasks({
    random: createRandom(3),
    tasks: 3,
    rows: 16,
    features: 3,
    spread: 0.3,
    noise: 0.3,
    kind,
    layout,
  })
}

describe('a hundred steps', () => {
  it.each([
    ['wasm', 'regression', 'long', { priorRule: 'match' }],
    ['wasm', 'binary', 'partial', { priorRule: 'convex', refreshEvery: 5, anchor: 'none' }],
    ['wasm', 'multiclass', 'long', { priorRule: 'log-sum-exp', samples: 3, divergenceWarmUp: 20 }],
    ['wasm', 'multiclass', 'partial', { priorRule: 'spread' }],
    ['wasm', 'regression', 'partial', { priorRule: 'linear', divergenceWeight: 0.01, noiseVariance: 0.5 }],
    ['cpu', 'binary', 'long', { priorRule: 'match', refreshEvery: 2 }],
  ] as const)(
    'leave no tensor and a model that has learnt: %s, %s, %s, %j',
    async (...[backend, kind, layout, given]) => {
      await useBackend([backend])
      const data = tasksOf(kind, layout)
      const options = { encoderLayers: [6], latentUnits: 4, ...given }
      // What tfjs makes once for the process is made here.
      await fit(variationalNetwork({ ...options, trainer: { epochs: 1, validationFraction: 0 } }), data, {
        random: 1,
      })
      const estimator = variationalNetwork({
        ...options,
        trainer: { epochs: 100, batchSize: 64, learningRate: 0.01, validationFraction: 0 },
      })
      const before = tf.memory().numTensors
      const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
      expect(tf.memory().numTensors).toBe(before)
      const { objective } = model.diagnostics
      expect(objective.length).toBe(100)
      const mean = (from: number, to: number): number =>
        objective.slice(from, to).reduce((sum, value) => sum + value / (to - from), 0)
      expect(mean(80, 100)).toBeLessThan(mean(0, 20))
      for (const prediction of Object.values(await model.predict(data))) {
        expect(prediction.point.every(Number.isFinite)).toBe(true)
        // The posteriors' part of the variance is in it.
        if (isReal(prediction) && prediction.noiseVariance)
          expect(prediction.variance.every((value, i) => value > (prediction.noiseVariance?.[i] ?? 0))).toBe(
            true,
          )
      }
    },
  )
})

describe('the network', () => {
  it('tells two groups of tasks apart, and says so', async () => {
    await useBackend()
    const { parameters } = await scoresOf(
      variationalNetwork({ trainer: { epochs: 150, learningRate: 0.01, validationFraction: 0 } }),
      twoGroups(1, 20),
    )
    const { views } = parameters as { views: readonly { title: string; values: Matrix }[] }
    for (const { values } of views) {
      const { same, other } = groupWeights(values)
      expect(same).toBeGreaterThan(1.5 * other)
      for (let t = 0; t < values.rows; t++) {
        const row = values.data.slice(t * values.columns, (t + 1) * values.columns)
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5)
        expect(row[t]).toBe(0)
      }
    }
  })

  it('is made by its name with all that it lists, as plain JSON', () => {
    const registry = createRegistry(variationalNetworkPlugin)
    const { options } = registry.estimator('variational-network')
    const read = JSON.parse(JSON.stringify(options)) as typeof options
    expect(registry.estimator('variational-network', read).options).toEqual(options)
  })

  it('refuses tasks of other classes, with the remedy', async () => {
    const inputs = [[0], [1], [2]]
    const data = dataset([
      { name: 'first', kind: 'multiclass', classes: ['a', 'b', 'c'], inputs, targets: [0, 1, 2] },
      {
        name: 'second',
        kind: 'multiclass',
        classes: ['a', 'b', 'd'],
        inputs,
        targets: [0, 1, 2],
        target: 'x',
      },
    ])
    await expect(fit(variationalNetwork(), data, { random: 1 })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('"first" and "second" differ: give them the same classes') as string,
      details: { task: 'second' },
    })
  })

  it.each([
    ['priorRule', 'auto'],
    ['anchor', 'none at all'],
    ['latentUnits', 0],
    ['encoderLayers', []],
    ['encoderLayers', [0]],
    ['samples', 0.5],
    ['refreshEvery', 0],
    ['temperatureEnd', 0],
    ['noiseVariance', 'some'],
    ['outerSteps', 3],
  ])('refuses %s %j', (option, value) => {
    expect(() => variationalNetwork({ [option]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringContaining(option) as string,
      }),
    )
  })

  it('stops where it diverges, with the step and the remedy', async () => {
    const diverging = variationalNetwork({
      trainer: { learningRate: 1e30, epochs: 40, validationFraction: 0 },
    })
    await expect(fit(diverging, tasksOf('regression'), { random: 1 })).rejects.toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/step \d+\. Lower learningRate/) as string,
    })
  })
})
