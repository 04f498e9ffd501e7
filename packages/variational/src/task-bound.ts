import type { MixtureSlopes } from '@mtl/core'
import { activationMemory, type ExpectedLogLikelihood } from './expected-log-likelihood.ts'
import { addProducts, multiplyRows } from './task-likelihood.ts'
import type { TaskRows } from './task-rows.ts'

/** The evidence bound of a task, and its slopes. The components of the prior are constants: nothing flows back to other tasks. */
export interface TaskBound {
  readonly bound: number
  readonly logLikelihood: number
  readonly divergence: number
  readonly byMean: Float64Array
  readonly byLogDeviation: Float64Array
  /** By the mixing weights, on the simplex. */
  readonly byWeight: Float64Array
}

export interface BoundSettings {
  readonly divergenceWeight: number
  readonly noiseVariance: number
}

/**
 * L = sum_n E log p(y_n) - beta KL at N(means, e^(2 logDeviations)), the divergence being given with its slopes.
 *
 *   dL/dmu_k = sum_n g_nk x_n - beta dKL/dmu_k,   dL/drho_k = 2 sigma_k^2 sum_n h_nk x_n^2 - beta dKL/drho_k
 */
export function taskBound(
  { design, squares, outputs }: TaskRows,
  means: Float64Array,
  logDeviations: Float64Array,
  divergence: Omit<MixtureSlopes, 'precision'>,
  expectation: ExpectedLogLikelihood,
  { divergenceWeight: beta, noiseVariance }: BoundSettings,
): TaskBound {
  const variances = logDeviations.map((value) => Math.exp(2 * value))
  const activations = activationMemory(design.rows, outputs.length)
  multiplyRows(activations.means, design.data, means, design.columns)
  multiplyRows(activations.variances, squares.data, variances, design.columns)
  const logLikelihood = expectation(activations, noiseVariance)
  const byMean = divergence.byMean.map((slope) => -beta * slope)
  addProducts(byMean, activations.byMean, design.data, design.columns)
  const byVariance = new Float64Array(variances.length)
  addProducts(byVariance, activations.byVariance, squares.data, design.columns)
  return {
    bound: logLikelihood - beta * divergence.value,
    logLikelihood,
    divergence: divergence.value,
    byMean,
    byLogDeviation: byVariance.map(
      (slope, d) => 2 * variances[d] * slope - beta * divergence.byLogDeviation[d],
    ),
    byWeight: divergence.byWeight.map((slope) => -beta * slope),
  }
}
