import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { fixedWeighting } from '../../weighting/fixed.ts'
import type { Weights } from '../types.ts'
import { distance, long, rowOf, trained, weightsOf, wide } from './training.fixture.ts'

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
