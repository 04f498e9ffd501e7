import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { describeDistribution } from '../testing/describe-distribution.ts'
import { gumbelSoftmax, gumbelSoftmaxSlope, relaxedOneHotCategorical } from './gumbel-softmax.ts'
import { gumbel, gumbelOfUniform, sampleGumbel } from './gumbel.ts'
import goldens from './goldens/gumbel.json' with { type: 'json' }

const of = (...values: number[]): Float64Array => Float64Array.from(values)
const list = (values: Float64Array): readonly number[] => Array.from(values)

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = goldens.tolerance): void {
  expect(found.length).toBe(expected.length)
  for (let i = 0; i < found.length; i++)
    expect(Math.abs(found[i] - expected[i])).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[i])))
}

describeDistribution('gumbel', () => gumbel(of(0, -2, 5), of(1, 0.1, 30)))

describe('gumbel', () => {
  it('keeps uniform numbers from both ends', () => {
    close(goldens.edge.u.map(gumbelOfUniform), goldens.edge.gumbel)
    expect(Number.isFinite(gumbelOfUniform(0)) && Number.isFinite(gumbelOfUniform(1))).toBe(true)
  })

  it('has the density e^(-z - e^-z), and none at the ends', () => {
    const law = gumbel(of(1), of(2))
    expect(law.logDensity(of(1))[0]).toBeCloseTo(-1 - Math.LN2, 14)
    expect(gumbel(of(0, 0), of(1, 1)).logDensity(of(Infinity, -Infinity))).toEqual(of(-Infinity, -Infinity))
  })
})

describe('relaxedOneHotCategorical', () => {
  it('agrees with the reference in draws, densities and slopes', () => {
    for (const golden of goldens.cases) {
      const logits = Float64Array.from(golden.logits)
      const noise = Float64Array.from(golden.u, gumbelOfUniform)
      close(noise, golden.gumbel)
      const shares = gumbelSoftmax(logits, noise, golden.tau)
      close(shares, golden.alpha)
      close(
        gumbelSoftmaxSlope(shares, Float64Array.from(golden.upstream), golden.tau),
        golden.logits_gradient,
      )
      if (golden.log_density !== null)
        close([relaxedOneHotCategorical(logits, golden.tau).logDensity(shares)], [golden.log_density])
    }
  })

  it('is one-hot at a low temperature, uniform at a high one, and does not feel a common shift', () => {
    const { limits, shift } = goldens
    const [logits, noise] = [Float64Array.from(limits.logits), Float64Array.from(limits.gumbel)]
    close(gumbelSoftmax(logits, noise, limits.tau_small), limits.alpha_small)
    close(gumbelSoftmax(logits, noise, limits.tau_large), limits.alpha_large)
    const hot = logits.map((_, i) => Number(i === limits.argmax))
    expect(gumbelSoftmax(logits, noise, limits.tau_tiny)).toEqual(hot)
    const shifted = logits.map((value) => value + shift.shift)
    close(gumbelSoftmax(shifted, noise, 0.5), shift.alpha_shifted)
    close(gumbelSoftmax(logits, noise, 0.5), shift.alpha)
    close(gumbelSoftmax(of(0, 1e3, -1e3), of(0, 0, 0), 1), [0, 1, 0])
  })

  it('has for two classes a density that integrates to 1', () => {
    for (const temperature of [0.5, 1, 2]) {
      const law = relaxedOneHotCategorical(of(0.4, -0.3), temperature)
      // Midpoints of y = sigmoid(z), dy = y (1 - y) dz: the density has poles at both ends.
      const step = 0.01
      let total = 0
      for (let z = -60; z < 60; z += step) {
        const y = 1 / (1 + Math.exp(-z))
        const rest = 1 / (1 + Math.exp(z))
        total += step * y * rest * Math.exp(law.logDensity(of(y, rest)))
      }
      expect(total).toBeCloseTo(1, 6)
    }
  })

  it('has its largest share where a categorical draw would be, whatever the temperature', () => {
    const logits = of(0.5, -1, 0, 1)
    const expected = gumbelSoftmax(logits, of(0, 0, 0, 0), 1)
    for (const temperature of [0.1, 3]) {
      const law = relaxedOneHotCategorical(logits, temperature)
      const random = createRandom(11)
      const counts = new Float64Array(4)
      const draws = 100_000
      for (let k = 0; k < draws; k++) {
        const shares = law.sample(random)
        counts[shares.indexOf(Math.max(...shares))] += 1 / draws
      }
      // The deviation of a share is 0.0016 at most.
      close(counts, expected, 0.008)
    }
  })

  it('has slopes that are those of differences', () => {
    const finite = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(finite, finite, finite), { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (rows, temperature) => {
          const [logits, noise, slope] = [0, 1, 2].map((k) => Float64Array.from(rows, (row) => row[k]))
          const value = (at: Float64Array): number =>
            gumbelSoftmax(at, noise, temperature).reduce((sum, share, i) => sum + share * slope[i], 0)
          const found = gumbelSoftmaxSlope(gumbelSoftmax(logits, noise, temperature), slope, temperature)
          const step = 1e-6
          const expected = logits.map((_, i) => {
            const moved = (by: number): Float64Array => logits.map((l, j) => l + (i === j ? by : 0))
            return (value(moved(step)) - value(moved(-step))) / (2 * step)
          })
          close(found, expected, 1e-7)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('gives no density outside the open simplex and refuses a temperature of 0', () => {
    const law = relaxedOneHotCategorical(of(0, 0), 1)
    expect(law.logDensity(of(0, 1))).toBe(-Infinity)
    expect(() => relaxedOneHotCategorical(of(0, 0), 0)).toThrow('temperature must be a finite number > 0')
    expect(() => relaxedOneHotCategorical(of(0, NaN), 1)).toThrow('logits[1]')
    expect(list(law.sample({ ...createRandom(1), next: () => 0 }))).toEqual([0.5, 0.5])
    expect(Number.isFinite(sampleGumbel(createRandom(1)))).toBe(true)
  })
})
