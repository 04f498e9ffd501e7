import { describe, expect, it } from 'vitest'
import type { Checkpoint, TrainEvent } from '../../model/types.ts'
import { fit } from '../../training/fit.ts'
import { linearNetwork } from '../linear.fixture.ts'
import { estimator, long } from './training.fixture.ts'
import type { TrainerOptions } from './types.ts'

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
