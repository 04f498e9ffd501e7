import { describe, expect, it } from 'vitest'
import { bernoulli } from '../distribution/bernoulli.ts'
import { mixture } from '../distribution/mixture.ts'
import { normal } from '../distribution/normal.ts'
import type { Normal } from '../distribution/types.ts'
import { matrix } from '../linalg/matrix.ts'
import { explainedVariance, meanAbsoluteError, r2, rmse } from './regression.ts'

const certain = (...mean: number[]): Normal => normal(Float64Array.from(mean), new Float64Array(mean.length))

describe('metrics of numbers', () => {
  // Errors 1, -1, 2 against targets 2, 4, 6 of mean 4.
  const prediction = certain(1, 5, 4)
  const targets = Float64Array.of(2, 4, 6)

  it('agree with sums by hand', () => {
    // (1 + 1 + 4) / 3
    expect(rmse.evaluate(prediction, targets)).toBeCloseTo(Math.sqrt(2), 15)
    // (1 + 1 + 2) / 3
    expect(meanAbsoluteError.evaluate(prediction, targets)).toBeCloseTo(4 / 3, 15)
    // 1 - 6 / (4 + 0 + 4)
    expect(r2.evaluate(prediction, targets)).toBeCloseTo(0.25, 15)
    // Errors have mean 2/3: 1 - (6 - 3 (2/3)^2) / 8
    expect(explainedVariance.evaluate(prediction, targets)).toBeCloseTo(1 - (6 - 4 / 3) / 8, 15)
  })

  it('count rows by their weights', () => {
    const weights = Float64Array.of(1, 0, 3)
    // (1 + 3 * 4) / 4
    expect(rmse.evaluate(prediction, targets, weights)).toBeCloseTo(Math.sqrt(13 / 4), 15)
    // Targets 2, 6, 6, 6 of mean 5: 1 - 13 / (9 + 1 + 1 + 1)
    expect(r2.evaluate(prediction, targets, weights)).toBeCloseTo(1 - 13 / 12, 15)
  })

  it('explains variance whatever the bias, where R2 does not', () => {
    const biased = certain(1001, 1005, 1004)
    expect(explainedVariance.evaluate(biased, targets)).toBeCloseTo(
      explainedVariance.evaluate(prediction, targets),
      10,
    )
    expect(r2.evaluate(biased, targets)).toBeLessThan(-1000)
  })

  it('explains none of a constant target, not even one whose average is off by rounding', () => {
    const constant = Float64Array.of(0.1, 0.1, 0.1)
    expect(r2.evaluate(prediction, constant)).toBeNaN()
    expect(explainedVariance.evaluate(prediction, constant)).toBeNaN()
  })

  it('measures absolute errors from the median, not the mean', () => {
    // 0.8 at 0, 0.2 at 10: the median is 0, the mean 2.
    const skewed = mixture(matrix(1, 2, Float64Array.of(0.8, 0.2)), [certain(0), certain(10)])
    expect(meanAbsoluteError.evaluate(skewed, Float64Array.of(3))).toBeCloseTo(3, 12)
    expect(rmse.evaluate(skewed, Float64Array.of(3))).toBeCloseTo(1, 12)
  })

  it('agrees with the explained variance of an independent program, in per cent', () => {
    const y = [-1.127, -0.309, -0.676, 0.725, 0.129, 0.511, -0.024, 0.013, -0.305]
    const predicted = certain(-1.23, 0.367, -0.021, 1.836, 0.142, 0.733, 0.041, -0.217, -0.188)
    expect(Math.abs(100 * r2.evaluate(predicted, Float64Array.from(y)) - 13.221574802299752)).toBeLessThan(
      1e-10,
    )
  })

  it('refuses classes, and targets of another length', () => {
    const classes = bernoulli(Float64Array.of(0.5))
    expect(() => rmse.evaluate(classes, Float64Array.of(1))).toThrow('rmse needs a prediction of numbers')
    expect(() => rmse.evaluate(prediction, Float64Array.of(1))).toThrow('3 predictions need as many')
  })
})
