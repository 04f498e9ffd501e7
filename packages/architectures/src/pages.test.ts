import { createRandom, fit, fromFiles, toFiles } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { expect, it } from 'vitest'
import { mixtureOfExperts } from './mixture-of-experts.ts'
import { mmoe } from './mmoe.ts'
import { multiTaskNetwork } from './multi-task-network.ts'
import { neuralSingleTask } from './neural-single-task.ts'
import { ple } from './ple.ts'
import { sharedBottom } from './shared-bottom.ts'

// The examples of docs/networks.md and docs/architectures, as they stand there.
const related = relatedTasks({
  random: createRandom(9),
  tasks: 2,
  rows: 20,
  features: 2,
  spread: 0.3,
  noise: 0.2,
})
const data = { tasks: related.tasks.map((task, k) => ({ ...task, name: ['maths', 'reading'][k] })) }

it('shared bottom', async () => {
  const estimator = sharedBottom({ layers: [8], trainer: { epochs: 20, learningRate: 0.01 } })
  const model = await fit(estimator, data, { random: 1 })
  const predictions = await model.predict(data)
  expect(predictions.reading.point).toHaveLength(20)
})

it('neural single-task', async () => {
  const estimator = neuralSingleTask({ layers: [8], trainer: { epochs: 20, learningRate: 0.01 } })
  const model = await fit(estimator, data, { random: 1 })
  const predictions = await model.predict(data)
  expect(predictions.maths.point).toHaveLength(20)
})

it('mixture of experts', async () => {
  const trainer = { epochs: 20, learningRate: 0.01 }
  const estimator = mixtureOfExperts({ experts: 3, expertLayers: [6], trainer })
  const model = await fit(estimator, data, { random: 1 })
  const [useOfExperts] = model.views()
  expect(useOfExperts).toMatchObject({ title: 'Use of experts', rows: ['all tasks'] })
})

it('MMoE', async () => {
  const trainer = { epochs: 20, learningRate: 0.01 }
  const estimator = mmoe({ experts: 3, expertLayers: [6], trainer })
  const model = await fit(estimator, data, { random: 1 })
  const [useOfExperts] = model.views()
  expect(useOfExperts).toMatchObject({ title: 'Use of experts', rows: ['maths', 'reading'] })
})

it('progressive layered extraction', async () => {
  const trainer = { epochs: 20, learningRate: 0.01 }
  const estimator = ple({ sharedExperts: 1, taskExperts: 1, expertLayers: [6], trainer })
  const model = await fit(estimator, data, { random: 1 })
  const [massOnShared] = model.views()
  expect(massOnShared).toMatchObject({ title: 'Mass on shared experts', rows: ['maths', 'reading'] })
})

it('plain options', async () => {
  const estimator = multiTaskNetwork({
    architecture: 'shared-bottom',
    sharedLayers: [8, 4],
    taskLayers: { maths: [3] },
    activation: 'relu',
    dropout: 0.1,
    lossWeights: { reading: 0.5 },
    weighting: 'fixed',
    taskSchedule: { 1: ['maths'], 2: ['maths', 'reading'] },
    trainer: { epochs: 3 },
  })
  const model = await fit(estimator, data, { random: 1 })
  expect(model.parameters.tasks).toHaveLength(2)
})

it('a network as files', async () => {
  const estimator = sharedBottom({ layers: [4], trainer: { epochs: 2 } })
  const model = await fit(estimator, data, { random: 1 })
  const files = toFiles(model.toDocument()) // { 'config.json', 'weights.safetensors' }, bytes by name
  const again = estimator.restore(fromFiles(files))
  expect(again.parameters).toEqual(model.parameters)
  expect(new TextDecoder().decode(files['weights.safetensors'])).toContain('weights.shared/trunk/0/kernel')
})
