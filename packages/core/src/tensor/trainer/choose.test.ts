import { describe, expect, it } from 'vitest'
import { fit } from '../../training/fit.ts'
import type { Checkpoint } from '../../model/types.ts'
import { expectNoLeak } from '../../testing/expect-no-leak.ts'
import { sharedBottomOf } from '../networks.fixture.ts'
import { trainStep } from './step.ts'
import { estimator, long, trained } from './training.fixture.ts'
import type { TrainerOptions } from './types.ts'

const watching = { validationFraction: 0.3, patience: 2, epochs: 60, learningRate: 0.1 } as const
const chosenPenalty = sharedBottomOf([3], {}, { penalty: 'validation' })

/** The epoch of the lowest validation loss among the events of a phase. */
function bestEpoch({ steps }: Awaited<ReturnType<typeof trained>>, phase: string): number {
  const ends = steps.filter((step) => step.phase === phase && step.validation !== undefined)
  const values = ends.map(({ validation = NaN }) => validation)
  return values.indexOf(Math.min(...values)) + 1
}

describe('refit', () => {
  it('trains on all rows for as many epochs as proved best, to the bits of a training of that length', async () => {
    const whole = await trained({ ...watching, refit: true })
    expect(whole.model.diagnostics.phases?.map(({ name }) => name)).toEqual(['held-out rows', 'all rows'])
    expect(whole.model.diagnostics.converged).toBe(true)
    const epochs = bestEpoch(whole, 'held-out rows')
    const plain = await trained({ learningRate: 0.1, epochs })
    expect(whole.model.parameters.weights).toEqual(plain.model.parameters.weights)
    expect(whole.steps.at(-1)?.fraction).toBe(1)
  })

  it('keeps the residual variances of held-out rows', async () => {
    const variancesOf = async (refit: boolean): Promise<number[]> => {
      const { model } = await trained({ ...watching, refit })
      return model.parameters.tasks.map(({ noiseVariance }) => noiseVariance)
    }
    expect(await variancesOf(true)).toEqual(await variancesOf(false))
  })

  it('meets the plateaus of the learning rate in the same epochs', async () => {
    const rates: [number, number][] = []
    const step: TrainerOptions['step'] = (state, batches, context) => {
      rates.push([context.epoch, context.rate('shared/0/kernel')])
      return trainStep(state, batches, context)
    }
    const learningRate = { base: 0.5, decay: 'plateau', every: 1, factor: 0.5 } as const
    await trained({ step, learningRate, validationFraction: 0.3, epochs: 10, refit: true })
    const byEpoch = (from: readonly [number, number][]): [number, number][] =>
      [...new Map(from)].sort(([a], [b]) => a - b)
    const second = rates.findIndex(([epoch], i) => i > 0 && epoch < rates[i - 1][0])
    expect(byEpoch(rates.slice(second))).toEqual(byEpoch(rates.slice(0, second)))
    expect(rates.at(-1)?.[1]).toBeLessThan(0.2)
  })

  it('lets each task stop in its own best epoch, where each is watched', async () => {
    const { steps } = await trained({ ...watching, learningRate: 0.3, monitor: 'each', refit: true })
    const again = steps.filter(({ phase }) => phase === 'all rows')
    const last = long.tasks.map(
      (_, k) => again.findLast(({ taskLosses }) => !Number.isNaN(taskLosses?.[k]))?.epoch,
    )
    expect(new Set(last).size).toBeGreaterThan(1) // they did not stop together
    expect(Math.max(...last.map((epoch) => epoch ?? 0))).toBe(again.at(-1)?.epoch)
  })

  it('says once that training ended while the loss still improved', async () => {
    const { events } = await trained(
      { ...watching, epochs: 2, learningRate: 1e-3, refit: true },
      long,
      chosenPenalty,
    )
    const warnings = events.filter(({ type }) => type === 'warning')
    expect(warnings).toEqual([expect.objectContaining({ code: 'step-limit' })])
  })
})

describe('a penalty that held-out rows choose', () => {
  it('is the one of the lowest held-out loss, and the model is that of its own training', async () => {
    const { model, steps } = await trained({ ...watching, refit: true }, long, chosenPenalty)
    const { choice, views, weights } = model.parameters
    const candidates = ['penalty 0', 'penalty 5', 'penalty 20', 'penalty 80']
    expect([...new Set(steps.map(({ phase }) => phase))]).toEqual([...candidates, 'all rows'])
    expect(choice?.candidates).toEqual(candidates)
    expect(new Set(choice?.losses).size).toBeGreaterThan(1)
    const lowest = Math.min(...(choice?.losses ?? []))
    expect(choice?.losses[candidates.indexOf(choice.chosen)]).toBe(lowest)
    expect(views.at(-1)).toMatchObject({ kind: 'bars', labels: candidates, values: choice?.losses })
    const penalty = Number(choice?.chosen.slice('penalty '.length))
    const alone = await trained({ ...watching, refit: true }, long, sharedBottomOf([3], {}, { penalty }))
    expect(alone.model.parameters.weights).toEqual(weights)
    expect(alone.model.parameters.choice).toBeUndefined()
  })

  it('is kept as trained where it is not trained once more', async () => {
    const { model } = await trained(watching, long, chosenPenalty)
    const penalty = Number(model.parameters.choice?.chosen.slice('penalty '.length))
    const alone = await trained(watching, long, sharedBottomOf([3], {}, { penalty }))
    expect(model.parameters.weights).toEqual(alone.model.parameters.weights)
  })

  it('is 0 where no rows are held out, and for one task', async () => {
    for (const [options, data] of [
      [{}, long],
      [watching, { tasks: long.tasks.slice(0, 1) }],
    ] as const) {
      const { model } = await trained(options, data, chosenPenalty)
      const plain = await trained(options, data, sharedBottomOf([3], {}, { penalty: 0 }))
      expect(model.diagnostics.phases).toBeUndefined()
      expect(model.parameters).toEqual(plain.model.parameters)
    }
  })

  it('gives the same bits from every checkpoint, and leaves no tensor', async () => {
    const options: TrainerOptions = { ...watching, epochs: 4, refit: true, learningRate: 0.3 }
    const checkpoints: Checkpoint[] = []
    const whole = await fit(estimator(options, chosenPenalty), long, {
      random: 2,
      checkpointEvery: 3,
      onEvent: (event) => event.type === 'checkpoint' && checkpoints.push(event.checkpoint),
    })
    expect(checkpoints.length).toBeGreaterThan(15)
    for (const resume of checkpoints.filter((_, i) => i % 5 === 2)) {
      const again = await expectNoLeak(() =>
        fit(estimator(options, chosenPenalty), long, { random: 9, resume }),
      )
      expect(again.parameters).toEqual(whole.parameters)
      expect(again.diagnostics).toEqual(whole.diagnostics)
    }
  })

  it('is counted in the cost: a training for each, and the last one', () => {
    const operations = (options: TrainerOptions): number =>
      estimator(options, chosenPenalty).cost?.(long).operations ?? NaN
    expect(operations({ validationFraction: 0.2 }) / operations({})).toBeCloseTo(4, 10)
    expect(operations({ validationFraction: 0.2, refit: true }) / operations({})).toBeCloseTo(5, 10)
  })
})
