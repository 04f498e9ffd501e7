import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bernoulli } from './bernoulli.ts'
import { categorical } from './categorical.ts'
import { entropy } from './entropy.ts'
import { laplace } from './laplace.ts'
import { normal } from './normal.ts'

it('is 0 for a certain class, log K for classes that are all alike, and between them else', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(
      counts.filter((of) => of.some((count) => count > 0)),
      (of) => {
        const total = of.reduce((sum, count) => sum + count, 0)
        const data = Float64Array.from(of, (count) => count / total)
        const [found] = entropy(categorical({ rows: 1, columns: of.length, data }))
        expect(found).toBeGreaterThanOrEqual(0)
        expect(found).toBeLessThanOrEqual(Math.log(of.length) + 1e-15 * of.length)
        if (of.filter((count) => count > 0).length === 1) expect(found).toBe(0)
        if (of.every((count) => count === of[0])) expect(found).toBeCloseTo(Math.log(of.length), 14)
      },
    ),
  )
})

it('of two classes is that of the same as a categorical', () => {
  const p = [0, 0.2, 0.5, 1]
  const data = Float64Array.from(p.flatMap((share) => [1 - share, share]))
  expect(entropy(bernoulli(Float64Array.from(p)))).toEqual(
    entropy(categorical({ rows: 4, columns: 2, data })),
  )
})

it('of normal numbers is minus the mean log density', () => {
  const law = normal(Float64Array.of(3), Float64Array.of(4))
  // E (y - mean)^2 = variance: the density at one deviation is at the mean of its logarithm.
  expect(entropy(law)[0]).toBeCloseTo(-law.logDensity(Float64Array.of(5))[0], 14)
  expect(entropy(normal(Float64Array.of(3), Float64Array.of(0)))[0]).toBe(-Infinity)
})

it('refuses laws without a closed form', () => {
  expect(() => entropy(laplace(Float64Array.of(0), Float64Array.of(1)))).toThrow('the entropy of a laplace')
})
