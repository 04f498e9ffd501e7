import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { dataset } from '../../data/dataset.ts'
import type { Dataset } from '../../data/types.ts'
import { isReal } from '../../distribution/kind.ts'
import type { Checkpoint, Estimator, Model, TrainEvent } from '../../model/types.ts'
import { createRandom } from '../../random/generator.ts'
import { relatedTasks } from '../../testing/related-tasks.ts'
import { fit } from '../../training/fit.ts'
import type { FitOptions } from '../../training/types.ts'
import { fixedWeighting } from '../../weighting/fixed.ts'
import { linearNetwork } from '../linear.fixture.ts'
import type { Architecture, Weights } from '../types.ts'
import { networkEstimator } from './network-estimator.ts'
import { networkTrainer } from './network-trainer.ts'
import type { NetworkParameters, TrainerOptions } from './types.ts'

const long = relatedTasks({
  random: createRandom(1),
  tasks: 3,
  rows: 20,
  features: 2,
  spread: 0.3,
  noise: 0.2,
})
const wide = relatedTasks({
  random: createRandom(1),
  tasks: 3,
  rows: 40,
  features: 2,
  spread: 0.3,
  noise: 0.2,
  layout: 'partial',
})

type Step = Extract<TrainEvent, { type: 'step' }>
type NetworkModel = Model<string, NetworkParameters>

const estimator = (
  options: TrainerOptions,
  architecture: Architecture = linearNetwork(),
): Estimator<NetworkParameters> =>
  networkEstimator(architecture, networkTrainer({ epochs: 3, batchSize: 16, learningRate: 0.05, ...options }))

async function trained(
  options: TrainerOptions,
  data: Dataset = long,
  fitting: Partial<FitOptions> = {},
  architecture?: Architecture,
): Promise<{
  readonly model: NetworkModel
  readonly events: readonly TrainEvent[]
  readonly steps: readonly Step[]
}> {
  const events: TrainEvent[] = []
  const model = await fit(estimator(options, architecture), data, {
    random: 2,
    onEvent: (event) => events.push(event),
    ...fitting,
  })
  return { model, events, steps: events.filter((event) => event.type === 'step') }
}

const weightsOf = async (
  options: TrainerOptions,
  data?: Dataset,
  architecture?: Architecture,
): Promise<Weights> => (await trained(options, data, {}, architecture)).model.parameters.weights

/** Largest difference of any weight. */
function distance(a: Weights, b: Weights): number {
  return Math.max(
    ...Object.entries(a).flatMap(([name, { values }]) =>
      Array.from(values, (value, i) => Math.abs(value - b[name].values[i])),
    ),
  )
}

const rowOf = (weights: Weights, name: string, row: number): number[] => {
  const { shape, values } = weights[name]
  return [...values.slice((row * values.length) / shape[0], ((row + 1) * values.length) / shape[0])]
}

describe('the loop', () => {
  it('reports epochs, losses by task, and the share of the planned steps', async () => {
    const { steps } = await trained({}, long)
    expect(steps.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    expect(steps.map(({ fraction }) => Math.round(12 * fraction))).toEqual(
      [...Array(12).keys()].map((i) => i + 1),
    )
    for (const { taskLosses, objective } of steps) {
      expect(taskLosses).toHaveLength(3)
      const known = [...(taskLosses ?? [])].filter((loss) => !Number.isNaN(loss))
      expect(known.reduce((sum, loss) => sum + loss, 0)).toBeCloseTo(objective, 10)
    }
    const { steps: alternating } = await trained({ regime: 'alternating' }, long)
    for (const { taskLosses } of alternating)
      expect([...(taskLosses ?? [])].filter(Number.isNaN)).toHaveLength(2)
  })

  it('learns: the last losses are far below the first', async () => {
    const { steps } = await trained({ epochs: 40 }, wide)
    expect(steps.at(-1)?.objective).toBeLessThan(0.3 * steps[0].objective)
  })

  it('moves nothing at a learning rate of 0', async () => {
    const start = await weightsOf({ epochs: 1, learningRate: 0 })
    expect(await weightsOf({ epochs: 5, learningRate: 0 })).toEqual(start)
    expect(distance(await weightsOf({ epochs: 1 }), start)).toBeGreaterThan(1e-3)
  })

  it('starts from other weights where names and shapes are equal', async () => {
    const start = await weightsOf({})
    const kept = await weightsOf({ start, learningRate: 0 })
    expect(kept).toEqual(start)
    const bias = { 'shared/0/bias': { shape: [7], values: new Float32Array(7) } }
    expect(await weightsOf({ start: bias, learningRate: 0 })).toEqual(await weightsOf({ learningRate: 0 }))
  })

  it("hands over to a step of one's own", async () => {
    const { model, steps } = await trained({
      step: ({ variables, optimiser, weighting }, _, { step }) =>
        Promise.resolve({
          state: {
            variables: Object.fromEntries(
              Object.entries(variables).map(([name, value]) => [name, tf.add(value, 1)]),
            ),
            optimiser: {
              tensors: Object.fromEntries(
                Object.entries(optimiser.tensors).map(([name, value]) => [name, value.clone()]),
              ),
              steps: optimiser.steps,
            },
            weighting,
          },
          losses: Float64Array.of(step, NaN, 1),
          report: { mine: step },
        }),
    })
    expect(steps.map(({ objective }) => objective)).toEqual(steps.map(({ step }) => step + 1))
    expect(steps[4].report).toEqual({ mine: 5 })
    expect(distance(model.parameters.weights, await weightsOf({ learningRate: 0 }))).toBeCloseTo(12, 4)
  })
})

describe('a schedule', () => {
  it('keeps what inactive tasks own to the bit', async () => {
    const start = await weightsOf({ learningRate: 0 })
    const first = long.tasks[0].name
    for (const data of [long, wide]) {
      const weights = await weightsOf({ schedule: { 1: { tasks: [data.tasks[0].name] } } }, data)
      const before = await weightsOf({ learningRate: 0 }, data)
      expect(rowOf(weights, 'tasks:0/bias', 0)).not.toEqual(rowOf(before, 'tasks:0/bias', 0))
      for (const k of [1, 2])
        expect(rowOf(weights, 'tasks:0/bias', k)).toEqual(rowOf(before, 'tasks:0/bias', k))
    }
    const later = await trained({
      schedule: { 1: { tasks: [first] }, 3: { tasks: long.tasks.map(({ name }) => name) } },
    })
    expect(
      later.steps.filter(({ epoch }) => epoch === 2).every(({ taskLosses }) => Number.isNaN(taskLosses?.[1])),
    ).toBe(true)
    expect(rowOf(later.model.parameters.weights, 'tasks:0/bias', 1)).not.toEqual(
      rowOf(start, 'tasks:0/bias', 1),
    )
  })

  it('freezes by prefix to the bit, and multiplies rates', async () => {
    const start = await weightsOf({ learningRate: 0 })
    const frozen = await weightsOf({ schedule: { 1: { rates: { 'shared/': 0, 'shared/0/bias': 1 } } } })
    expect(frozen['shared/0/kernel']).toEqual(start['shared/0/kernel'])
    expect(frozen['shared/0/bias']).not.toEqual(start['shared/0/bias'])
    const same = await weightsOf({
      learningRate: 0.1,
      schedule: { 1: { rates: { shared: 0.5, tasks: 0.5 } } },
    })
    expect(distance(same, await weightsOf({}))).toBeLessThan(1e-6) // float32
  })

  it('multiplies losses before any weighting sees them', async () => {
    const [{ name }] = wide.tasks
    const plain = await trained({ epochs: 1, batchSize: 100 }, wide)
    const tripled = await trained(
      { epochs: 1, batchSize: 100, schedule: { 1: { lossWeights: { [name]: 3 } } } },
      wide,
    )
    expect(tripled.steps[0].taskLosses?.[0]).toBeCloseTo(3 * (plain.steps[0].taskLosses?.[0] ?? NaN), 5)
    expect(tripled.steps[0].taskLosses?.[1]).toBeCloseTo(plain.steps[0].taskLosses?.[1] ?? NaN, 5)
  })

  it('refuses tasks and prefixes that do not exist', async () => {
    const unknown = { code: 'unknown-name' }
    await expect(trained({ schedule: { 2: { tasks: ['nobody'] } } })).rejects.toMatchObject(unknown)
    await expect(trained({ schedule: { 2: { lossWeights: { nobody: 1 } } } })).rejects.toMatchObject(unknown)
    await expect(trained({ schedule: { 2: { rates: { 'shared/tower': 0 } } } })).rejects.toMatchObject(
      unknown,
    )
    await expect(trained({ weighting: fixedWeighting({ weights: { nobody: 1 } }) })).rejects.toMatchObject(
      unknown,
    )
  })
})

describe('accumulation', () => {
  it.each(['task', 'label'] as const)(
    'of parts equals the whole batch where each %s counts alike',
    async (reduction) => {
      // Adam hides the scale of gradients: plain descent shows it.
      const optimiser = { name: 'sgd', options: { momentum: 0 } } as const
      for (const data of [long, wide]) {
        const whole = await weightsOf({ batchSize: 60, optimiser, reduction }, data)
        const parts = await weightsOf({ batchSize: 7, accumulate: 9, optimiser, reduction }, data)
        expect(distance(whole, parts)).toBeLessThan(2e-6) // float32 sums in another order
      }
    },
  )

  it('takes one step for so many batches', async () => {
    const { steps } = await trained({ accumulate: 3 }, long)
    expect(steps).toHaveLength(6) // 4 batches an epoch
  })
})

describe('clipping', () => {
  it('bounds the norm of the gradient and keeps its direction', async () => {
    const optimiser = { name: 'sgd', options: { momentum: 0 } } as const
    const one = { epochs: 1, batchSize: 100, optimiser }
    const start = await weightsOf({ ...one, learningRate: 0 })
    const moved = await weightsOf({ ...one, learningRate: 1 })
    const clipped = await weightsOf({ ...one, learningRate: 1, clipNorm: 0.01 })
    const loose = await weightsOf({ ...one, learningRate: 1, clipNorm: 1e6 })
    const step = (to: Weights): number[] =>
      Object.entries(start).flatMap(([name, { values }]) =>
        Array.from(values, (value, i) => to[name].values[i] - value),
      )
    const norm = (v: number[]): number => Math.hypot(...v)
    expect(norm(step(clipped))).toBeCloseTo(0.01, 6)
    const inner = step(clipped).reduce((sum, value, i) => sum + value * step(moved)[i], 0)
    expect(inner / (norm(step(clipped)) * norm(step(moved)))).toBeCloseTo(1, 5)
    expect(loose).toEqual(moved)
  })
})

describe('early stopping', () => {
  const watching = { validationFraction: 0.3, patience: 2, epochs: 60, learningRate: 0.3 } as const

  it('restores the best epoch and says that it converged', async () => {
    const { model, steps } = await trained(watching)
    const values = steps.flatMap(({ validation }) => (validation === undefined ? [] : [validation]))
    const best = values.indexOf(Math.min(...values))
    expect(values.length - 1 - best).toBe(2)
    expect(model.diagnostics.converged).toBe(true)
    const until = await trained({ ...watching, patience: undefined, epochs: best + 1 } as TrainerOptions)
    expect(model.parameters.weights).toEqual(until.model.parameters.weights)
  })

  it('watches one task alone where told, and refuses one that does not exist', async () => {
    const task = long.tasks[1].name
    const { model } = await trained({ ...watching, monitor: { task } })
    expect(model.diagnostics.steps).toBeGreaterThan(0)
    await expect(trained({ ...watching, monitor: { task: 'nobody' } })).rejects.toMatchObject({
      code: 'unknown-name',
    })
  })

  it('lets each task stop for itself: what it owns stays at its best', async () => {
    const { model, steps } = await trained({ ...watching, monitor: 'each' })
    const last = long.tasks.map(
      (_, k) => steps.findLast(({ taskLosses }) => !Number.isNaN(taskLosses?.[k]))?.epoch,
    )
    expect(new Set(last).size).toBeGreaterThan(1) // they did not stop together
    expect(model.diagnostics.converged).toBe(true)
  })

  it('warns where training ends while the loss still improves', async () => {
    const { model, events } = await trained({ ...watching, epochs: 2, learningRate: 1e-3 })
    expect(model.diagnostics.converged).toBe(false)
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'step-limit' }))
  })

  it('follows a plateau of the validation loss with the learning rate', async () => {
    const rates: number[] = []
    const learningRate = { base: 0.5, decay: 'plateau', every: 1, factor: 0.5 } as const
    const step: TrainerOptions['step'] = async (state, batches, context) => {
      rates.push(context.rate('shared/0/kernel'))
      const { trainStep } = await import('./step.ts')
      return trainStep(state, batches, context)
    }
    await trained({ step, learningRate, validationFraction: 0.3, epochs: 30 })
    expect(rates[0]).toBe(0.5)
    expect(rates.at(-1)).toBeLessThan(0.1)
    expect(rates).toEqual(rates.toSorted((a, b) => b - a))
  })
})

describe('balanced classes', () => {
  it('are undone at prediction: the mean probability is the base rate', async () => {
    const random = createRandom(4)
    const inputs = Array.from({ length: 200 }, () => [random.next()])
    const data = dataset([
      { name: 'rare', kind: 'binary', inputs, targets: inputs.map((_, i) => Number(i % 10 === 0)) },
    ])
    const model = await fit(estimator({ epochs: 80, classWeights: 'balanced' }), data, { random: 1 })
    const [prediction] = Object.values(await model.predict(data))
    if (!isReal(prediction)) throw new Error('a Bernoulli has a mean')
    const mean = prediction.mean.reduce((sum, p) => sum + p, 0) / 200
    expect(Math.abs(mean - 0.1)).toBeLessThan(0.01)
    expect(model.parameters.tasks[0].shift[0]).toBeCloseTo(-Math.log(9), 10)
  })
})

describe('a training that diverges', () => {
  it('is an error that names the step and what to try; no weight that is not finite is stored', async () => {
    const diverging = trained({ learningRate: 1e30, optimiser: { name: 'sgd' }, epochs: 30 })
    await expect(diverging).rejects.toMatchObject({ code: 'not-finite' })
    await expect(diverging).rejects.toThrow(/learningRate/)
  })

  it('skips single steps, says so once, and goes on', async () => {
    let calls = 0
    const step: TrainerOptions['step'] = async (state, batches, context) => {
      const { trainStep } = await import('./step.ts')
      calls += 1
      if (calls !== 3 && calls !== 5) return trainStep(state, batches, context)
      return trainStep(
        state,
        batches.map((batch) => ({ ...batch, targets: batch.targets.map((y) => y.map(() => Infinity)) })),
        context,
      )
    }
    const { model, events, steps } = await trained({ step })
    expect(events.filter((event) => event.type === 'warning' && event.code === 'step-skipped')).toHaveLength(
      1,
    )
    expect(steps[2]).toMatchObject({ objective: steps[1].objective, report: { 'step-skipped': 1 } })
    expect(model.diagnostics.objective.every(Number.isFinite)).toBe(true)
  })
})

describe('resuming', () => {
  const everything: TrainerOptions = {
    learningRate: { base: 0.1, warmup: 3, decay: 'cosine' },
    validationFraction: 0.3,
    patience: 2,
    epochs: 12,
    accumulate: 2,
    batchSize: 5,
    clipNorm: 1,
    schedule: {
      1: { tasks: [long.tasks[0].name] },
      3: { tasks: long.tasks.map(({ name }) => name), rates: { 'shared/0/bias': 0.1 } },
    },
    monitorEvery: 2,
  }

  it.each([
    ['all options at once', everything],
    ['the alternating regime', { regime: 'alternating', temperature: 2 }],
    ['early stopping of each task', { ...everything, monitor: 'each', learningRate: 0.3 }],
    ['a plateau', { ...everything, learningRate: { base: 0.3, decay: 'plateau', every: 1 } }],
  ] satisfies [string, TrainerOptions][])(
    'with %s gives the same bits from every checkpoint',
    async (_, options) => {
      const checkpoints: Checkpoint[] = []
      const architecture = linearNetwork({ dropout: 0.3 })
      const onEvent = (event: TrainEvent): void => {
        if (event.type === 'checkpoint') checkpoints.push(event.checkpoint)
      }
      const whole = await fit(estimator(options, architecture), long, {
        random: 2,
        checkpointEvery: 1,
        onEvent,
      })
      for (const resume of checkpoints.filter((__, i) => i % 5 === 2)) {
        const again = await fit(estimator(options, architecture), long, { random: 9, resume })
        expect(again.parameters).toEqual(whole.parameters)
        expect(again.diagnostics).toEqual(whole.diagnostics)
      }
    },
  )
})

describe('options', () => {
  it.each([
    [{ epoch: 3 }, 'epochs'],
    [{ batchSize: 0 }, 'batchSize'],
    [{ regime: 'both' }, 'regime'],
    [{ monitor: 'all' }, 'monitor'],
    [{ validationFraction: 1 }, 'validationFraction'],
    [{ patience: 3 }, 'validationFraction'],
    [{ learningRate: { decay: 'plateau' } }, 'validationFraction'],
    [{ clipNorm: -1 }, 'clipNorm'],
    [{ weighting: { name: 'uncertainty' } }, 'weighting'],
    [{ schedule: { 30: {} } }, 'schedule'],
  ])('%j are refused, and %s is named', (options, name) => {
    expect(() => networkTrainer(options as TrainerOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })

  it('that do not go together are refused', () => {
    const weighting = { ...fixedWeighting(), needs: 'gramian' } as unknown as TrainerOptions['weighting']
    for (const options of [
      { weighting, regime: 'alternating' },
      { weighting, accumulate: 2 },
    ] as const)
      expect(() => networkTrainer(options as TrainerOptions)).toThrow(
        expect.objectContaining({ code: 'unsupported' }),
      )
    expect(() => networkTrainer({ optimiser: { name: 'rmsprop' as 'sgd' } })).toThrow(/adam, sgd/)
  })

  it('are stored as plain JSON that makes the same trainer', () => {
    const { options } = networkTrainer({
      schedule: { 3: { tasks: ['a'] } },
      learningRate: 0.1,
      monitor: { task: 'a' },
    })
    const read = JSON.parse(JSON.stringify(options)) as TrainerOptions
    expect(read).toEqual(options)
    expect(networkTrainer(read).options).toEqual(options)
  })
})
