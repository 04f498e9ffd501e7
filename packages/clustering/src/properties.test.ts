import { cholesky, dot, logSumExp, matrix } from '@mtl/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectation } from './expectation.ts'
import { frozenIn, instanceOf, slopeError, type Instance, type Shape } from './instance.fixture.ts'
import { laplaceEvidence } from './laplace-evidence.ts'
import { blockOf } from './layout.ts'
import { marginalLogLikelihood, scanner, weightsLength } from './marginal.ts'
import { maximisation } from './maximisation.ts'
import { noPenalties } from './penalty.ts'
import { logGatesInPlace } from './posterior.ts'
import type { Problem } from './problem.ts'
import { duplicated } from './split.ts'
import { activateInPlace } from './units.ts'

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.integer(),
  activation: fc.constantFrom('identity', 'linear', 'tanh'),
  clusters: fc.constantFrom(1, 2, 3),
  meanTerms: fc.constantFrom(1, 2),
  gateTerms: fc.constantFrom(1, 3),
  weighted: fc.boolean(),
})

/** Of the rows of some tasks together. */
function leastSquares(
  { inputs: d, starts, rows, targets, weights }: Problem,
  from: number,
  to: number,
): Float64Array {
  const products = matrix(d, d)
  const cross = new Float64Array(d)
  for (let n = starts[from]; n < starts[to]; n++)
    for (let j = 0; j < d; j++) {
      cross[j] += weights[n] * rows[n * d + j] * targets[0][n]
      for (let k = 0; k < d; k++) products.data[j * d + k] += weights[n] * rows[n * d + j] * rows[n * d + k]
    }
  return cholesky(products).solve(cross)
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

  it('does not know clusters by their order', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { problem, layout, x, penalties } = instanceOf({ ...shape, clusters: 3 })
        const { means, factors, logNoise, gates } = blockOf(layout, 0)
        const turned = Float64Array.from(x)
        for (const [from, to] of [
          [means, factors],
          [factors, logNoise],
          [gates, x.length],
        ]) {
          const size = (to - from) / 3
          for (let a = 0; a < 3; a++)
            turned.set(x.subarray(from + a * size, from + (a + 1) * size), from + ((a + 1) % 3) * size)
        }
        const objective = marginalLogLikelihood(problem, layout, penalties)
        expect(objective(turned)).toBeCloseTo(objective(x), 9)
      }),
    )
  })

  it('has no slope at pooled least squares where tasks are alike, and each task its own least squares where they may be anything', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const shape = { seed, activation: 'identity', clusters: 1, meanTerms: 1, gateTerms: 1 } as const
        const { problem, layout, x } = instanceOf({ ...shape, weighted: true })
        const { means, factors, logNoise } = blockOf(layout, 0)
        x.fill(0, factors, logNoise)
        x.set(leastSquares(problem, 0, problem.tasks), means)
        const slope = new Float64Array(x.length)
        marginalLogLikelihood(problem, layout, noPenalties)(x, slope)
        slope.subarray(means, factors).forEach((g) => expect(Math.abs(g)).toBeLessThan(1e-8))

        for (let j = 0; j < layout.units; j++) x[factors + j * layout.units + j] = 1e5
        scanner(problem, layout).run(x, (memory, i) => {
          if (problem.starts[i + 1] - problem.starts[i] <= layout.units) return
          const own = leastSquares(problem, i, i + 1)
          own.forEach((w, j) => expect(memory.means[j]).toBeCloseTo(w, 4))
        })
      }),
      { numRuns: 30 },
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
