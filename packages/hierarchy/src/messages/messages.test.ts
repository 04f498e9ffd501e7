import { createRandom, sampleNormal } from '@mtl/core'
import fc from 'fast-check'
import beliefs from '../goldens/belief-propagation.json' with { type: 'json' }
import { describe, expect, it } from 'vitest'
import { distance, flat, treeOf, type GoldenTree } from '../golden.fixture.ts'
import { sampleCoalescent } from '../tree/coalescent.ts'
import { stretched, tasksOf, type TaskTree } from '../tree/task-tree.ts'
import { changeOf, expectedDistances } from './distances.ts'
import { emptyFactors, whitened, type Factors } from './factors.ts'
import { messagePass } from './message-pass.ts'
import { congruent, metricOf, transformed } from './metric.ts'
import { isotropicRoot, whitenedRoot, type RootPrior } from './root.ts'

type Expected = (typeof beliefs)['cases'][number]['expected']

interface BeliefCase {
  readonly X: number[][][]
  readonly y: number[][]
  readonly tree: GoldenTree
  readonly lambda_: number[][]
  readonly rootMean: number[]
  readonly rootCov: number[][]
  readonly rho2: number[]
  readonly expected: Expected
}

function factorsOf({ X, y, rho2, rootMean }: BeliefCase): Factors {
  const size = rootMean.length
  const factors = emptyFactors(X.length, size)
  X.forEach((rows, k) =>
    rows.forEach((x, n) => {
      const target = y[k][n]
      for (let r = 0; r < size; r++) {
        factors.shift[k * size + r] += (x[r] * target) / rho2[k]
        for (let s = 0; s < size; s++) factors.precision[(k * size + r) * size + s] += (x[r] * x[s]) / rho2[k]
      }
      factors.constant[k] -= 0.5 * (Math.log(2 * Math.PI * rho2[k]) + target ** 2 / rho2[k])
    }),
  )
  return factors
}

/** Messages and posteriors in the coordinates of weights. */
function passed(tree: TaskTree, factors: Factors, diffusion: Float64Array, prior: RootPrior) {
  const size = prior.mean.length
  const metric = metricOf(diffusion, size)
  const pass = messagePass(tasksOf(tree), size)
  const evidence = pass.upward(tree, whitened(factors, metric), whitenedRoot(prior, metric))
  pass.downward()
  const { sum, branches, tipSum } = pass.scatter()
  return {
    evidence,
    branches,
    means: transformed(metric.lower, pass.means, size),
    covariances: congruent(metric.lower, pass.covariances, size),
    scatter: congruent(metric.lower, sum, size),
    tipScatter: congruent(metric.lower, tipSum, size),
    distances: expectedDistances(tree, pass, changeOf(metric, metric)),
  }
}

/** Factors of random data of K tasks, every third without rows. */
function drawn(seed: number, tasks: number, size: number): Factors {
  const random = createRandom(seed)
  const factors = emptyFactors(tasks, size)
  for (let k = 0; k < tasks; k++)
    for (let n = 0; n < (k % 3 === 2 ? 0 : 4); n++) {
      const x = Array.from({ length: size }, () => sampleNormal(random))
      const y = sampleNormal(random)
      for (let r = 0; r < size; r++) {
        factors.shift[k * size + r] += x[r] * y
        for (let s = 0; s < size; s++) factors.precision[(k * size + r) * size + s] += x[r] * x[s]
      }
    }
  return factors
}

const seeds = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), tasks: fc.integer({ min: 2, max: 8 }) })

describe('messages on a tree', () => {
  it('give evidence, posteriors and scatter of the reference and of dense conditioning', () => {
    for (const given of beliefs.cases) {
      const factor = Float64Array.from(flat(given.rootCov), Math.sqrt)
      const prior = { mean: Float64Array.from(given.rootMean), factor }
      const found = passed(treeOf(given.tree), factorsOf(given), flat(given.lambda_), prior)
      const { expected } = given
      expect(distance([found.evidence], [expected.logEvidence])).toBeLessThan(1e-9)
      expect(distance([found.evidence], [expected.denseLogEvidence])).toBeLessThan(1e-9)
      expect(distance(found.means, flat(expected.nodeMean))).toBeLessThan(1e-9)
      const dense = flat(expected.denseLeafMean)
      expect(distance(found.means.subarray(0, dense.length), dense)).toBeLessThan(1e-9)
      expect(distance(found.covariances, flat(expected.nodeCov))).toBeLessThan(1e-9)
      expect(distance(found.scatter, flat(expected.branchScatter))).toBeLessThan(1e-9)
      expect(distance(found.tipScatter, flat(expected.tipScatter))).toBeLessThan(1e-9)
      expect(found.branches).toBe(expected.positiveBranches)
      expect(distance(found.distances, flat(expected.expectedSquaredDistances))).toBeLessThan(1e-9)
    }
  })

  it('say the same when ages grow by a factor by which the diffusion shrinks', () => {
    fc.assert(
      fc.property(seeds, ({ seed, tasks }) => {
        const tree = { ...sampleCoalescent(tasks, createRandom(seed)), tipLength: 0.3 }
        const factors = drawn(seed, tasks, 2)
        const diffusion = Float64Array.from([0.5, 0.2, 0.2, 0.4])
        const once = passed(tree, factors, diffusion, isotropicRoot(2, 1))
        const scaled = { ...stretched(tree, 4), tipLength: 1.2 }
        const twice = passed(
          scaled,
          factors,
          diffusion.map((value) => value / 4),
          isotropicRoot(2, 1),
        )
        expect(distance([once.evidence], [twice.evidence])).toBeLessThan(1e-9)
        expect(distance(once.means, twice.means)).toBeLessThan(1e-9)
      }),
    )
  })

  it('do not depend on which child stands first', () => {
    fc.assert(
      fc.property(seeds, ({ seed, tasks }) => {
        const tree = { ...sampleCoalescent(tasks, createRandom(seed)), tipLength: 0.3 }
        const children = tree.children.map((_, at) => tree.children[at ^ 1])
        const [factors, diffusion] = [drawn(seed, tasks, 2), Float64Array.from([0.5, 0.2, 0.2, 0.4])]
        const once = passed(tree, factors, diffusion, isotropicRoot(2, 1))
        const other = passed({ ...tree, children }, factors, diffusion, isotropicRoot(2, 1))
        expect(distance(once.covariances, other.covariances)).toBeLessThan(1e-10)
        expect(distance([once.evidence], [other.evidence])).toBeLessThan(1e-10)
      }),
    )
  })

  it('know less of each task when the rows of one are taken away', () => {
    const tree = { ...sampleCoalescent(5, createRandom(2)), tipLength: 0.1 }
    const [factors, diffusion] = [drawn(7, 5, 2), Float64Array.from([1, 0, 0, 1])]
    const { covariances } = passed(tree, factors, diffusion, isotropicRoot(2, 1))
    const fewer = { ...factors, precision: factors.precision.map((value, at) => (at < 4 ? 0 : value)) }
    const after = passed(tree, fewer, diffusion, isotropicRoot(2, 1)).covariances
    for (let k = 0; k < 5; k++) expect(after[4 * k]).toBeGreaterThan(covariances[4 * k])
  })
})
