import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { learningRateOf, rateAt, rateFactor } from './learning-rate.ts'
import type { LearningRate } from './types.ts'

const at = (rate: LearningRate, step: number, epoch = 1, plateaus = 0): number =>
  rateAt(learningRateOf(rate), { step, epoch, maxSteps: 100, plateaus })

describe('the learning rate', () => {
  it('rises in the warm-up, is whole after it and falls along a cosine to its floor', () => {
    const rate: LearningRate = { base: 0.1, warmup: 10, decay: 'cosine', floor: 0.2 }
    expect(at(rate, 1)).toBeCloseTo(0.01, 15)
    expect(at(rate, 11)).toBeCloseTo(0.1, 15)
    expect(at(rate, 101)).toBeCloseTo(0.02, 15)
    expect(at(rate, 56)).toBeCloseTo(0.1 * (0.2 + 0.4), 15) // half way
  })

  it.each([
    ['step', [1, 1, 0.5, 0.5, 0.3]],
    ['exponential', [1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2, 0.3]],
  ] as const)('counts epochs with "%s"', (decay, expected) => {
    const rates = expected.map((_, e) => at({ base: 1, decay, every: 2, floor: 0.3 }, 7, e + 1))
    rates.forEach((rate, e) => expect(rate).toBeCloseTo(expected[e], 15))
  })

  it('is halved at each plateau', () => {
    expect(at({ base: 1, decay: 'plateau' }, 50, 9, 2)).toBe(0.25)
  })

  it('never exceeds its base and never falls below its floor after the warm-up', () => {
    const decay = fc.constantFrom('constant', 'cosine', 'step', 'exponential', 'plateau' as const)
    fc.assert(
      fc.property(
        decay,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (way, step, epoch, floor) => {
          const rate = at({ base: 3, decay: way, floor }, step, epoch, epoch)
          expect(rate).toBeLessThanOrEqual(3 * (1 + 1e-15))
          expect(rate).toBeGreaterThanOrEqual(3 * floor * (1 - 1e-15))
        },
      ),
    )
  })

  it.each([
    [{ base: -1 }, 'learningRate'],
    [{ base: NaN }, 'learningRate'],
    [{ warmup: 1.5 }, 'learningRate.warmup'],
    [{ factor: 2 }, 'learningRate.factor'],
    [{ every: 0 }, 'learningRate.every'],
    [{ floor: -0.1 }, 'learningRate.floor'],
    [{ decay: 'linear' as 'step' }, 'learningRate.decay'],
  ])('refuses %j and names the option', (rate, option) => {
    expect(() => learningRateOf(rate)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        details: expect.objectContaining({ option }) as object,
      }),
    )
  })
})

describe('factors by prefix', () => {
  it('are those of the longest prefix, and 1 without one', () => {
    const factors = { 'shared/': 0.5, 'shared/trunk/1': 0, 'tasks/': 2 }
    expect(rateFactor(factors, 'shared/trunk/0/kernel')).toBe(0.5)
    expect(rateFactor(factors, 'shared/trunk/1/kernel')).toBe(0)
    expect(rateFactor(factors, 'tasks/head/kernel')).toBe(2)
    expect(rateFactor(factors, 'task:3/head/kernel')).toBe(1)
    expect(rateFactor(undefined, 'shared/trunk')).toBe(1)
  })
})
