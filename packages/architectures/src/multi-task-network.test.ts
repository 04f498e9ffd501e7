import { createRandom, createRegistry, fit } from '@mtl/core'
import type { Estimator, LossBasedWeighting, RealDistribution } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import {
  huberLoss,
  lossOfKind,
  networkTrainer,
  trainStep,
  useBackend,
  type TaskLoss,
  type TrainStep,
  type Trainer,
} from '@mtl/core/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { multiTaskNetwork, type MultiTaskNetworkOptions } from './multi-task-network.ts'
import { architectureNames } from './names.ts'
import { architecturesPlugin } from './plugin.ts'
import { sharedBottom, sharedBottomArchitecture } from './shared-bottom.ts'

const data = relatedTasks({
  random: createRandom(5),
  tasks: 3,
  rows: 30,
  features: 2,
  spread: 0.3,
  noise: 0.2,
})
const [first, second] = data.tasks.map(({ name }) => name)
const short = { epochs: 3 }
const learnt = async (estimator: Estimator): Promise<unknown> =>
  (await fit(estimator, data, { random: 1 })).parameters

describe('multiTaskNetwork', () => {
  beforeAll(() => useBackend(['cpu']))

  it('is the architecture that it names, to the bit, and is stored as that', async () => {
    const plain = multiTaskNetwork({
      architecture: 'shared-bottom',
      sharedLayers: [8, 4],
      taskLayers: { [first]: [3] },
      activation: 'relu',
      dropout: 0.1,
      lossWeights: { [second]: 0.5 },
      weighting: 'fixed',
      taskSchedule: { 1: [first], 2: [first, second] },
      trainer: short,
    })
    const written = sharedBottom({
      layers: [8, 4],
      activation: 'relu',
      dropout: 0.1,
      heads: { taskLayers: { [first]: [3] } },
      trainer: {
        ...short,
        schedule: { 1: { tasks: [first], lossWeights: { [second]: 0.5 } }, 2: { tasks: [first, second] } },
      },
    })
    expect(plain.name).toBe('shared-bottom')
    expect(plain.options).toEqual(written.options)
    const model = await fit(plain, data, { random: 1 })
    expect(model.parameters).toEqual(await learnt(written))
    const found = createRegistry(architecturesPlugin).load(model.toDocument())
    const [mean, again] = await Promise.all(
      [model, found].map(async (each) => ((await each.predict(data))[first] as RealDistribution).mean),
    )
    expect(again).toEqual(mean)
  })

  it.each(architectureNames)('makes %s with layers where it has some', (architecture) => {
    const { options } = multiTaskNetwork({ architecture })
    const make = (): Estimator => multiTaskNetwork({ architecture, sharedLayers: [8] })
    if ('layers' in options || 'expertLayers' in options)
      expect(JSON.stringify(make().options)).toContain('ayers":[8]')
    else expect(make).toThrow(/architectureOptions/)
  })

  it('takes architecture, loss, weighting, step and trainer of a third party as values', async () => {
    const calls = new Set<string>()
    const loss: TaskLoss = { ...huberLoss(), name: 'of-mine' }
    const weighting: LossBasedWeighting<null> = {
      name: 'halves',
      options: {},
      needs: 'losses',
      init: () => null,
      weigh: ({ present }, state) => {
        calls.add('weighting')
        return { weights: new Float64Array(present.length).fill(0.5), state }
      },
    }
    const step: TrainStep = (...given) => {
      calls.add('step')
      return trainStep(...given)
    }
    const given = { losses: { [first]: loss }, weighting, trainer: { ...short, step } }
    await learnt(multiTaskNetwork({ sharedLayers: [4], ...given }))
    expect([...calls].sort()).toEqual(['step', 'weighting'])

    const usual = networkTrainer(short)
    const trainer: Trainer = {
      ...usual,
      train(...all) {
        calls.add('trainer')
        return usual.train(...all)
      },
    }
    const body = sharedBottomArchitecture({ layers: [4] })
    const architecture = {
      ...body,
      build(shape: Parameters<typeof body.build>[0]) {
        calls.add('architecture')
        return body.build(shape)
      },
    }
    const mine = multiTaskNetwork({ architecture, trainer })
    expect(await learnt(mine)).toEqual(await learnt(multiTaskNetwork({ architecture: body, trainer: usual })))
    expect(calls).toContain('trainer')
    expect(calls).toContain('architecture')
  })

  const value = sharedBottomArchitecture()
  it.each<[string, object, RegExp]>([
    ['an option it does not know', { taskRelations: {} }, /no option "taskRelations"/],
    ['an architecture it does not know', { architecture: 'shared-botom' }, /Nearest: shared-bottom/],
    ['a weighting it does not know', { weighting: 'fixd' }, /Nearest: fixed/],
    ['an option of another architecture', { architectureOptions: { experts: 2 } }, /no option "experts"/],
    ['an epoch before the first', { taskSchedule: { 0: ['a'] } }, /whole epochs from 1/],
    ['an epoch after the last', { taskSchedule: { 4: ['a'] }, trainer: short }, /whole epochs from 1 to 3/],
    ['an epoch without tasks', { taskSchedule: { 1: [] } }, /trains no task/],
    ['tasks that are no list', { taskSchedule: { 1: 'easy' } }, /list of tasks/],
    ['a negative loss weight', { lossWeights: { a: -1 } }, /lossWeights.a/],
    ['a weighting said twice', { weighting: 'fixed', trainer: { weighting: lossOfKind } }, /too/],
    ['weights said twice', { lossWeights: {}, trainer: { schedule: { 1: { lossWeights: {} } } } }, /too/],
    ['towers said twice', { taskLayers: [2], heads: { taskLayers: [2] } }, /too/],
    ['a trainer for a name', { trainer: networkTrainer() }, /architecture as a value/],
    ['layers beside an architecture', { architecture: value, sharedLayers: [2] }, /part of the architecture/],
    [
      'a weighting beside a trainer',
      { architecture: value, weighting: 'fixed', trainer: networkTrainer() },
      /part of the trainer/,
    ],
  ])('refuses %s', (_, options, message) => {
    const make = (): Estimator => multiTaskNetwork(options)
    expect(make).toThrow(expect.objectContaining({ name: 'MtlError' }))
    expect(make).toThrow(message)
  })

  it.each<[string, (unknown: string) => MultiTaskNetworkOptions]>([
    ['lossWeights', (unknown) => ({ lossWeights: { [unknown]: 1 } })],
    ['taskSchedule', (unknown) => ({ taskSchedule: { 1: [unknown] } })],
    ['taskLayers', (unknown) => ({ taskLayers: { [unknown]: [2] } })],
    ['losses', (unknown) => ({ losses: { [unknown]: huberLoss() } })],
  ])('refuses a task of %s that the data lacks', async (_, options) => {
    await expect(learnt(multiTaskNetwork(options('nobody')))).rejects.toMatchObject({
      code: 'unknown-name',
      message: expect.stringContaining('nobody') as string,
    })
  })
})
