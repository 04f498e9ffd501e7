import { describe, expect, it } from 'vitest'
import { matrixFromRows } from '../linalg/matrix.ts'
import { describeDistribution } from '../testing/describe-distribution.ts'
import { bernoulli } from './bernoulli.ts'
import { categorical } from './categorical.ts'
import { interval } from './interval.ts'
import { classProbabilities } from './kind.ts'
import { normal } from './normal.ts'

describeDistribution('bernoulli', () => bernoulli(Float64Array.of(0, 0.2, 0.5, 1)))
describeDistribution('categorical', () =>
  categorical(
    matrixFromRows([
      [0.2, 0.5, 0.3],
      [1, 0, 0],
    ]),
  ),
)

describe('distributions of classes', () => {
  it('give the logarithm of the probability, and none outside their classes', () => {
    const coin = bernoulli(Float64Array.of(0.2, 0.2, 0.2))
    expect(coin.logDensity(Float64Array.of(1, 0, 2))).toEqual(
      Float64Array.of(Math.log(0.2), Math.log1p(-0.2), -Infinity),
    )
    const die = categorical(matrixFromRows([[0.25, 0.75], [0.25, 0.75]])) // prettier-ignore
    expect(die.logDensity(Float64Array.of(1, 2))).toEqual(Float64Array.of(Math.log(0.75), -Infinity))
  })

  it('are read as probabilities of each class, two of a Bernoulli', () => {
    expect(classProbabilities(bernoulli(Float64Array.of(0.25)))).toEqual(matrixFromRows([[0.75, 0.25]]))
    expect(() => classProbabilities(normal(Float64Array.of(0), Float64Array.of(1)))).toThrow('normal')
  })

  it('refuse what is no probability', () => {
    expect(() => bernoulli(Float64Array.of(1.1))).toThrow('within 0 and 1')
    expect(() => categorical(matrixFromRows([[0.5, 0.4]]))).toThrow('sum to 1')
  })
})

describe('interval', () => {
  it('holds the middle of a normal', () => {
    const { lower, upper } = interval(normal(Float64Array.of(3), Float64Array.of(4)), 0.95)
    // 1.959963984540054 is the normal's 97.5 % point.
    expect(lower[0]).toBeCloseTo(3 - 2 * 1.959963984540054, 12)
    expect(upper[0]).toBeCloseTo(3 + 2 * 1.959963984540054, 12)
  })
})
