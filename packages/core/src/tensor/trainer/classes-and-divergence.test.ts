import { describe, expect, it } from 'vitest'
import { dataset } from '../../data/dataset.ts'
import { isReal } from '../../distribution/kind.ts'
import { createRandom } from '../../random/generator.ts'
import { fit } from '../../training/fit.ts'
import { trainStep } from './step.ts'
import { estimator, trained } from './training.fixture.ts'
import type { TrainerOptions } from './types.ts'

describe('a training that diverges', () => {
  it('is an error that names the step and what to try; no weight that is not finite is stored', async () => {
    const diverging = trained({ learningRate: 1e30, optimiser: { name: 'sgd' }, epochs: 30 })
    await expect(diverging).rejects.toMatchObject({ code: 'not-finite' })
    await expect(diverging).rejects.toThrow(/learningRate/)
  })

  it('skips single steps, says so once, and goes on', async () => {
    let calls = 0
    const step: TrainerOptions['step'] = (state, batches, context) => {
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
