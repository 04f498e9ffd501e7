import { cholesky, createRandom, dot, logSumExp, matrix, sampleNormal } from '@mtl/core'
import type { RandomGenerator } from '@mtl/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectation } from './expectation.ts'
import { blockOf, sizeOf, type Activation, type Layout } from './layout.ts'
import { laplaceEvidence } from './laplace-evidence.ts'
import { marginalLogLikelihood, weightsLength, type Objective } from './marginal.ts'
import { maximisation } from './maximisation.ts'
import { noPenalties, type Penalties } from './penalty.ts'
import { logGatesInPlace } from './posterior.ts'
import { problemOf, type Problem } from './problem.ts'
import { duplicated } from './split.ts'
import { activateInPlace } from './units.ts'

/** A task without rows, one of one row and others, rows weighted or not; any form of the model, anywhere. */
interface Instance {
  readonly problem: Problem
  readonly layout: Layout
  readonly x: Float64Array
  readonly penalties: Penalties
}

interface Shape {
  readonly seed: number
  readonly activation: Activation
  readonly clusters: number
  readonly meanTerms: number
  readonly gateTerms: number
  readonly weighted: boolean
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.integer(),
  activation: fc.constantFrom('identity', 'linear', 'tanh'),
  clusters: fc.constantFrom(1, 2, 3),
  meanTerms: fc.constantFrom(1, 2),
  gateTerms: fc.constantFrom(1, 3),
  weighted: fc.boolean(),
})

const counts = [0, 1, 4, 6, 3]
const features = 2

function instanceOf(shape: Shape, numeric = true): Instance {
  const random = createRandom(shape.seed)
  const { activation, clusters, meanTerms, gateTerms, weighted } = shape
  const total = counts.reduce((sum, count) => sum + count, 0)
  const normals = (n: number, scale = 1): Float64Array =>
    Float64Array.from({ length: n }, () => scale * sampleNormal(random))
  const leading = (terms: number): Float64Array =>
    normals(counts.length * terms).map((value, at) => (at % terms === 0 ? 1 : value))
  const starts = new Int32Array(counts.length + 1)
  counts.forEach((count, i) => (starts[i + 1] = starts[i] + count))
  const targets = normals(total)
  const problem = problemOf({
    inputs: features + 1,
    starts,
    rows: normals(total * (features + 1)).map((value, at) => (at % (features + 1) === 0 ? 1 : value)),
    targets: [numeric ? targets : targets.map((y) => Number(y > 0))],
    weights: new Float64Array(total).map(() => (weighted ? 0.5 + random.next() : 1)),
    meanTerms,
    gateTerms,
    meanDescriptors: leading(meanTerms),
    gateDescriptors: leading(gateTerms),
    numeric,
  })
  const units = activation === 'identity' ? features + 1 : 3
  const layout = { activation, inputs: features + 1, units, clusters, meanTerms, gateTerms, outputs: 1 }
  return { problem, layout, x: parametersIn(layout, random), penalties: penaltiesFor(layout, shape) }
}

function parametersIn(layout: Layout, random: RandomGenerator): Float64Array {
  const { units: p, clusters } = layout
  const x = new Float64Array(sizeOf(layout)).map(() => 0.6 * sampleNormal(random))
  const { factors, logNoise } = blockOf(layout, 0)
  for (let a = 0; a < clusters; a++)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        const at = factors + (a * p + i) * p + j
        if (j > i) x[at] = 0
        if (j === i) x[at] = 0.4 + Math.abs(x[at])
      }
  x[logNoise] = Math.log(0.3 + random.next())
  return x
}

function penaltiesFor({ units }: Layout, { seed }: Shape): Penalties {
  if (seed % 2 === 0) return noPenalties
  const scale = new Float64Array(units * units)
  for (let j = 0; j < units; j++) scale[j * units + j] = 0.5
  return { covariancePriorWeight: 0.7, covariancePriorScales: [scale], gatePenalty: 0.1 }
}

/** Sum over tasks of the log of the mixture of N(y; H M f, H LL' H' + s2 I). */
function denseLogLikelihood({ problem, layout, x }: Instance): number {
  const { units: p, clusters, meanTerms, gateTerms } = layout
  const block = blockOf(layout, 0)
  const logGates = new Float64Array(clusters)
  let sum = 0
  for (let i = 0; i < problem.tasks; i++) {
    const first = problem.starts[i]
    const n = problem.starts[i + 1] - first
    const h = new Float64Array(n * p)
    for (let k = 0; k < n; k++)
      activateInPlace(h, k * p, layout, x, problem.rows, (first + k) * problem.inputs)
    logGatesInPlace(logGates, layout, x, block.gates, problem.gateDescriptors, i * gateTerms)
    const parts = Array.from(logGates, (logGate, a) => {
      const lower = x.subarray(block.factors + a * p * p, block.factors + (a + 1) * p * p)
      const mean = Float64Array.from({ length: p }, (_, j) =>
        dot(
          x.subarray(block.means + (a * p + j) * meanTerms, block.means + (a * p + j + 1) * meanTerms),
          problem.meanDescriptors.subarray(i * meanTerms, (i + 1) * meanTerms),
        ),
      )
      const spread = Array.from({ length: n }, (_, k) =>
        Float64Array.from({ length: p }, (__, j) => {
          let value = 0
          for (let l = 0; l < p; l++) value += h[k * p + l] * lower[l * p + j]
          return value
        }),
      )
      const covariance = matrix(n, n)
      for (let k = 0; k < n; k++)
        for (let l = 0; l < n; l++)
          covariance.data[k * n + l] = dot(spread[k], spread[l]) + (k === l ? Math.exp(x[block.logNoise]) : 0)
      const residuals = Float64Array.from(
        { length: n },
        (_, k) => problem.targets[0][first + k] - dot(h.subarray(k * p, (k + 1) * p), mean),
      )
      const factor = cholesky(covariance)
      return (
        logGate -
        0.5 * (n * Math.log(2 * Math.PI) + factor.logDeterminant + dot(residuals, factor.solve(residuals)))
      )
    })
    sum += logSumExp(parts)
  }
  return sum
}

/** Largest difference of the slope from central ones, relative to 1 and to its size. */
function slopeError(objective: Objective, x: Float64Array, frozen: (at: number) => boolean): number {
  const slope = new Float64Array(x.length)
  objective(x, slope)
  return x.reduce((most, value, at) => {
    if (frozen(at)) return most
    const width = 1e-5
    const at1 = Float64Array.from(x).fill(value + width, at, at + 1)
    const at2 = Float64Array.from(x).fill(value - width, at, at + 1)
    const central = (objective(at1) - objective(at2)) / (2 * width)
    return Math.max(most, Math.abs(central - slope[at]) / (1 + Math.abs(slope[at])))
  }, 0)
}

/** Upper triangles, and gates of one cluster, which have no effect. */
function frozenIn(layout: Layout): (at: number) => boolean {
  const { factors, logNoise, gates } = blockOf(layout, 0)
  const p = layout.units
  return (at) => {
    if (at >= factors && at < logNoise) {
      const within = (at - factors) % (p * p)
      return within % p > Math.floor(within / p)
    }
    return at >= gates && layout.clusters === 1
  }
}

describe('the marginal likelihood of numbers', () => {
  it('is the density of all rows of a task together, mixed over clusters', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const instance = instanceOf({ ...shape, weighted: false })
        const { problem, layout, x } = instance
        const value = marginalLogLikelihood(problem, layout, noPenalties)(x)
        const dense = denseLogLikelihood(instance)
        expect(Math.abs(value - dense)).toBeLessThan(1e-9 * (1 + Math.abs(dense)))
      }),
      { numRuns: 60 },
    )
  })

  it('has the slope of its central differences', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x, penalties } = instanceOf(shape)
        const objective = marginalLogLikelihood(problem, layout, penalties)
        expect(slopeError(objective, x, frozenIn(layout))).toBeLessThan(1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it('does not fall in an EM step', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, penalties, ...begun } = instanceOf(shape)
        const expectationAt = expectation(problem, layout, penalties, true)
        let { x } = begun
        let sums = expectationAt(x)
        for (let step = 0; step < 8; step++) {
          const floors = { covarianceFloor: 1e-12, noiseFloor: 1e-12 }
          x = maximisation(problem, layout, penalties, floors, x, sums)
          const next = expectationAt(x)
          expect(next.value).toBeGreaterThanOrEqual(sums.value - 1e-9 * (1 + Math.abs(sums.value)))
          sums = next
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is that of one cluster where two are alike', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x } = instanceOf({ ...shape, clusters: 1 })
        const two = { ...layout, clusters: 2 }
        const value = marginalLogLikelihood(problem, layout, noPenalties)(x)
        const doubled = marginalLogLikelihood(problem, two, noPenalties)(duplicated(x, layout, two))
        expect(doubled).toBeCloseTo(value, 9)
      }),
    )
  })

  it('takes a linear change of linear units that the weights take back', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x } = instanceOf({ ...shape, activation: 'linear' })
        const { means, factors } = blockOf(layout, 0)
        const { units: p, inputs: d, clusters, meanTerms } = layout
        // The first hidden unit times 2, its weights by half: rows of M and L.
        const changed = Float64Array.from(x)
        for (let k = 0; k < d; k++) changed[k] *= 2
        for (let a = 0; a < clusters; a++) {
          for (let t = 0; t < meanTerms; t++) changed[means + (a * p + 1) * meanTerms + t] /= 2
          for (let j = 0; j < p; j++) changed[factors + (a * p + 1) * p + j] /= 2
        }
        const objective = marginalLogLikelihood(problem, layout, noPenalties)
        expect(objective(changed)).toBeCloseTo(objective(x), 9)
      }),
    )
  })

  it('takes another sign of a tanh unit that its weights take back', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x } = instanceOf({ ...shape, activation: 'tanh' })
        const { means, factors } = blockOf(layout, 0)
        const { units: p, inputs: d, clusters, meanTerms } = layout
        const changed = Float64Array.from(x)
        for (let k = 0; k < d; k++) changed[k] *= -1
        for (let a = 0; a < clusters; a++) {
          for (let t = 0; t < meanTerms; t++) changed[means + (a * p + 1) * meanTerms + t] *= -1
          for (let j = 0; j < p; j++) changed[factors + (a * p + 1) * p + j] *= -1
        }
        const objective = marginalLogLikelihood(problem, layout, noPenalties)
        expect(objective(changed)).toBeCloseTo(objective(x), 9)
        expect(weightsLength(layout)).toBe(2 * d)
      }),
    )
  })
})

describe("Laplace's evidence of classes", () => {
  it('has the slope of its central differences', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x, penalties } = instanceOf(shape, false)
        const objective = laplaceEvidence(problem, layout, penalties)
        expect(slopeError(objective, x, frozenIn(layout))).toBeLessThan(1e-6)
      }),
      { numRuns: 40 },
    )
  })
})
