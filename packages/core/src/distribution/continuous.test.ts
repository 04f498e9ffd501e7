import { describe, expect, it } from 'vitest'
import { matrix } from '../linalg/matrix.ts'
import { describeDistribution } from '../testing/describe-distribution.ts'
import { concatenate } from './concatenate.ts'
import { gamma } from './gamma.ts'
import { interval } from './interval.ts'
import { inverseGamma } from './inverse-gamma.ts'
import { mixture } from './mixture.ts'
import { normal } from './normal.ts'
import { rescale } from './rescale.ts'
import { studentT } from './student-t.ts'
import type { RealDistribution } from './types.ts'

const of = (...values: number[]): Float64Array => Float64Array.from(values)
const heavy = (): RealDistribution =>
  studentT(of(-1, 0, 5, 2, 1e6), of(1, 2, 0.1, 3, 10), of(0.7, 1.5, 2, 5, 1e6))

describeDistribution('studentT', heavy)
describeDistribution('a rescaled studentT', () => rescale(heavy(), 3, -2))
describeDistribution('gamma', () => gamma(of(0.3, 1, 2.5, 400), of(2, 0.01, 1, 1e-3)))
describeDistribution('inverseGamma', () => inverseGamma(of(0.5, 1.5, 3, 6, 500), of(1, 0.01, 100, 2, 3)))
describeDistribution('a mixture of unlike kinds', () =>
  mixture(matrix(2, 3, of(0.2, 0.5, 0.3, 0, 0.4, 0.6)), [
    studentT(of(0, 1), of(1, 1), of(0.5, 1)),
    normal(of(2, 3), of(1, 4)),
    inverseGamma(of(0.8, 5), of(1, 2)),
  ]),
)
describeDistribution('a concatenation of unlike kinds', () =>
  concatenate([gamma(of(2), of(3)), studentT(of(0), of(1), of(4)), normal(of(1), of(2))]),
)

describe('studentT', () => {
  it('states moments only where they exist', () => {
    const { mean, variance, point } = studentT(of(1, 1, 1, 1), of(2, 2, 2, 2), of(1, 1.5, 2, 4))
    expect(mean).toEqual(of(NaN, 1, 1, 1))
    expect(variance).toEqual(of(NaN, Infinity, Infinity, 8))
    expect(point).toEqual(of(1, 1, 1, 1))
  })

  it('is Cauchy with one degree and normal with very many', () => {
    const cauchy = studentT(of(1), of(2), of(1))
    expect(cauchy.logDensity(of(3))[0]).toBeCloseTo(-Math.log(Math.PI * 2 * 2), 14)
    expect(cauchy.logDensity(of(1e200))[0]).toBeCloseTo(-Math.log(Math.PI / 2) - 400 * Math.LN10, 10)
    expect(cauchy.quantile(0.75)[0]).toBeCloseTo(3, 12)
    const [many, limit] = [studentT(of(1), of(2), of(1e14)), normal(of(1), of(4))]
    expect(many.logDensity(of(4))[0]).toBeCloseTo(limit.logDensity(of(4))[0], 12)
    expect(interval(many, 0.9).lower[0]).toBeCloseTo(interval(limit, 0.9).lower[0], 12)
  })
})

describeDistribution('studentT of infinitely many degrees', () =>
  studentT(of(1, -2), of(2, 0.5), of(Infinity, Infinity)),
)

describe('studentT of infinitely many degrees', () => {
  it('is the normal', () => {
    const [limit, same] = [studentT(of(1), of(2), of(Infinity)), normal(of(1), of(4))]
    expect(limit.variance).toEqual(same.variance)
    expect(limit.logDensity(of(4))[0]).toBeCloseTo(same.logDensity(of(4))[0], 14)
    expect(limit.cdf(of(4))).toEqual(same.cdf(of(4)))
    expect(limit.quantile(0.1)).toEqual(same.quantile(0.1))
  })
})

describe('gamma and inverseGamma', () => {
  it('are exponential at shape 1, and one over the other', () => {
    const exponential = gamma(of(1), of(0.5))
    expect(exponential.logDensity(of(3))[0]).toBeCloseTo(Math.log(0.5) - 1.5, 14)
    expect(exponential.cdf(of(3))[0]).toBeCloseTo(1 - Math.exp(-1.5), 14)
    const inverse = inverseGamma(of(2.5), of(3))
    const direct = gamma(of(2.5), of(3))
    expect(inverse.quantile(1e-12)[0]).toBeCloseTo(1 / direct.quantile(1 - 1e-12)[0], 5)
    expect(inverse.cdf(of(0.7))[0]).toBeCloseTo(1 - direct.cdf(of(1 / 0.7))[0], 13)
    // dx / dy = 1 / y^2
    expect(inverse.logDensity(of(0.7))[0]).toBeCloseTo(
      direct.logDensity(of(1 / 0.7))[0] - 2 * Math.log(0.7),
      12,
    )
  })

  it('state moments only where they exist, and the mode for a point where there is no mean', () => {
    const { mean, variance, point } = inverseGamma(of(0.5, 1, 1.5, 2, 3), of(3, 3, 3, 3, 4))
    expect(mean).toEqual(of(Infinity, Infinity, 6, 3, 2))
    expect(variance).toEqual(of(Infinity, Infinity, Infinity, Infinity, 4))
    expect(point).toEqual(of(2, 1.5, 6, 3, 2))
  })

  it('have no probability from 0 down', () => {
    for (const distribution of [
      gamma(of(1, 2, 0.5), of(1, 1, 1)),
      inverseGamma(of(1, 2, 0.5), of(1, 1, 1)),
    ]) {
      expect(distribution.cdf(of(0, -1, -Infinity))).toEqual(of(0, 0, 0))
      expect(distribution.cdf(of(Infinity, Infinity, Infinity))).toEqual(of(1, 1, 1))
      expect(distribution.logDensity(of(0, -1, Infinity))).toEqual(of(-Infinity, -Infinity, -Infinity))
    }
  })

  it('keep their digits for a very large shape', () => {
    // Near the normal: density at the mean 1 / sqrt(2 pi a).
    expect(gamma(of(1e12), of(1)).logDensity(of(1e12))[0]).toBeCloseTo(
      -0.5 * Math.log(2 * Math.PI * 1e12),
      11,
    )
  })

  it('refuse parameters that are not positive, not finite or of unlike lengths', () => {
    expect(() => gamma(of(1, 0), of(1, 1))).toThrow('shape[1] must be a finite number > 0')
    expect(() => inverseGamma(of(1), of(NaN))).toThrow('scale[0]')
    expect(() => studentT(of(NaN), of(1), of(1))).toThrow('location[0]')
    expect(() => studentT(of(1), of(1), of(0))).toThrow('degrees[0]')
    expect(() => studentT(of(1), of(Infinity), of(1))).toThrow('scale[0] must be a finite number > 0, got')
    expect(() => gamma(of(1), of(1, 2))).toThrow(expect.objectContaining({ code: 'dimension-mismatch' }))
    expect(() => gamma(of(1), of(1)).quantile(0)).toThrow('level')
  })
})
