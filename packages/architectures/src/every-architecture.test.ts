import * as tf from '@tensorflow/tfjs'
import { createRandom, createRegistry, fit } from '@mtl/core'
import { describeEstimator, expectNoLeak, relatedTasks } from '@mtl/core/testing'
import type { EstimatorLaws, Layout } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { ownExceptions, smallOptions } from './every-architecture.fixture.ts'
import { architecturesPlugin } from './plugin.ts'

const registry = createRegistry(architecturesPlugin)
const names = Object.keys(architecturesPlugin.estimators ?? {})

const quick = { epochs: 2, batchSize: 16, validationFraction: 0, learningRate: 0.01 } as const

const laws: EstimatorLaws = {
  tolerance: 1e-4, // float32
  except: {
    'order of tasks does not matter': 'batches are drawn by position',
    'order of rows does not matter': 'batches are drawn by position',
    'order of features does not matter': 'weights are drawn by position',
    'weight 2 is a row given twice': 'a batch holds so many rows',
    'rows given twice at half weight change nothing': 'a batch holds so many rows',
    'does no worse than the mean on its own kind of data': 'two epochs learn next to nothing',
  },
}

it('no architecture goes without these tests', () => {
  expect(Object.keys(smallOptions).sort()).toEqual(names.toSorted())
})

for (const name of names)
  describeEstimator(
    name,
    (options: Readonly<Record<string, unknown>> = {}) =>
      registry.estimator(name, { ...smallOptions[name], trainer: quick, ...options }),
    { ...laws, except: { ...laws.except, ...ownExceptions[name] } },
  )

describe.each(names)('%s', (name) => {
  const layouts: Layout[] =
    registry.estimator(name).capabilities.inputs === 'nothing'
      ? ['long', 'list', 'partial']
      : ['wide', 'partial']

  it.each(layouts)('leaves no tensor in a hundred steps, %s', async (layout) => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 32,
      features: 3,
      spread: 0.5,
      noise: 0.3,
      layout,
    })
    const estimator = registry.estimator(name, {
      ...smallOptions[name],
      dropout: 0.2,
      trainer: { ...quick, epochs: 100, batchSize: 96 },
    })
    await fit(estimator, data, { random: 1 })
    const before = tf.memory().numTensors
    const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
    expect(model.diagnostics.steps).toBeGreaterThanOrEqual(100)
    expect(tf.memory().numTensors).toBe(before)
  })
})
