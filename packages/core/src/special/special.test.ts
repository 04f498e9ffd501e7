import betainc from '@stdlib/math-base-special-betainc'
import betaincinv from '@stdlib/math-base-special-betaincinv'
import digammaOracle from '@stdlib/math-base-special-digamma'
import erfOracle from '@stdlib/math-base-special-erf'
import erfcOracle from '@stdlib/math-base-special-erfc'
import gammainc from '@stdlib/math-base-special-gammainc'
import gammaincinv from '@stdlib/math-base-special-gammaincinv'
import gammaln from '@stdlib/math-base-special-gammaln'
import trigammaOracle from '@stdlib/math-base-special-trigamma'
import normalQuantileOracle from '@stdlib/stats-base-dists-normal-quantile'
import studentTCdfOracle from '@stdlib/stats-base-dists-t-cdf'
import studentTQuantileOracle from '@stdlib/stats-base-dists-t-quantile'
import { describe, expect, it } from 'vitest'
import { digamma, trigamma } from './digamma.ts'
import { erf, erfc } from './erf.ts'
import { incompleteBeta, inverseIncompleteBeta } from './incomplete-beta.ts'
import {
  inverseLowerIncompleteGamma,
  lowerIncompleteGamma,
  upperIncompleteGamma,
} from './incomplete-gamma.ts'
import { logGamma } from './log-gamma.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { log1pExp, sigmoid } from './sigmoid.ts'
import { studentTCdf, studentTQuantile } from './student-t.ts'

/** Largest relative difference of pairs, absolute where the second value is below `floor`. */
function worst(pairs: readonly (readonly [number, number])[], floor = Number.MIN_VALUE): number {
  return Math.max(
    ...pairs.map(([ours, theirs]) => Math.abs(ours - theirs) / Math.max(Math.abs(theirs), floor)),
  )
}
const between = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * (i + 0.5)) / count)
const powers = (from: number, to: number, count: number): number[] =>
  between(from, to, count).map((x) => 10 ** x)
const cross = (first: number[], second: number[]): [number, number][] =>
  first.flatMap((a) => second.map((b): [number, number] => [a, b]))

describe('special functions agree with @stdlib:', () => {
  it('erf and erfc', () => {
    expect(worst(between(-6, 6, 997).map((x) => [erf(x), erfOracle(x)]))).toBeLessThan(1e-13)
    expect(worst(between(-6, 26, 997).map((x) => [erfc(x), erfcOracle(x)]))).toBeLessThan(1e-13)
  })

  it('logGamma, digamma and trigamma', () => {
    const xs = [...powers(-9, 6, 501), ...between(0, 20, 501)]
    // Absolute where the value is below 1: near the zeros.
    expect(
      worst(
        xs.map((x) => [logGamma(x), gammaln(x)]),
        1,
      ),
    ).toBeLessThan(1e-13)
    expect(
      worst(
        xs.map((x) => [digamma(x), digammaOracle(x)]),
        1,
      ),
    ).toBeLessThan(1e-13)
    expect(worst(xs.map((x) => [trigamma(x), trigammaOracle(x)]))).toBeLessThan(1e-13)
  })

  it('the normal quantile', () => {
    // @stdlib starts from 1 - 2 p and loses a small p; the table of goldens goes on.
    const levels = between(0.01, 0.99, 400)
    const pairs = levels.map((p): [number, number] => [normalQuantile(p), normalQuantileOracle(p, 0, 1)])
    expect(worst(pairs, 1)).toBeLessThan(1e-13)
  })

  it('incomplete gamma functions and the inverse', () => {
    const cases = cross(powers(-2, 3, 30), between(0.05, 3, 30)).map(([a, ratio]) => [a, a * ratio] as const)
    const lower = cases.map(([a, x]) => [lowerIncompleteGamma(a, x), gammainc(x, a, true, false)] as const)
    // For x above 1e-250 only: @stdlib loses digits before it underflows.
    expect(worst(lower, 1e-250)).toBeLessThan(1e-12)
    // Beyond shape 200 @stdlib has three digits of a small upper tail; the table of goldens goes on.
    const small = cases.filter(([a]) => a < 200)
    const upper = small.map(([a, x]) => [upperIncompleteGamma(a, x), gammainc(x, a, true, true)] as const)
    expect(worst(upper, 1e-250)).toBeLessThan(1e-12)
    const levels = cross(powers(-1, 3, 20), between(0, 1, 40))
    const inverse = levels.map(
      ([a, p]) => [inverseLowerIncompleteGamma(a, p), gammaincinv(p, a, false)] as const,
    )
    expect(worst(inverse)).toBeLessThan(1e-10)
  })

  it('the incomplete beta function and its inverse', () => {
    const shapes = cross(powers(-1, 3, 12), powers(-1, 3, 12))
    const cases = shapes.flatMap(([a, b]) => between(0, 1, 20).map((x) => [a, b, x] as const))
    const values = cases.map(([a, b, x]) => [incompleteBeta(a, b, x), betainc(x, a, b, true, false)] as const)
    expect(worst(values, 1e-250)).toBeLessThan(1e-12)
    const inverse = cases.map(
      ([a, b, p]) => [inverseIncompleteBeta(a, b, p), betaincinv(p, a, b, false)] as const,
    )
    expect(worst(inverse)).toBeLessThan(1e-10)
  })

  it("Student's t", () => {
    const cases = cross(powers(-1, 4, 30), between(-30, 30, 60))
    expect(
      worst(cases.map(([degrees, t]) => [studentTCdf(t, degrees), studentTCdfOracle(t, degrees)])),
    ).toBeLessThan(1e-12)
    const levels = cross(powers(-1, 4, 30), between(0, 1, 60))
    expect(
      worst(levels.map(([degrees, p]) => [studentTQuantile(p, degrees), studentTQuantileOracle(p, degrees)])),
    ).toBeLessThan(1e-10)
  })
})

describe('special functions keep their identities:', () => {
  const xs = [...powers(-8, 5, 60), 0.5, 1, 1.5, 2, 9.999, 10]

  it('logGamma, digamma and trigamma go from x to x + 1', () => {
    expect(
      worst(
        xs.map((x) => [logGamma(x + 1), logGamma(x) + Math.log(x)]),
        20,
      ),
    ).toBeLessThan(1e-14)
    expect(
      worst(
        xs.map((x) => [digamma(x) + 1 / x, digamma(x + 1)]),
        1 / 1e-8,
      ),
    ).toBeLessThan(1e-14)
    expect(worst(xs.map((x) => [trigamma(x), trigamma(x + 1) + 1 / x / x]))).toBeLessThan(1e-13)
  })

  it('logGamma doubles its argument by Legendre’s formula', () => {
    const doubled = (x: number): number =>
      logGamma(x) + logGamma(x + 0.5) + (2 * x - 1) * Math.LN2 - Math.log(Math.PI) / 2
    expect(
      worst(
        xs.map((x) => [logGamma(2 * x), doubled(x)]),
        20,
      ),
    ).toBeLessThan(1e-14)
  })

  it('a gamma variable of shape 1 is exponential and of shape 1/2 half a squared normal', () => {
    const points = powers(-6, 2.5, 60)
    expect(worst(points.map((x) => [upperIncompleteGamma(1, x), Math.exp(-x)]))).toBeLessThan(1e-13)
    expect(worst(points.map((x) => [lowerIncompleteGamma(1, x), -Math.expm1(-x)]))).toBeLessThan(1e-13)
    expect(worst(points.map((x) => [upperIncompleteGamma(0.5, x), erfc(Math.sqrt(x))]))).toBeLessThan(1e-12)
    expect(worst(points.map((x) => [lowerIncompleteGamma(0.5, x), erf(Math.sqrt(x))]))).toBeLessThan(1e-13)
  })

  it('a beta variable with a parameter 1 has a power for its cdf, and 1 - B swaps the parameters', () => {
    const points = cross(powers(-3, 3, 20), between(0, 1, 20))
    expect(
      worst(
        points.map(([a, x]) => [incompleteBeta(a, 1, x), x ** a]),
        1e-300,
      ),
    ).toBeLessThan(1e-12)
    expect(
      worst(points.map(([b, x]) => [incompleteBeta(1, b, x), -Math.expm1(b * Math.log1p(-x))])),
    ).toBeLessThan(1e-12)
    expect(
      worst(points.map(([a, x]) => [incompleteBeta(a, 3, x) + incompleteBeta(3, a, 1 - x), 1])),
    ).toBeLessThan(1e-13)
  })

  it('t with 1 degree is Cauchy, with 2 algebraic, with infinitely many normal', () => {
    const points = [...powers(-6, 8, 50), 1]
    expect(worst(points.map((t) => [studentTCdf(-t, 1), Math.atan2(1, t) / Math.PI]))).toBeLessThan(1e-13)
    const two = (t: number): number => 1 / (Math.sqrt(2 + t * t) * (Math.sqrt(2 + t * t) + t))
    expect(worst(points.map((t) => [studentTCdf(-t, 2), two(t)]))).toBeLessThan(1e-13)
    const normals = between(-36, 36, 73)
    expect(worst(normals.map((t) => [studentTCdf(t, Infinity), normalCdf(t)]))).toBe(0)
    // t^4 / 4 degrees is the first term of the difference.
    expect(worst(normals.map((t) => [studentTCdf(t, 1e20), normalCdf(t)]))).toBeLessThan(1e-12)
  })

  it('quantiles and cdfs take each other back, far into both tails', () => {
    const levels = [...powers(-300, 0, 80), ...between(0, 1, 40)]
    expect(worst(levels.map((p) => [normalCdf(normalQuantile(p)), p]))).toBeLessThan(1e-12)
    const degrees = [0.5, 1, 3, 20, 400, 1e5, 1e9]
    // A level below 1e-150 of half a degree lies beyond the largest number.
    const tails = cross(degrees, levels).filter(([nu, p]) => nu >= 1 || p > 1e-150)
    expect(worst(tails.map(([nu, p]) => [studentTCdf(studentTQuantile(p, nu), nu), p]))).toBeLessThan(1e-10)
    const shapes = [1, 2.5, 40, 1e3, 1e5]
    expect(
      worst(
        cross(shapes, levels).map(([a, p]) => [
          lowerIncompleteGamma(a, inverseLowerIncompleteGamma(a, p)),
          p,
        ]),
      ),
    ).toBeLessThan(1e-10)
    expect(
      worst(cross(shapes, levels).map(([a, p]) => [incompleteBeta(a, 2, inverseIncompleteBeta(a, 2, p)), p])),
    ).toBeLessThan(1e-9)
  })

  it('sigmoid and softplus keep both tails', () => {
    expect(sigmoid(-700)).toBeCloseTo(Math.exp(-700), 315)
    expect([sigmoid(0), sigmoid(800), sigmoid(-800)]).toEqual([0.5, 1, 0])
    expect([log1pExp(0), log1pExp(800), log1pExp(-800)]).toEqual([Math.LN2, 800, 0])
    const points = between(-60, 60, 241)
    expect(
      worst(
        points.map((x) => [-log1pExp(-x), Math.log(sigmoid(x))]),
        1e-3,
      ),
    ).toBeLessThan(1e-12)
    expect(
      worst(
        points.map((x) => [log1pExp(x) - log1pExp(-x), x]),
        1e-12,
      ),
    ).toBeLessThan(1e-12)
  })
})

describe('special functions at the ends of their domains', () => {
  it('take the limits', () => {
    expect([erf(-Infinity), erf(0), erf(Infinity)]).toEqual([-1, 0, 1])
    expect([erfc(-Infinity), erfc(28), erfc(Infinity)]).toEqual([2, 0, 0])
    expect([normalCdf(-Infinity), normalCdf(-38.3), normalCdf(Infinity)]).toEqual([0, 0, 1])
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity])
    expect([logGamma(0), logGamma(Infinity), digamma(0), digamma(Infinity)]).toEqual([
      Infinity,
      Infinity,
      -Infinity,
      Infinity,
    ])
    expect([trigamma(0), trigamma(Infinity)]).toEqual([Infinity, 0])
    expect([lowerIncompleteGamma(2, 0), lowerIncompleteGamma(2, Infinity)]).toEqual([0, 1])
    expect([upperIncompleteGamma(2, 0), upperIncompleteGamma(2, Infinity)]).toEqual([1, 0])
    expect([inverseLowerIncompleteGamma(2, 0), inverseLowerIncompleteGamma(2, 1)]).toEqual([0, Infinity])
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([0, 1])
    expect([inverseIncompleteBeta(2, 3, 0), inverseIncompleteBeta(2, 3, 1)]).toEqual([0, 1])
    expect([studentTCdf(-Infinity, 3), studentTCdf(0, 3), studentTCdf(Infinity, 3)]).toEqual([0, 0.5, 1])
    expect([studentTQuantile(0, 3), studentTQuantile(0.5, 3), studentTQuantile(1, 3)]).toEqual([
      -Infinity,
      0,
      Infinity,
    ])
  })

  it('are NaN outside and for NaN', () => {
    const outside = [
      ...[erf, erfc, sigmoid, log1pExp, normalCdf, normalQuantile, logGamma, digamma, trigamma].map((f) =>
        f(NaN),
      ),
      ...[logGamma(-1), digamma(-1), trigamma(-1), normalQuantile(-0.1), normalQuantile(1.1)],
      ...[lowerIncompleteGamma(0, 1), lowerIncompleteGamma(1, -1), upperIncompleteGamma(1, NaN)],
      ...[inverseLowerIncompleteGamma(1, 1.1), inverseLowerIncompleteGamma(NaN, 0.5)],
      ...[incompleteBeta(0, 1, 0.5), incompleteBeta(1, 1, 1.1), inverseIncompleteBeta(1, 1, NaN)],
      ...[studentTCdf(NaN, 1), studentTCdf(1, 0), studentTQuantile(2, 1), studentTQuantile(0.5, -1)],
    ]
    expect(outside.every(Number.isNaN)).toBe(true)
  })

  it('end for any parameters', () => {
    for (const shape of [1e-300, 1e-8, 1e8, 1e16, 1e300])
      for (const level of [1e-300, 0.1, 0.5, 0.9, 1 - 1e-16]) {
        expect(inverseLowerIncompleteGamma(shape, level)).toBeGreaterThanOrEqual(0)
        expect(inverseIncompleteBeta(shape, 2, level)).toBeLessThanOrEqual(1)
        expect(studentTQuantile(level, shape)).not.toBeNaN()
      }
  })
})
