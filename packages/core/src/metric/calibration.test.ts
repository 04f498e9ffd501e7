import { describe, expect, it } from 'vitest'
import { bernoulli } from '../distribution/bernoulli.ts'
import { categorical } from '../distribution/categorical.ts'
import { concatenate } from '../distribution/concatenate.ts'
import { mixture } from '../distribution/mixture.ts'
import { normal } from '../distribution/normal.ts'
import { matrix } from '../linalg/matrix.ts'
import { normalQuantile } from '../special/normal.ts'
import { calibrationError, intervalCoverage } from './calibration.ts'

const standard = (size: number): ReturnType<typeof normal> =>
  normal(new Float64Array(size), new Float64Array(size).fill(1))

describe('calibration error', () => {
  it('of two classes compares the mean probability of a bin with its share of yes', () => {
    // [0.2, 0.3): mean 0.25, share 1/2; [0.9, 1]: mean 0.95, share 1. 2/4 * 0.25 + 2/4 * 0.05
    const prediction = bernoulli(Float64Array.of(0.22, 0.28, 0.9, 1))
    expect(calibrationError.evaluate(prediction, Float64Array.of(0, 1, 1, 1))).toBeCloseTo(0.15, 15)
  })

  it('of several classes compares the top probability with its share of hits', () => {
    // Both in [0.6, 0.7): tops 0.6 and 0.64, one hit: |0.62 - 0.5|
    const prediction = categorical(matrix(2, 3, Float64Array.of(0.6, 0.3, 0.1, 0.2, 0.16, 0.64)))
    expect(calibrationError.evaluate(prediction, Float64Array.of(0, 1))).toBeCloseTo(0.12, 15)
  })

  it('of numbers is least where targets stand at even levels', () => {
    // 200 targets at levels (k + 1/2) / 200: exactly the share 'level' lies below each of 0.05, ..., 0.95.
    const targets = Float64Array.from({ length: 200 }, (_, k) => normalQuantile((k + 0.5) / 200))
    expect(calibrationError.evaluate(standard(200), targets)).toBeLessThan(1e-12)
  })

  it('of numbers is the mean level when all targets lie above every quantile', () => {
    // |0 - level| over 0.05, ..., 0.95
    expect(calibrationError.evaluate(standard(2), Float64Array.of(9, 9))).toBeCloseTo(0.5, 14)
  })
})

describe('interval coverage', () => {
  it('counts targets within the central interval', () => {
    // The central 90 % of a standard normal end at 1.6449.
    const targets = Float64Array.of(-1.65, -1.64, 0, 1.64)
    expect(intervalCoverage().evaluate(standard(4), targets)).toBe(0.75)
    expect(intervalCoverage(0.5).evaluate(standard(4), targets)).toBe(0.25)
  })

  it('covers mixtures and what was put together of them', () => {
    // Half at -5, half at 5: of 90 %, 5 % are cut off beyond either, so 0 lies within and 9 does not.
    const halves = mixture(matrix(2, 2, new Float64Array(4).fill(0.5)), [
      normal(Float64Array.of(-5, -5), Float64Array.of(1, 1)),
      normal(Float64Array.of(5, 5), Float64Array.of(1, 1)),
    ])
    const together = concatenate([halves, standard(1)])
    expect(intervalCoverage().evaluate(together, Float64Array.of(0, 9, 0.1))).toBeCloseTo(2 / 3, 15)
  })

  it('is named by its level', () => {
    expect(intervalCoverage().name).toBe('interval-coverage-90')
    expect(intervalCoverage(0.55).name).toBe('interval-coverage-55')
    expect(intervalCoverage(0.999).name).toBe('interval-coverage-99-9')
    expect(() => intervalCoverage(90)).toThrow('coverage must be')
  })
})
