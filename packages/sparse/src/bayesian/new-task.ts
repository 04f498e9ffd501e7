/**
 * A task that training did not contain. Exchangeable, k = 1 - l2/l1 by group: given all weights w_new is normal about k times their mean
 * with covariance l2 (1 + k/P) Om / g; given the fit m_new = k mean_t m_t and V_new = k C. k / P^2 + blockdiag(l2 (1 + k/P) E 1/g E Om).
 * Where l1 < l2, and for other covariances, k = 0.
 */
import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { TaskFamily } from './ascent.ts'
import type { Preparation, Problem } from './problem.ts'
import type { InverseWishartPosterior, Scratch, State } from './types.ts'
import { positionIn } from './weights.ts'

export interface NewTask {
  /** m_new, D columns. */
  readonly mean: Float64Array
  /** V_new in the blocks of a task's covariance. */
  readonly covariance: Float64Array
  readonly noiseVariance: number
  /** Where intercepts of numbers are free: their mean over tasks, their variance for one more, and the mean of their inputs' means. */
  readonly intercept: number
  readonly interceptVariance: number
  readonly centre: Float64Array
}

export function newTask(
  problem: Problem,
  preparation: Preparation,
  family: TaskFamily,
  state: State,
  scratch: Scratch,
  kind: string,
): NewTask {
  const { groups, tasks, width } = problem
  const { layout } = family
  const count = tasks.length
  const mean = new Float64Array(width)
  const covariance = new Float64Array(layout.size)
  const shares = new Float64Array(width)
  const featureCovariances = state.featurePosteriors && meanFeatureCovariances(state.featurePosteriors)
  groups.blocks.forEach((block, i) => {
    const [common, deviation] = [state.factors.commonEigenvalue[i], state.factors.deviationEigenvalue[i]]
    const exchangeable = kind === 'exchangeable' || kind === 'identity'
    const share = exchangeable && count > 1 && common >= deviation ? 1 - deviation / common : 0
    const scale =
      exchangeable && share > 0 ? deviation * (1 + share / count) : (common + (count - 1) * deviation) / count
    const { meanInverse, mean: precision } = state.precisions
    const variance = Number.isFinite(meanInverse[i]) ? meanInverse[i] : 1 / precision[i]
    const position = positionIn(layout, groups, i)
    block.forEach((column, p) => {
      shares[column] = share
      for (let q = 0; q < block.length; q++) {
        const own = featureCovariances?.[i].data[p * block.length + q] ?? Number(p === q)
        covariance[position(p, q)] += variance * own * scale
      }
    })
  })
  addCommonInPlace(mean, covariance, shares, problem, family, state, scratch)
  return {
    mean,
    covariance,
    noiseVariance: newNoise(problem, state),
    ...newIntercept(problem, preparation, state, mean, covariance),
  }
}

/** k times the tasks' mean and k C. k / P^2. */
function addCommonInPlace(
  mean: Float64Array,
  covariance: Float64Array,
  shares: Float64Array,
  { tasks, width }: Problem,
  { layout }: TaskFamily,
  { means }: State,
  { sumOfCovariances }: Scratch,
): void {
  const count = tasks.length
  for (let j = 0; j < width; j++)
    for (let t = 0; t < count; t++) mean[j] += (shares[j] * means.data[t * width + j]) / count
  layout.blocks.forEach((block, b) => {
    const size = block.length
    for (let p = 0; p < size; p++)
      for (let q = 0; q < size; q++) {
        const at = layout.starts[b] + p * size + q
        covariance[at] += (shares[block[p]] * shares[block[q]] * sumOfCovariances[at]) / count ** 2
      }
  })
}

/** The common one, sum b_t / sum a_t where tasks differ, or the fixed one. */
function newNoise({ kind }: Problem, { noise, factors }: State): number {
  if (kind === 'binary') return 0
  const [shape, rate] = [noise.shape[0], noise.rate[0]]
  const alike = noise.shape.every((value, t) => value === shape && noise.rate[t] === rate)
  if (alike && shape > 1) return rate / (shape - 1)
  if (alike) return 1 / factors.noisePrecision[0]
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
  return sum(noise.rate) / sum(noise.shape)
}

/** Of free intercepts: about their mean with their sample variance, one more for the mean's own error. */
function newIntercept(
  { freeIntercept, tasks, width }: Problem,
  { free, inputMeans, targetMeans }: Preparation,
  { means }: State,
  mean: Float64Array,
  covariance: Float64Array,
): Pick<NewTask, 'intercept' | 'interceptVariance' | 'centre'> {
  const count = tasks.length
  const centre = new Float64Array(inputMeans.columns)
  for (let t = 0; t < count; t++)
    for (let j = 0; j < centre.length; j++) centre[j] += inputMeans.data[t * centre.length + j] / count
  if (freeIntercept) {
    const levels = Array.from({ length: count }, (_, t) => means.data[(t + 1) * width - 1])
    const spread = spreadOf(levels)
    mean[width - 1] = spread.mean
    covariance[covariance.length - 1] = spread.variance
    return { intercept: 0, interceptVariance: 0, centre }
  }
  if (!free) return { intercept: 0, interceptVariance: 0, centre }
  const levels = Array.from({ length: count }, (_, t) => {
    let level = targetMeans[t]
    for (let j = 0; j < centre.length; j++)
      level -= means.data[t * width + j] * (inputMeans.data[t * centre.length + j] - centre[j])
    return level
  })
  const { mean: intercept, variance: interceptVariance } = spreadOf(levels)
  return { intercept, interceptVariance, centre }
}

/** Mean, and variance of one more: 1, that of the target, where one task alone tells nothing of it. */
function spreadOf(levels: readonly number[]): { readonly mean: number; readonly variance: number } {
  const count = levels.length
  const mean = levels.reduce((sum, level) => sum + level, 0) / count
  if (count < 2) return { mean, variance: 1 }
  const squares = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0)
  return { mean, variance: (squares / (count - 1)) * (1 + 1 / count) }
}

/** E Om_i of inverse Wisharts; where there is no mean, the inverse of E Om_i^-1. */
export function meanFeatureCovariances(posteriors: readonly InverseWishartPosterior[]): Matrix[] {
  return posteriors.map(({ degrees, scale }) => {
    const size = scale.rows
    const divisor = degrees - size - 1 > 0 ? degrees - size - 1 : degrees
    return matrix(
      size,
      size,
      scale.data.map((value) => value / divisor),
    )
  })
}
