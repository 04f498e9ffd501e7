import { createRandom, matrix, matrixFromRows } from '@mtl/core'
import fc from 'fast-check'
import priors from '../goldens/coalescent-prior.json' with { type: 'json' }
import greedy from '../goldens/greedy-tree.json' with { type: 'json' }
import mergeTimes from '../goldens/merge-time.json' with { type: 'json' }
import { describe, expect, it } from 'vitest'
import { distance, flat, treeOf } from '../golden.fixture.ts'
import { clusterGaussians } from './cluster-gaussians.ts'
import { coalescentLogDensity, robinsonFoulds, sampleCoalescent } from './coalescent.ts'
import { greedyTree } from './greedy-tree.ts'
import { cophenetic, linkage } from './linkage.ts'
import { mergeVariance } from './merge.ts'
import { rootAge } from './task-tree.ts'

const rules = [
  ['rate1', 'rate1'],
  ['minDuration', 'min-duration'],
  ['maxProb', 'max-prob'],
] as const

describe('the coalescent', () => {
  it('has the density, linkage and common ages of the reference', () => {
    for (const given of priors.cases) {
      const tree = treeOf(given)
      expect(distance([coalescentLogDensity(tree)], [given.expected])).toBeLessThan(1e-12)
      expect(distance(linkage(tree).data, flat(given.linkage))).toBeLessThan(1e-12)
      expect(
        distance(
          cophenetic(tree).data,
          flat(given.lcaAge).map((age) => 2 * age),
        ),
      ).toBeLessThan(1e-12)
    }
  })

  it('draws trees whose root is 2 (1 - 1 / K) old in the mean', () => {
    const random = createRandom(1)
    const draws = Array.from({ length: 4000 }, () => rootAge(sampleCoalescent(5, random)))
    const mean = draws.reduce((sum, age) => sum + age, 0) / draws.length
    // The root's age has variance sum (2 / (n (n - 1)))^2 = 1.15; 5 deviations of the mean are 0.085.
    expect(Math.abs(mean - 1.6)).toBeLessThan(0.085)
  })

  it('finds no clade in which a tree differs from itself', () => {
    const tree = sampleCoalescent(9, createRandom(3))
    expect(robinsonFoulds(tree, tree)).toBe(0)
    expect(robinsonFoulds(tree, sampleCoalescent(9, createRandom(4)))).toBeGreaterThan(0)
  })
})

describe('a merge', () => {
  it('has the variance and age of the reference', () => {
    for (const given of mergeTimes.cases) {
      const variance = mergeVariance(given.d2, given.D, given.rate)
      const age = 0.5 * (variance + given.ageLeft + given.ageRight - given.varLeft - given.varRight)
      expect(Math.abs(variance - given.expectedVariance)).toBeLessThanOrEqual(1e-12 * given.expectedVariance)
      expect(distance([age], [given.expectedAgeUnclipped])).toBeLessThan(1e-12)
    }
  })

  it('is where the local posterior is greatest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 9 }),
        (d2, size) => {
          const value = (v: number): number => -0.5 * size * Math.log(v) - (0.5 * d2) / v - 0.5 * 3 * v
          const best = mergeVariance(d2, size, 3)
          expect(value(best)).toBeGreaterThanOrEqual(value(best * 1.01))
          expect(value(best)).toBeGreaterThanOrEqual(value(best * 0.99))
        },
      ),
    )
  })
})

describe('the greedy tree', () => {
  it('is that of the reference by each rule', () => {
    for (const given of greedy.cases)
      for (const [name, rule] of rules) {
        const expected = given.expected[name].tree
        const distances = flat(given.squaredDistances)
        const variances = Float64Array.from(given.variances)
        const tree = greedyTree({ distances, variances, size: given.means[0].length }, { rule, minGap: 0 })
        expect([...tree.children]).toEqual(expected.children.flat())
        expect(distance(tree.ages, treeOf(expected).ages)).toBeLessThan(1e-9)
        const same = clusterGaussians(matrixFromRows(given.means), variances, matrixFromRows(given.lambda_), {
          rule,
        })
        expect([...same.children]).toEqual([...tree.children])
        expect(distance(same.ages, tree.ages)).toBeLessThan(1e-9)
      }
  })

  it('joins equal beliefs first, ties in the order given, and none before another', () => {
    const means = matrix(6, 2, Float64Array.from([0, 0, 5, 5, 0, 0, 5, 5, 0, 0, 9, 9]))
    for (const [, rule] of rules) {
      const identity = matrixFromRows([
        [1, 0],
        [0, 1],
      ])
      const tree = clusterGaussians(means, new Float64Array(6), identity, { rule, minGap: 0.1 })
      expect([...tree.children.subarray(0, 2)]).toEqual([0, 2])
      const ages = tree.ages.subarray(6)
      expect([...ages].every((age, i) => i === 0 || age > ages[i - 1])).toBe(true)
    }
  })

  it('refuses beliefs that do not fit together', () => {
    const one = matrix(2, 1, Float64Array.from([1, NaN]))
    const unit = matrixFromRows([[1]])
    expect(() => clusterGaussians(one, new Float64Array(2), unit)).toThrow(/finite/)
    expect(() => clusterGaussians(one, new Float64Array(3), unit)).toThrow(/as many/)
  })
})
