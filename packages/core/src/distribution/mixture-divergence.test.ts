import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matrix } from '../linalg/matrix.ts'
import { createRandom } from '../random/generator.ts'
import { sampleNormal } from '../random/sample.ts'
import { diagonalNormal } from './diagonal-normal.ts'
import goldens from './goldens/mixture-divergence.json' with { type: 'json' }
import { mixtureDivergence } from './mixture-divergence.ts'
import type { MixtureRule, MixtureSlopes, NormalComponents } from './mixture-divergence.ts'
import { sampledMixtureDivergence } from './sampled-divergence.ts'

const rules = {
  convex: 'convex',
  lse: 'log-sum-exp',
  linear: 'linear',
  match: 'match',
  spread: 'spread',
} as const
const names: readonly MixtureRule[] = Object.values(rules)
const flat = (values: readonly unknown[]): Float64Array => Float64Array.from(values.flat(3) as number[])

interface Point extends NormalComponents {
  readonly mean: Float64Array
  readonly logDeviation: Float64Array
  readonly weights: Float64Array
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length)
  for (let i = 0; i < found.length; i++)
    expect(Math.abs(found[i] - expected[i])).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[i])))
}

/** Slopes by weights are up to a common constant: without their weighted mean. */
function centred(slope: Float64Array, weights: Float64Array): Float64Array {
  const mean = slope.reduce((sum, value, j) => sum + value * weights[j], 0)
  return slope.map((value) => value - mean)
}

function slopesAt(rule: MixtureRule, { mean, logDeviation, weights, ...components }: Point): MixtureSlopes {
  const divergence = mixtureDivergence(rule, components)
  divergence.weigh(weights)
  return divergence.slopes(mean, logDeviation)
}

function valueAt(rule: MixtureRule, { mean, logDeviation, weights, ...components }: Point): number {
  const divergence = mixtureDivergence(rule, components)
  divergence.weigh(weights)
  return divergence.value(mean, logDeviation)
}

function pointOf(golden: {
  readonly mu: number[][]
  readonly rho: number[][]
  readonly M: number[][][]
  readonly S2: number[][][]
  readonly alpha: number[]
}): Point {
  const [count, size] = [golden.M.length, golden.mu.flat().length]
  return {
    mean: flat(golden.mu),
    logDeviation: flat(golden.rho),
    weights: Float64Array.from(golden.alpha),
    means: matrix(count, size, flat(golden.M)),
    variances: matrix(count, size, flat(golden.S2)),
  }
}

function randomPoint(seed: number, count = 3, size = 4): Point {
  const random = createRandom(seed)
  const draws = (length: number, scale: number): Float64Array =>
    Float64Array.from({ length }, () => scale * sampleNormal(random))
  const weights = draws(count, 1).map(Math.exp)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    mean: draws(size, 1),
    logDeviation: draws(size, 0.4),
    weights: weights.map((weight) => weight / total),
    means: matrix(count, size, draws(count * size, 1)),
    variances: matrix(count, size, draws(count * size, 0.5).map(Math.exp)),
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 })

describe('mixtureDivergence', () => {
  it('agrees with the reference in values and slopes by every rule', () => {
    for (const golden of goldens.cases) {
      const point = pointOf(golden)
      for (const [key, rule] of Object.entries(rules)) {
        const expected = golden.modes[key as keyof typeof rules]
        const found = slopesAt(rule, point)
        close([found.value, valueAt(rule, point)], [expected.value, expected.value], goldens.tolerance)
        close(found.byMean, flat(expected.mu), goldens.tolerance)
        close(found.byLogDeviation, flat(expected.rho), goldens.tolerance)
        const byWeight = Float64Array.from(expected.alpha)
        close(centred(found.byWeight, point.weights), centred(byWeight, point.weights), goldens.tolerance)
        close(found.responsibilities, expected.resp, goldens.tolerance)
      }
    }
  })

  it('agrees with the reference in samples', () => {
    for (const golden of goldens.cases) {
      const { mean, logDeviation, weights, ...components } = pointOf(golden)
      const noise = flat(golden.mc_noise)
      const found = sampledMixtureDivergence(mean, logDeviation, components, weights, noise)
      const expected = golden.modes.mc
      close([found.value], [expected.value], goldens.tolerance)
      close(found.byMean, flat(expected.mu), goldens.tolerance)
      close(found.byLogDeviation, flat(expected.rho), goldens.tolerance)
      close(found.byWeight, expected.alpha, goldens.tolerance)
      close(found.responsibilities, expected.resp, goldens.tolerance)
    }
  })

  it('does not underflow where all components are far away', () => {
    const found = slopesAt('log-sum-exp', pointOf(goldens.far))
    close([found.value], [goldens.far.value], goldens.tolerance)
    close(found.responsibilities, goldens.far.resp, goldens.tolerance)
  })

  it('is that of the component where one has all the weight', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const point = { ...randomPoint(seed), weights: Float64Array.of(0, 1, 0) }
        const own = diagonalNormal(
          point.mean,
          point.logDeviation.map((value) => Math.exp(2 * value)),
        )
        const [mean, variance] = [point.means, point.variances].map(({ data }) => data.subarray(4, 8))
        const expected = own.divergenceFrom({ mean, variance })
        for (const rule of names) close([valueAt(rule, point)], [expected], 1e-12)
      }),
      { numRuns: 30 },
    )
  })

  it('by log-sum-exp is at most convex, and above the sampled one but for its error', () => {
    const noise = Float64Array.from({ length: 4 * 4000 }, () => sampleNormal(random))
    fc.assert(
      fc.property(seeds, (seed) => {
        const point = randomPoint(seed)
        const [tight, loose] = [valueAt('log-sum-exp', point), valueAt('convex', point)]
        expect(tight).toBeLessThanOrEqual(loose + 1e-12)
        const { mean, logDeviation, weights, ...components } = point
        const sampled = sampledMixtureDivergence(mean, logDeviation, components, weights, noise).value
        // The spread of log q - log p is of the size of the divergence itself.
        expect(sampled).toBeLessThan(tight + 0.15 * (1 + tight))
      }),
      { numRuns: 30 },
    )
  })
  const random = createRandom(5)

  it('has slopes that are those of differences', () => {
    const step = 1e-6
    fc.assert(
      fc.property(seeds, fc.constantFrom(...names), (seed, rule) => {
        const point = randomPoint(seed)
        const found = slopesAt(rule, point)
        const by = (
          key: 'mean' | 'logDeviation' | 'weights',
          toward: (at: Float64Array, i: number, by: number) => Float64Array,
        ): Float64Array =>
          point[key].map((_, i) => {
            const moved = (size: number): number =>
              valueAt(rule, { ...point, [key]: toward(point[key], i, size) })
            return (moved(step) - moved(-step)) / (2 * step)
          })
        const plain = (at: Float64Array, i: number, size: number): Float64Array =>
          at.map((value, j) => value + (i === j ? size : 0))
        close(found.byMean, by('mean', plain), 1e-6)
        close(found.byLogDeviation, by('logDeviation', plain), 1e-6)
        // On the simplex: towards corner i and away from it.
        const toCorner = (at: Float64Array, i: number, size: number): Float64Array =>
          at.map((value, j) => value * (1 - size) + (i === j ? size : 0))
        close(centred(found.byWeight, point.weights), by('weights', toCorner), 1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses means and variances of unlike shapes', () => {
    expect(() => mixtureDivergence('match', { means: matrix(2, 3), variances: matrix(3, 2) })).toThrow(
      '2 x 3 means do not fit 3 x 2 variances',
    )
  })
})

describe('diagonalNormal', () => {
  const law = diagonalNormal(Float64Array.of(1, -2), Float64Array.of(4, 0.25))

  it('has the density of independent numbers, and draws of its mean and variance', () => {
    const expected = -Math.log(2 * Math.PI) - 0.5 * (1 / 4 + 4 * 0.25)
    expect(law.logDensity(Float64Array.of(2, -1.5))).toBeCloseTo(expected, 14)
    const stream = createRandom(3)
    const draws = Array.from({ length: 20_000 }, () => law.sample(stream))
    const mean = draws.reduce((sum, draw) => sum + draw[0], 0) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw[1] + 2) ** 2, 0) / draws.length
    // Five standard errors: 5 * 2 / sqrt(20000), 5 * 0.25 sqrt(2 / 20000).
    expect(Math.abs(mean - 1)).toBeLessThan(0.071)
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.0125)
  })

  it('has no divergence from itself, and the known one from another', () => {
    expect(law.divergenceFrom(law)).toBe(0)
    const other = { mean: Float64Array.of(0, -2), variance: Float64Array.of(1, 0.25) }
    expect(law.divergenceFrom(other)).toBeCloseTo(0.5 * (-Math.log(4) - 1 + 5), 14)
  })

  it('refuses a variance of 0 and vectors of unlike lengths', () => {
    expect(() => diagonalNormal(Float64Array.of(0), Float64Array.of(0))).toThrow('variance[0]')
    expect(() => diagonalNormal(Float64Array.of(0), Float64Array.of(1, 1))).toThrow('1 numbers was given 2')
    expect(() => law.logDensity(Float64Array.of(1))).toThrow('2 numbers was given 1')
  })
})
