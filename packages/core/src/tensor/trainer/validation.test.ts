import { describe, expect, it } from 'vitest'
import { trainStep } from './step.ts'
import { long, trained } from './training.fixture.ts'
import type { TrainerOptions } from './types.ts'

describe('early stopping', () => {
  const watching = { validationFraction: 0.3, patience: 2, epochs: 60, learningRate: 0.3 } as const

  it('restores the best epoch and says that it converged', async () => {
    const { model, steps } = await trained(watching)
    const values = steps.flatMap(({ validation }) => (validation === undefined ? [] : [validation]))
    const best = values.indexOf(Math.min(...values))
    expect(values.length - 1 - best).toBe(2)
    expect(model.diagnostics.converged).toBe(true)
    const until = await trained({ ...watching, patience: undefined, epochs: best + 1 })
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
    const step: TrainerOptions['step'] = (state, batches, context) => {
      rates.push(context.rate('shared/0/kernel'))
      return trainStep(state, batches, context)
    }
    await trained({ step, learningRate, validationFraction: 0.3, epochs: 30 })
    expect(rates[0]).toBe(0.5)
    expect(rates.at(-1)).toBeLessThan(0.1)
    expect(rates).toEqual(rates.toSorted((a, b) => b - a))
  })
})
