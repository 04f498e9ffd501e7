import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { sampleNormal } from '../random/sample.ts'
import { pairedMean, sideOfZero, tIntervals, twoSidedP } from './estimate.ts'

const finite = fc.double({ min: -100, max: 100, noNaN: true })
const differences = fc.array(finite, { minLength: 2, maxLength: 12 })
const interval95 = tIntervals(0.95)

describe('the corrected interval of a mean of paired differences', () => {
  it('is that of a worked example', () => {
    // 1, 2, 3, 4: s^2 = 5/3, (1/4 + 1/3) s^2 = 0.9722222; t of 3 degrees at 0.975 is 3.182446305.
    const paired = pairedMean([1, 2, 3, 4], 1 / 3)
    expect(paired.standardError).toBeCloseTo(Math.sqrt(35 / 36), 12)
    expect(interval95(paired).mean).toBe(2.5)
    expect(interval95(paired).lower).toBeCloseTo(2.5 - 3.182446305284263 * Math.sqrt(35 / 36), 8)
    expect(interval95(paired).upper).toBeCloseTo(2.5 + 3.182446305284263 * Math.sqrt(35 / 36), 8)
  })

  it('leaves out differences that are undefined', () => {
    expect(pairedMean([1, NaN, 2, NaN, 4], 0.2)).toEqual(pairedMean([1, 2, 4], 0.2))
  })

  it('has a mean and no bounds for one split, and neither for none', () => {
    expect(interval95(pairedMean([3, NaN], 0.3))).toEqual({ mean: 3, lower: NaN, upper: NaN })
    expect(interval95(pairedMean([NaN], 0.3))).toEqual({ mean: NaN, lower: NaN, upper: NaN })
    expect(twoSidedP(pairedMean([3], 0.3))).toBeNaN()
    expect(sideOfZero({ mean: 3, lower: NaN, upper: NaN })).toBe(0)
  })

  it('is the plain t interval where no training sets overlap', () => {
    const paired = pairedMean([2, 4, 9], 0)
    expect(paired.standardError).toBeCloseTo(Math.sqrt(13 / 3), 12)
  })

  it('excludes zero just where the p-value is below 1 - confidence, and turns with the sign', () => {
    fc.assert(
      fc.property(differences, fc.double({ min: 0, max: 1, noNaN: true }), (values, ratio) => {
        const paired = pairedMean(values, ratio)
        const p = twoSidedP(paired)
        if (Math.abs(p - 0.05) < 1e-6) return
        expect(sideOfZero(interval95(paired)) !== 0).toBe(p < 0.05)
        const turned = pairedMean(
          values.map((value) => -value),
          ratio,
        )
        expect(twoSidedP(turned)).toBe(p)
        expect(interval95(turned).lower).toBe(-interval95(paired).upper)
      }),
    )
  })

  it('says nothing of differences that are all 0, and is sure of differences that are all alike', () => {
    expect(twoSidedP(pairedMean([0, 0, 0], 0.3))).toBe(1)
    expect(sideOfZero(interval95(pairedMean([0, 0, 0], 0.3)))).toBe(0)
    expect(twoSidedP(pairedMean([2, 2, 2], 0.3))).toBe(0)
  })

  it('excludes a true 0 in one of twenty comparisons, when splits correlate as overlap says', () => {
    const random = createRandom('null')
    const [repeats, splits, ratio] = [4000, 5, 1 / 3]
    const correlation = ratio / (1 + ratio)
    let excluded = 0
    let plain = 0
    for (let r = 0; r < repeats; r++) {
      const shared = Math.sqrt(correlation) * sampleNormal(random)
      const values = Array.from(
        { length: splits },
        () => shared + Math.sqrt(1 - correlation) * sampleNormal(random),
      )
      excluded += Math.abs(sideOfZero(interval95(pairedMean(values, ratio))))
      plain += Math.abs(sideOfZero(interval95(pairedMean(values, 0))))
    }
    // sd of the share is sqrt(0.05 0.95 / 4000) = 0.0034; 4 sd.
    expect(Math.abs(excluded / repeats - 0.05)).toBeLessThan(0.014)
    // What the correction is for.
    expect(plain / repeats).toBeGreaterThan(0.1)
  })
})
