import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balancedWeights, classShift } from './class-weights.ts'

describe('balanced class weights', () => {
  it('are n / (K n_k), 50 at most, and 1 of a class without rows', () => {
    expect([...balancedWeights([30, 10])]).toEqual([40 / 60, 2])
    expect([...balancedWeights([999, 1])]).toEqual([1000 / 1998, 50])
    expect([...balancedWeights([4, 0])]).toEqual([0.5, 1])
  })

  it('are undone by the shift: an intercept alone gives the base rate back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 5 }), (counts) => {
        const weights = balancedWeights(counts)
        const n = counts.reduce((sum, count) => sum + count, 0)
        // The best constant logits of the weighted rows are log(weight_k n_k).
        const logits = counts.map((count, k) => Math.log(weights[k] * count))
        const shift = classShift('multiclass', weights)
        const odds = logits.map((logit, k) => Math.exp(logit + shift[k]))
        const total = odds.reduce((sum, value) => sum + value, 0)
        odds.forEach((value, k) => expect(Math.abs(value / total - counts[k] / n)).toBeLessThan(1e-12))
      }),
    )
  })

  it('shift the one output of two classes by the logarithm of their ratio', () => {
    const weights = balancedWeights([90, 10])
    const logit = Math.log((weights[1] * 10) / (weights[0] * 90)) + classShift('binary', weights)[0]
    expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(0.1, 12)
  })

  it('shift nothing of regression', () => {
    expect(classShift('regression', new Float64Array(0))).toEqual([])
  })
})
