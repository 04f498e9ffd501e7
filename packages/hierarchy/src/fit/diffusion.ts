import { cholesky, matrix } from '@mtl/core'
import type { Scatter } from '../messages/message-pass.ts'
import { congruent, metricOf, type Metric } from '../messages/metric.ts'
import { coalescentLogDensity } from '../tree/coalescent.ts'
import type { TaskTree } from '../tree/task-tree.ts'

/**
 * The prior of the diffusion Lambda, whose mode is scale * I: inverse Wishart where it is full, inverse gamma of each lambda where it is
 * diagonal, of the one where it is scalar.
 */
export interface DiffusionPrior {
  readonly covariance: 'full' | 'diagonal' | 'scalar'
  readonly scale: number
  /** nu. */
  readonly degrees: number
  /** a. */
  readonly shape: number
}

/** log of its density without the normaliser. */
export function diffusionLogPrior(
  diffusion: Float64Array,
  size: number,
  { covariance, scale, degrees, shape }: DiffusionPrior,
): number {
  if (covariance === 'full') {
    const { logDeterminant } = cholesky(matrix(size, size, diffusion))
    const power = degrees + size + 1
    return -0.5 * power * (logDeterminant + scale * traceOfInverse(diffusion, size))
  }
  return lambdasOf(diffusion, size, covariance).reduce(
    (sum, lambda) => sum - (shape + 1) * (Math.log(lambda) + scale / lambda),
    0,
  )
}

/** Mode given the branches' scatter, in the coordinates of weights. */
export function updateDiffusion(
  { sum, branches }: Pick<Scatter, 'sum' | 'branches'>,
  size: number,
  { covariance, scale, degrees, shape }: DiffusionPrior,
): Float64Array {
  const result = new Float64Array(size * size)
  if (covariance === 'full') {
    const power = degrees + size + 1
    return result.map((_, at) => (sum[at] + (at % (size + 1) === 0 ? scale * power : 0)) / (power + branches))
  }
  const b = scale * (shape + 1)
  const trace = diagonalOf(sum, size).reduce((total, value) => total + value, 0)
  for (let d = 0; d < size; d++) {
    const at = d * (size + 1)
    result[at] =
      covariance === 'diagonal'
        ? (b + 0.5 * sum[at]) / (shape + 1 + 0.5 * branches)
        : (b + 0.5 * trace) / (shape + 1 + 0.5 * branches * size)
  }
  return result
}

/** Scatter in the coordinates of weights. */
export function unwhitened(scatter: Scatter, { lower, size }: Metric): Scatter {
  return {
    ...scatter,
    sum: congruent(lower, scatter.sum, size),
    tipSum: congruent(lower, scatter.tipSum, size),
  }
}

/** The tip length given the new diffusion: the second half of an ECM step. */
export function updateTip(tipLength: number, { tipSum, tips }: Scatter, { inverse, size }: Metric): number {
  if (tips === 0) return tipLength
  const white = congruent(inverse, tipSum, size)
  const trace = diagonalOf(white, size).reduce((sum, value) => sum + value, 0)
  return (tipLength * trace) / (tips * size)
}

/**
 * The factor c by which ages grow and the diffusion shrinks so that the priors of both are most probable; the evidence does not change.
 * Without it EM crawls along this ridge.
 */
export function bestScale(
  tree: TaskTree,
  diffusion: Float64Array,
  size: number,
  { covariance, scale, degrees, shape }: DiffusionPrior,
): number {
  const height = -coalescentLogDensity(tree)
  if (covariance === 'full') {
    const power = degrees + size + 1
    return (0.5 * size * power) / (height + 0.5 * scale * power * traceOfInverse(diffusion, size))
  }
  const lambdas = lambdasOf(diffusion, size, covariance)
  const inverse = lambdas.reduce((sum, lambda) => sum + 1 / lambda, 0)
  return ((shape + 1) * lambdas.length) / (height + scale * (shape + 1) * inverse)
}

function traceOfInverse(diffusion: Float64Array, size: number): number {
  return metricOf(diffusion, size).inverse.reduce((sum, value) => sum + value * value, 0)
}

function diagonalOf(a: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, d) => a[d * (size + 1)])
}

function lambdasOf(
  diffusion: Float64Array,
  size: number,
  covariance: DiffusionPrior['covariance'],
): Float64Array {
  return diagonalOf(diffusion, size).subarray(0, covariance === 'scalar' ? 1 : size)
}
