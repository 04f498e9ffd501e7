import { describe, expect, it } from 'vitest'
import { fixedWeighting } from '../../weighting/fixed.ts'
import { networkTrainer } from './network-trainer.ts'
import type { TrainerOptions } from './types.ts'

describe('options', () => {
  it.each([
    [{ epoch: 3 }, 'epochs'],
    [{ batchSize: 0 }, 'batchSize'],
    [{ regime: 'both' }, 'regime'],
    [{ monitor: 'all' }, 'monitor'],
    [{ validationFraction: 1 }, 'validationFraction'],
    [{ patience: 3 }, 'validationFraction'],
    [{ refit: true }, 'validationFraction'],
    [{ refit: 'yes', validationFraction: 0.2 }, 'refit'],
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
