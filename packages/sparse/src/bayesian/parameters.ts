/** What is learnt, in scaled units, made of the last state. */
import { matrix, row } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { meanFeatureCovariances, newTask } from './new-task.ts'
import type { NewTask } from './new-task.ts'
import { createScratch, updateCurvatureInPlace } from './weights.ts'
import type { TaskFamily } from './ascent.ts'
import type { Prepared } from './prepare.ts'
import type { Problem } from './problem.ts'
import type { Scratch, State } from './types.ts'

export type PosteriorKind = 'exact' | 'by-task' | 'by-group' | 'kronecker'

export interface FeatureGroup {
  /** Names; of the constant '(constant)'. */
  readonly features: readonly string[]
  /** (order, chi, phi) of the precision g before and after the data; empty where g is 1. */
  readonly prior: Float64Array
  readonly posterior: Float64Array
  /** Root mean square of the group's weights over tasks. */
  readonly relevance: number
  /** Standard deviation of the relevance, by the delta method from the weights' variances. */
  readonly relevanceError: number
  /** The precision ran away, and the weights are nothing. */
  readonly pruned: boolean
}

/** Candidates of `taskCovariance: 'auto'`: held-out log density of a row, and the standard error of the difference. */
export interface CovarianceChoice {
  readonly exchangeable: number
  readonly inverseWishart: number
  readonly standardError: number
}

/** In scaled units; D columns: the features, and behind them the constant where the model has one. */
export interface SparseBayesianParameters {
  /** M, T x D. */
  readonly taskWeights: Matrix
  /** Row t: the blocks of S_t, one after another; see `blocks`. */
  readonly taskCovariances: Matrix
  /** Columns of each block of a covariance: all in one, or those of one group each. */
  readonly blocks: readonly Int32Array[]
  /** The last column is a constant. */
  readonly constant: boolean
  /** Intercepts of numbers are free: each task's own, integrated out. */
  readonly freeIntercepts: boolean
  /** They; else zeros. */
  readonly intercepts: Float64Array
  /** Rows of each task, by weight: the variance of a free intercept of numbers is noise over them. */
  readonly labels: Float64Array
  /** T x p: what a free intercept of numbers took off the inputs; else zeros. */
  readonly centres: Matrix
  /** By task; zeros of classes. */
  readonly noiseVariance: Float64Array
  readonly groups: readonly FeatureGroup[]
  readonly taskCovariance: {
    readonly kind: 'exchangeable' | 'inverse-wishart' | 'identity' | 'low-rank'
    /** Its mean over the tasks with rows, for up to 300 of them. */
    readonly matrix?: Matrix
    /** Positions of the tasks with rows. */
    readonly tasks: Int32Array
    /** By group: l1 and l2, equal but where ratios differ; ones of other kinds. */
    readonly commonEigenvalue: Float64Array
    readonly deviationEigenvalue: Float64Array
  }
  /** The prior of the weights of an unseen task given the fit, laid out as a task's own. */
  readonly unseen: NewTask
  /** E Om_i by group, of an inverse Wishart. */
  readonly featureCovariances?: readonly Matrix[]
  /** What 'auto' settled on. */
  readonly posterior: PosteriorKind
  readonly choice?: CovarianceChoice
  /** First ratios that were tried, and the bound after 20 steps of each; none where there was no choice. */
  readonly ratioStarts: Float64Array
  readonly startBounds: Float64Array
  /** The bound, up to a constant, by log(l1 / l2) of the first groups that share it, all else as it is; empty where it is not learnt. */
  readonly ratioProfile: { readonly logRatio: Float64Array; readonly bound: Float64Array }
  /** Lower bound of the log evidence of the scaled data at the end, its terms, and its last relative change. */
  readonly bound: number
  readonly boundTerms: Readonly<Record<string, number>>
}

/** Largest task covariance that is kept whole. */
const largestTaskMatrix = 300

export interface Fitted extends Prepared {
  readonly family: TaskFamily
  readonly state: State
  readonly kind: SparseBayesianParameters['taskCovariance']['kind']
}

export type Findings = Pick<SparseBayesianParameters, 'posterior' | 'choice' | 'ratioStarts' | 'startBounds'>

export function parametersOf(fitted: Fitted, findings: Findings): SparseBayesianParameters {
  const { problem, preparation, family, state, positions, tasks, kind } = fitted
  const { layout } = family
  const scratch = posteriorScratch(problem, family, state)
  const unseen = newTask(problem, preparation, family, state, scratch, kind)
  const features = fitted.features.length
  const taskWeights = matrix(tasks, problem.width)
  const taskCovariances = matrix(tasks, layout.size)
  const centres = matrix(tasks, features)
  const intercepts = new Float64Array(tasks).fill(unseen.intercept)
  const labels = new Float64Array(tasks)
  const noiseVariance = new Float64Array(tasks).fill(unseen.noiseVariance)
  // A task without rows is as one that was not there.
  for (let t = 0; t < tasks; t++) {
    row(taskWeights, t).set(unseen.mean)
    row(taskCovariances, t).set(unseen.covariance)
    row(centres, t).set(unseen.centre)
  }
  const noise = noiseVariances(problem, state)
  positions.forEach((t, k) => {
    row(taskWeights, t).set(row(state.means, k))
    row(taskCovariances, t).set(scratch.covariances.subarray(k * layout.size, (k + 1) * layout.size))
    const own = row(preparation.inputMeans, k)
    row(centres, t).set(own)
    intercepts[t] = preparation.targetMeans[k]
    labels[t] = problem.tasks[k].weights.reduce((sum, weight) => sum + weight, 0)
    noiseVariance[t] = noise[k]
  })
  return {
    taskWeights,
    taskCovariances,
    blocks: layout.blocks,
    constant: problem.width > features,
    freeIntercepts: preparation.free,
    intercepts,
    labels,
    centres,
    noiseVariance,
    groups: groupsOf(fitted, scratch),
    taskCovariance: {
      kind,
      ...(positions.length <= largestTaskMatrix && { matrix: taskMatrix(fitted) }),
      tasks: Int32Array.from(positions),
      commonEigenvalue: state.factors.commonEigenvalue,
      deviationEigenvalue: state.factors.deviationEigenvalue,
    },
    unseen,
    ...(state.featurePosteriors && {
      featureCovariances: meanFeatureCovariances(state.featurePosteriors),
    }),
    ...findings,
    ratioProfile: family.profile?.(state.before, scratch, state) ?? noProfile(),
    bound: state.bound,
    boundTerms: state.terms,
  }
}

function noProfile(): SparseBayesianParameters['ratioProfile'] {
  return { logRatio: new Float64Array(0), bound: new Float64Array(0) }
}

/** The scratch as the last sweep left it: its weights' update again, which rests on the factors before. */
function posteriorScratch(problem: Problem, family: TaskFamily, { before, means }: State): Scratch {
  const scratch = createScratch(problem, family.layout)
  updateCurvatureInPlace(problem, family.layout, before, scratch)
  family.updateWeightsInPlace(before, scratch)
  // Of the factorised forms only the covariances do not depend on where the means began.
  scratch.means.set(means.data)
  return scratch
}

/** Mean of the noise variance, b / (a - 1). */
function noiseVariances({ kind }: Problem, { noise, factors }: State): Float64Array {
  if (kind === 'binary') return new Float64Array(noise.shape.length)
  return noise.shape.map((a, t) => (a > 1 ? noise.rate[t] / (a - 1) : 1 / factors.noisePrecision[t]))
}

function groupsOf({ problem, family, state, features }: Fitted, scratch: Scratch): FeatureGroup[] {
  const { tasks, width, groups, priors } = problem
  const position = new Map<number, number>()
  family.layout.blocks.forEach((block, b) =>
    block.forEach((column, p) => position.set(column, family.layout.starts[b] + p * block.length + p)),
  )
  return groups.blocks.map((block, i) => {
    const count = tasks.length * block.length
    let squares = 0
    let error = 0
    for (let t = 0; t < tasks.length; t++)
      for (const j of block) {
        const weight = state.means.data[t * width + j]
        squares += weight * weight
        error += weight * weight * scratch.covariances[t * family.layout.size + (position.get(j) ?? 0)]
      }
    const relevance = Math.sqrt(squares / count)
    const { precisions } = state
    const prior = state.priors[i]
    return {
      features: Array.from(block, (j) => features[j] ?? '(constant)'),
      prior: prior ? Float64Array.of(prior.order, prior.chi, prior.phi) : new Float64Array(0),
      posterior: priors[i]
        ? Float64Array.of(precisions.order[i], precisions.chi[i], precisions.phi[i])
        : new Float64Array(0),
      relevance,
      relevanceError: relevance > 0 ? Math.sqrt(error) / (count * relevance) : 0,
      pruned: precisions.mean[i] >= 1e12,
    }
  })
}

/** Sig over the fitted tasks: its mean, or what the first group's eigenvalues say. */
function taskMatrix({ state, positions, kind }: Fitted): Matrix {
  const count = positions.length
  const result = matrix(count, count)
  const { taskPosterior, factors } = state
  if (taskPosterior) {
    const { degrees, scale } = taskPosterior
    scale.data.forEach((value, at) => (result.data[at] = value / (degrees - count - 1)))
    return result
  }
  if (kind === 'low-rank' && factors.loadings) return lowRankMatrix(factors.loadings.taskMeans)
  const [common, deviation] = [factors.commonEigenvalue[0], factors.deviationEigenvalue[0]]
  for (let s = 0; s < count; s++)
    for (let t = 0; t < count; t++)
      result.data[s * count + t] = (common - deviation) / count + (s === t ? deviation : 0)
  return result
}

/** V V' + I. */
function lowRankMatrix({ rows, columns, data }: Matrix): Matrix {
  const result = matrix(rows, rows)
  for (let s = 0; s < rows; s++)
    for (let t = 0; t < rows; t++) {
      let sum = s === t ? 1 : 0
      for (let k = 0; k < columns; k++) sum += data[s * columns + k] * data[t * columns + k]
      result.data[s * rows + t] = sum
    }
  return result
}
