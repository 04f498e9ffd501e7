import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeDistribution } from '../testing/describe-distribution.ts'
import { gamma } from './gamma.ts'
import {
  generalisedInverseGaussian,
  generalisedInverseGaussianMoments,
} from './generalised-inverse-gaussian.ts'
import goldens from './goldens/generalised-inverse-gaussian.json' with { type: 'json' }
import { laplace } from './laplace.ts'

const of = (...values: number[]): Float64Array => Float64Array.from(values)
const alone = (order: number, chi: number, phi: number): ReturnType<typeof generalisedInverseGaussian> =>
  generalisedInverseGaussian(of(order), of(chi), of(phi))

describeDistribution('laplace', () => laplace(of(-1, 0, 1e6), of(1, 0.01, 10)))
describeDistribution('generalisedInverseGaussian', () =>
  generalisedInverseGaussian(
    of(0.5, -2, 5, -0.5, 0.1, 0),
    of(1, 3, 0.01, 100, 0.01, 2),
    of(1, 0.5, 2, 50, 0.01, 3),
  ),
)
describeDistribution('generalisedInverseGaussian at its limits', () =>
  generalisedInverseGaussian(of(2.5, -3.5), of(0, 3), of(2, 0)),
)

describe('laplace', () => {
  it('is known in closed form', () => {
    const law = laplace(of(1), of(2))
    expect(law.logDensity(of(3))[0]).toBeCloseTo(-1 - Math.log(4), 14)
    expect(law.cdf(of(1))[0]).toBe(0.5)
    expect(law.quantile(1e-20)[0]).toBeCloseTo(1 + 2 * Math.log(2e-20), 10)
  })
})

describe('generalisedInverseGaussian', () => {
  it('has moments and log densities as computed with many digits', () => {
    for (const { omega, chi, phi, logpdfAt, ...expected } of [
      ...goldens.moments,
      ...goldens.limits.map((limit) => ({ ...limit, logpdfAt: [] })),
    ]) {
      const found = generalisedInverseGaussianMoments(omega, chi, phi)
      for (const key of ['mean', 'meanInverse', 'meanLog', 'logNormaliser'] as const)
        expectClose(found[key], Number(expected[key]), 1e-12)
      for (const [value, logDensity] of logpdfAt)
        expectClose(alone(omega, chi, phi).logDensity(of(value))[0], logDensity, 1e-10)
    }
  })

  it('has the cdf that quadrature of many digits gives', () => {
    for (const { omega, chi, phi, x, cdf } of goldens.cdf)
      x.forEach((value, i) => expectClose(alone(omega, chi, phi).cdf(of(value))[0], cdf[i], 1e-12))
  })

  it('has its reciprocal in its own family', () => {
    const parameter = fc.double({ min: -6, max: 3, noNaN: true }).map((power) => 10 ** power)
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), parameter, parameter, (order, chi, phi) => {
        const [direct, inverse] = [
          generalisedInverseGaussianMoments(order, chi, phi),
          generalisedInverseGaussianMoments(-order, phi, chi),
        ]
        expectClose(direct.mean, inverse.meanInverse, 1e-12)
        expectClose(direct.meanLog, -inverse.meanLog, 1e-12)
        expectClose(direct.logNormaliser, inverse.logNormaliser, 1e-12)
        // Jensen: E 1/g >= 1 / E g, and E log g between their logarithms.
        expect(direct.mean * direct.meanInverse).toBeGreaterThanOrEqual(1 - 1e-12)
      }),
    )
  })

  it('is finite for chi and phi at 0 or anywhere from 1e-300 to 1e300, order 0 included', () => {
    const wide = fc.double({ min: -300, max: 300, noNaN: true }).map((power) => 10 ** power)
    fc.assert(
      fc.property(wide, wide, fc.constantFrom(0, 0.5, -0.5, 3, -40), (chi, phi, order) => {
        const { mean, meanInverse, meanLog, logNormaliser } = generalisedInverseGaussianMoments(
          order,
          chi,
          phi,
        )
        expect([mean, meanInverse].every((value) => value >= 0)).toBe(true)
        expect([meanLog, logNormaliser].every(Number.isFinite)).toBe(true)
      }),
    )
    expect(alone(0.7, 0, 2).mean[0]).toBeCloseTo(0.7, 14)
    expect(alone(-0.7, 2, 0).mean[0]).toBe(Infinity)
    expect(alone(-0.7, 2, 0).point[0]).toBeCloseTo(2 / 3.4, 14)
  })

  it('is a gamma variable for chi = 0', () => {
    const [limit, same] = [alone(2.5, 0, 3), gamma(of(2.5), of(1.5))]
    expect(limit.variance[0]).toBeCloseTo(same.variance[0], 13)
    expect(limit.cdf(of(0.4))).toEqual(same.cdf(of(0.4)))
    expect(limit.logDensity(of(0.4))[0]).toBeCloseTo(same.logDensity(of(0.4))[0], 13)
    expect(limit.cdf(of(0, -1, Infinity).subarray(0, 1))).toEqual(of(0))
  })

  it('refuses parameters that no density has', () => {
    for (const [order, chi, phi] of [
      [0, 0, 1],
      [-1, 0, 1],
      [1, 1, 0],
      [0, 0, 0],
    ])
      expect(() => alone(order, chi, phi)).toThrow('chi = 0 needs order > 0')
    expect(() => alone(1, -1, 1)).toThrow('chi[0] must be')
    expect(() => alone(NaN, 1, 1)).toThrow('order[0] must be')
    expect(() => generalisedInverseGaussian(of(1, 1), of(1), of(1))).toThrow('differ in length')
  })
})

/** Within `tolerance` of the expected value, relative to 1 and it. */
function expectClose(found: number, expected: number, tolerance: number): void {
  if (found === expected) return
  expect(Math.abs(found - expected) / (1 + Math.abs(expected))).toBeLessThan(tolerance)
}
