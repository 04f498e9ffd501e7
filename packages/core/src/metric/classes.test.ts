import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bernoulli } from '../distribution/bernoulli.ts'
import { categorical } from '../distribution/categorical.ts'
import { normal } from '../distribution/normal.ts'
import type { Bernoulli } from '../distribution/types.ts'
import { matrix } from '../linalg/matrix.ts'
import { accuracy, brierScore, logLoss } from './classes.ts'
import { negativeLogLikelihood } from './likelihood.ts'
import { auc, averagePrecision } from './ranking.ts'

const yes = (...p: number[]): Bernoulli => bernoulli(Float64Array.from(p))

describe('auc', () => {
  it('counts pairs in order, and half of those that tie', () => {
    // yes at 0.8 and 0.4, no at 0.4 and 0.1: 0.8 beats both, 0.4 beats 0.1 and ties: 3.5 of 4.
    expect(auc.evaluate(yes(0.8, 0.4, 0.4, 0.1), Float64Array.of(1, 1, 0, 0))).toBe(0.875)
  })

  it('equals the count over all pairs, with weights and ties', () => {
    const row = fc.record({
      p: fc.integer({ min: 0, max: 6 }),
      y: fc.nat(1),
      w: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (drawn) => {
        const rows = [...drawn, { p: 3, y: 0, w: 1 }, { p: 3, y: 1, w: 1 }]
        let [ordered, pairs] = [0, 0]
        for (const a of rows.filter(({ y }) => y === 1)) {
          for (const b of rows.filter(({ y }) => y === 0)) {
            pairs += a.w * b.w
            ordered += a.w * b.w * (a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0)
          }
        }
        const [p, y, w] = (['p', 'y', 'w'] as const).map((key) => Float64Array.from(rows, (row) => row[key]))
        expect(auc.evaluate(bernoulli(p.map((value) => value / 6)), y, w)).toBeCloseTo(ordered / pairs, 12)
      }),
    )
  })

  it('does not change when probabilities are mapped by a rising function', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 4, maxLength: 20 }),
        (p) => {
          const y = Float64Array.from(p, (_, i) => i % 2)
          const mapped = p.map((value) => value / 2 + 0.1)
          // A map may round distinct numbers together; then they tie.
          fc.pre(new Set(mapped).size === new Set(p).size)
          expect(auc.evaluate(yes(...mapped), y)).toBe(auc.evaluate(yes(...p), y))
        },
      ),
    )
  })

  it('is 1/2 when nothing is told apart and not a number for one class', () => {
    expect(auc.evaluate(yes(0.3, 0.3, 0.3), Float64Array.of(1, 0, 1))).toBe(0.5)
    expect(auc.evaluate(yes(0.2, 0.3), Float64Array.of(1, 1))).toBeNaN()
    // Whoever weighs nothing is not there.
    expect(auc.evaluate(yes(0.2, 0.3), Float64Array.of(1, 0), Float64Array.of(1, 0))).toBeNaN()
  })

  it('takes two classes as categorical too, and refuses three', () => {
    const two = categorical(matrix(2, 2, Float64Array.of(0.9, 0.1, 0.2, 0.8)))
    expect(auc.evaluate(two, Float64Array.of(0, 1))).toBe(1)
    const three = categorical(matrix(1, 3, Float64Array.of(0.2, 0.3, 0.5)))
    expect(() => auc.evaluate(three, Float64Array.of(0))).toThrow('auc needs two classes, got 3')
  })
})

describe('average precision', () => {
  it('sums precision times rise of recall over distinct scores', () => {
    // 0.9: yes, precision 1, recall to 1/3. 0.5: yes and no together, precision 2/3, to 2/3. 0.2: yes, 3/4, to 1.
    const value = averagePrecision.evaluate(yes(0.9, 0.5, 0.5, 0.2), Float64Array.of(1, 1, 0, 1))
    expect(value).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 15)
  })

  it('is the share of yes when nothing is told apart, and not a number without any', () => {
    expect(averagePrecision.evaluate(yes(0.3, 0.3, 0.3, 0.3), Float64Array.of(1, 0, 0, 0))).toBe(0.25)
    expect(averagePrecision.evaluate(yes(0.3, 0.4), Float64Array.of(0, 0))).toBeNaN()
  })
})

describe('losses of classes', () => {
  const three = categorical(matrix(2, 3, Float64Array.of(0.5, 0.25, 0.25, 0.1, 0.6, 0.3)))

  it('agree with sums by hand', () => {
    const targets = Float64Array.of(0, 2)
    expect(logLoss.evaluate(three, targets)).toBeCloseTo(-(Math.log(0.5) + Math.log(0.3)) / 2, 15)
    // (0.25 + 0.0625 + 0.0625) and (0.01 + 0.36 + 0.49)
    expect(brierScore.evaluate(three, targets)).toBeCloseTo((0.375 + 0.86) / 2, 15)
    expect(accuracy.evaluate(three, targets)).toBe(0.5)
    // Of two classes: (0.2 - 1)^2 and 0.3^2
    expect(brierScore.evaluate(yes(0.2, 0.3), Float64Array.of(1, 0))).toBeCloseTo((0.64 + 0.09) / 2, 15)
  })

  it('say the same of two classes in either form', () => {
    const targets = Float64Array.of(1, 0)
    const two = categorical(matrix(2, 2, Float64Array.of(0.8, 0.2, 0.7, 0.3)))
    for (const metric of [logLoss, brierScore, accuracy, negativeLogLikelihood])
      expect(metric.evaluate(two, targets)).toBeCloseTo(metric.evaluate(yes(0.2, 0.3), targets), 14)
  })

  it('bounds the log loss of what was ruled out, where the likelihood does not', () => {
    expect(logLoss.evaluate(yes(0), Float64Array.of(1))).toBeCloseTo(-Math.log(1e-15), 12)
    expect(negativeLogLikelihood.evaluate(yes(0), Float64Array.of(1))).toBe(Infinity)
  })
})

describe('negative log likelihood', () => {
  it('is that of the density in nats', () => {
    const prediction = normal(Float64Array.of(0, 1), Float64Array.of(1, 4))
    // 0.5 log(2 pi v) + e^2 / (2 v) with (v, e) = (1, 1) and (4, 2)
    const expected = 0.5 * Math.log(2 * Math.PI) + 0.25 * Math.log(4) + 0.5
    expect(negativeLogLikelihood.evaluate(prediction, Float64Array.of(1, 3))).toBeCloseTo(expected, 14)
  })
})
