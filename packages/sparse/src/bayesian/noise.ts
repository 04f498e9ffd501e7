/** Step (2): the noise of numbers, and where the logistic bound touches. */
import { digamma, logGamma } from '@mtl/core'
import { fitted, quadraticForms } from './likelihood.ts'
import { total } from './problem.ts'
import type { Layout, Problem } from './problem.ts'
import type { NoisePosterior } from './types.ts'

export interface NoiseModel {
  readonly kind: 'shared' | 'per-task'
  /** Gamma prior of 1 / noise variance. */
  readonly shape: number
  readonly rate: number
  /** Precision that is given; learnt where absent. */
  readonly fixed?: number
}

/** beta ~ Gamma(a0 + N/2, b0 + R/2), one for all tasks or one each. @param squares R_t */
export function noisePosterior(
  { kind, shape, rate }: NoiseModel,
  labels: Float64Array,
  squares: Float64Array,
): NoisePosterior {
  if (kind === 'per-task')
    return {
      shape: labels.map((count) => shape + 0.5 * count),
      rate: squares.map((square) => rate + 0.5 * square),
    }
  return {
    shape: new Float64Array(labels.length).fill(shape + 0.5 * total(labels)),
    rate: new Float64Array(labels.length).fill(rate + 0.5 * total(squares)),
  }
}

/** E log p(y) of numbers; `expectedLogs` E log beta_t. */
export function gaussianTerm(
  labels: Float64Array,
  squares: Float64Array,
  precision: Float64Array,
  expectedLogs: Float64Array,
): number {
  let sum = 0
  for (let t = 0; t < labels.length; t++)
    sum += 0.5 * labels[t] * (expectedLogs[t] - Math.log(2 * Math.PI)) - 0.5 * precision[t] * squares[t]
  return sum
}

export function expectedLogPrecision({ shape, rate }: NoisePosterior): Float64Array {
  return shape.map((a, t) => digamma(a) - Math.log(rate[t]))
}

/** Kullback-Leibler divergence of Gamma(a, b) from Gamma(a0, b0), rates b. */
function gammaDivergence(a: number, b: number, a0: number, b0: number): number {
  return (
    (a - a0) * digamma(a) -
    logGamma(a) +
    logGamma(a0) +
    a0 * (Math.log(b) - Math.log(b0)) +
    (a * (b0 - b)) / b
  )
}

/** -KL of the noise precisions from their prior: once where shared. */
export function noiseTerm({ kind, shape, rate }: NoiseModel, noise: NoisePosterior): number {
  const factors = kind === 'shared' ? 1 : noise.shape.length
  let sum = 0
  for (let t = 0; t < factors; t++) sum -= gammaDivergence(noise.shape[t], noise.rate[t], shape, rate)
  return sum
}

/** xi_n^2 = E (x_n'w_t)^2 of all rows, and E log p(y) of classes where the bound touches there. */
export function touchLogistic(
  problem: Problem,
  layout: Layout,
  means: Float64Array,
  covariances: Float64Array,
): { readonly angles: Float64Array; readonly term: number } {
  const { tasks, width, rowStarts } = problem
  const angles = new Float64Array(rowStarts[tasks.length])
  let term = 0
  tasks.forEach((rows, t) => {
    const fit = fitted(rows, means, t * width)
    const spread = quadraticForms(rows, layout, covariances, t * layout.size)
    for (let i = 0; i < fit.length; i++) {
      const xi = Math.sqrt(fit[i] ** 2 + Math.max(0, spread[i]))
      angles[rowStarts[t] + i] = xi
      const logSigmoid = -Math.log1p(Math.exp(-xi))
      term += rows.weights[i] * (logSigmoid - xi / 2 + (rows.targets[i] - 0.5) * fit[i])
    }
  })
  return { angles, term }
}
