import {
  gumbelSoftmax,
  gumbelSoftmaxSlope,
  matrix,
  mixtureDivergence,
  sampledMixtureDivergence,
} from '@mtl/core'
import type { NormalComponents } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { expectedLogLikelihood } from './expected-log-likelihood.ts'
import { differenceOf, flat, goldenRows, goldenRules, type GoldenRule } from './golden.fixture.ts'
import goldens from './goldens/elbo.json' with { type: 'json' }
import { sampledLogLikelihood } from './sampled-log-likelihood.ts'
import { taskBound, type TaskBound } from './task-bound.ts'

type Golden = (typeof goldens.cases)[number]

/** The bound at any point of a golden's problem, and its slope by the logits. */
function problemOf(golden: Golden): {
  readonly at: (mean: Float64Array, logDeviation: Float64Array, logits: Float64Array) => TaskBound
  readonly mixingAt: (logits: Float64Array) => Float64Array
} {
  const outputs = golden.mu.length
  const classes = golden.task === 'multiclass' ? [...golden.mu.keys()] : null
  const task = goldenRows(golden.task, { X: golden.X, y: golden.y, classes }, golden.X[0].length)
  const [count, size] = [golden.M.length, outputs * golden.X[0].length]
  const components: NormalComponents = {
    means: matrix(count, size, flat(golden.M)),
    variances: matrix(count, size, flat(golden.S2)),
  }
  const mixingAt = (logits: Float64Array): Float64Array =>
    gumbelSoftmax(logits, Float64Array.from(golden.gumbel), golden.tau)
  const expectation =
    golden.activation_noise === null
      ? expectedLogLikelihood(task, golden.quadrature_nodes)
      : sampledLogLikelihood(task, flat(golden.activation_noise))
  const settings = { divergenceWeight: golden.beta, noiseVariance: golden.noise_variance }
  return {
    mixingAt,
    at(mean, logDeviation, logits) {
      const mixing = mixingAt(logits)
      if (golden.kl_noise !== null) {
        const sampled = sampledMixtureDivergence(
          mean,
          logDeviation,
          components,
          mixing,
          flat(golden.kl_noise),
        )
        return taskBound(task, mean, logDeviation, sampled, expectation, settings)
      }
      const divergence = mixtureDivergence(goldenRules[golden.mode as GoldenRule], components)
      divergence.weigh(mixing)
      return taskBound(task, mean, logDeviation, divergence.slopes(mean, logDeviation), expectation, settings)
    },
  }
}

describe('the bound of a task', () => {
  const cases = goldens.cases.map(
    (golden) => [`${golden.task}, ${golden.mode}, ${golden.expectation}`, golden] as const,
  )

  it.each(cases)('agrees with the reference in value and slopes: %s', (_, golden) => {
    const { at, mixingAt } = problemOf(golden)
    const logits = Float64Array.from(golden.logits)
    const found = at(flat(golden.mu), flat(golden.rho), logits)
    const tolerance = goldens.tolerance
    const value = [found.bound, found.logLikelihood, found.divergence]
    expect(differenceOf(value, [golden.elbo, golden.loglik, golden.kl])).toBeLessThan(tolerance)
    expect(differenceOf(found.byMean, flat(golden.grad_mu))).toBeLessThan(tolerance)
    expect(differenceOf(found.byLogDeviation, flat(golden.grad_rho))).toBeLessThan(tolerance)
    const byLogit = gumbelSoftmaxSlope(mixingAt(logits), found.byWeight, golden.tau)
    expect(differenceOf(byLogit, golden.grad_logits)).toBeLessThan(tolerance)
  })

  it.each(cases)('has slopes that are those of differences: %s', (_, golden) => {
    const { at, mixingAt } = problemOf(golden)
    const point = [flat(golden.mu), flat(golden.rho), Float64Array.from(golden.logits)] as const
    const found = at(...point)
    const byLogit = gumbelSoftmaxSlope(mixingAt(point[2]), found.byWeight, golden.tau)
    const step = 1e-6
    for (const [part, slope] of [found.byMean, found.byLogDeviation, byLogit].entries()) {
      const differences = point[part].map((_value, i) => {
        const moved = (by: number): number => {
          const [mean, logDeviation, logits] = point.map((values, k) =>
            values.map((value, j) => (k === part && i === j ? value + by : value)),
          )
          return at(mean, logDeviation, logits).bound
        }
        return (moved(step) - moved(-step)) / (2 * step)
      })
      expect(differenceOf(slope, differences)).toBeLessThan(1e-6)
    }
  })
})
