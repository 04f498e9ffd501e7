/**
 * Variational coordinate ascent: q(W) q(noise) q(g) q(Om) q(Sig) one after another, each at its optimum given the others, so
 * that the lower bound of the evidence never falls. A step is a sweep over all of them.
 */
import { matrix } from '@mtl/core'
import type { InverseWishart, Iteration } from '@mtl/core'
import { precisionTerm, weightTerms, withWeights } from './bound.ts'
import { expectedSquares } from './likelihood.ts'
import { expectedLogPrecision, gaussianTerm, noisePosterior, noiseTerm, touchLogistic } from './noise.ts'
import type { NoiseModel } from './noise.ts'
import { firstPrecisions, traces, updateFeatureCovariances, updatePrecisions } from './precisions.ts'
import { learntPriors } from './learn-scale.ts'
import type { LearnScale } from './learn-scale.ts'
import type { PrecisionLaw } from './priors.ts'
import type { Layout, Problem } from './problem.ts'
import type { Factors, NoisePosterior, Precisions, Scratch, State } from './types.ts'
import { createScratch, updateCurvatureInPlace } from './weights.ts'

/** What the form of the task covariance has of its own. */
export interface TaskFamily {
  readonly layout: Layout
  /** Rows of weights that share a group's precision: P, of the low-rank form those of Z too. */
  readonly rows: number
  /** Factors of its own before the first sweep. */
  readonly start: Partial<Factors>
  /** Step (1), into the scratch. */
  updateWeightsInPlace(factors: Factors, scratch: Scratch): void
  /** Steps (3) and (4a): factors that follow the weights. */
  follow(factors: Factors, scratch: Scratch, context: FollowContext): Partial<Factors>
  /** The bound by the logarithm of a ratio that is learnt, about where it stands. */
  profile?(factors: Factors, scratch: Scratch, context: FollowContext): RatioProfile | undefined
  /** Q_i of each group, laid out as the groups. */
  quadratics(factors: Factors, scratch: Scratch): Float64Array
  /** Step (6): factors that follow the precisions, with the posterior that the state keeps. */
  followPrecisions?(factors: Factors, scratch: Scratch): TaskUpdate
  /** Terms of the bound beside the common ones: what belongs to 'weights' and others by name. */
  terms(factors: Factors, scratch: Scratch, task?: InverseWishart): Readonly<Record<string, number>>
}

export interface FollowContext {
  readonly priors: readonly (PrecisionLaw | undefined)[]
  readonly precisions: Precisions
}

/** F(u) at u = log(l1 / l2), up to a constant. */
export interface RatioProfile {
  readonly logRatio: Float64Array
  readonly bound: Float64Array
}

export interface TaskUpdate {
  readonly factors: Partial<Factors>
  readonly posterior: InverseWishart
}

export interface AscentOptions {
  readonly noise: NoiseModel
  readonly featureCovariance: 'identity' | 'inverse-wishart'
  readonly learnScale: LearnScale
  readonly maxSteps: number
  readonly tolerance: number
}

/** The state before the first sweep. */
export function firstState(problem: Problem, family: TaskFamily, options: AscentOptions): State {
  const { tasks, width, groups, kind, rowStarts, priors } = problem
  const precision = firstNoisePrecision(problem, options)
  const count = groups.blocks.length
  const factors: Factors = {
    noisePrecision: new Float64Array(tasks.length).fill(precision),
    angles: new Float64Array(kind === 'binary' ? rowStarts[tasks.length] : 0).fill(1),
    precision: new Float64Array(count).fill(1),
    featurePrecision: identities(groups),
    commonEigenvalue: new Float64Array(count).fill(1),
    deviationEigenvalue: new Float64Array(count).fill(1),
    ...family.start,
  }
  return {
    means: matrix(tasks.length, width),
    before: factors,
    factors,
    priors,
    precisions: firstPrecisions(count),
    noise: {
      shape: new Float64Array(tasks.length).fill(1),
      rate: new Float64Array(tasks.length).fill(1 / precision),
    },
    bound: -Infinity,
    terms: {},
  }
}

/** One over the targets' mean square, unless it is given; 1 of classes. */
export function firstNoisePrecision(problem: Problem, { noise }: AscentOptions): number {
  return problem.kind === 'binary' ? 1 : (noise.fixed ?? 1 / (meanSquare(problem) || 1))
}

/** Mean square of the prepared targets over all rows. */
function meanSquare({ tasks }: Problem): number {
  let [sum, weight] = [0, 0]
  for (const { targets, weights } of tasks)
    for (let i = 0; i < targets.length; i++) {
      sum += weights[i] * targets[i] ** 2
      weight += weights[i]
    }
  return weight > 0 ? sum / weight : 0
}

function identities({ blocks, starts, size }: Layout): Float64Array {
  const result = new Float64Array(size)
  blocks.forEach(({ length }, i) => {
    for (let p = 0; p < length; p++) result[starts[i] + p * length + p] = 1
  })
  return result
}

/** @param start where to begin: `firstState`, or the end of another run */
export function ascent(
  problem: Problem,
  family: TaskFamily,
  options: AscentOptions,
  start: State,
): Iteration<State, State> {
  const scratch = createScratch(problem, family.layout)
  return {
    init: () => start,
    step: (state) => sweep(problem, family, options, scratch, state),
    objective: ({ bound }) => -bound,
    finish: (state) => state,
    maxSteps: options.maxSteps,
    tolerance: options.tolerance,
    monotone: true,
    report: ({ factors, before }) => ({
      'noise variance': 1 / factors.noisePrecision[0],
      'ratio of deviations to what is common': factors.deviationEigenvalue[0] / factors.commonEigenvalue[0],
      'largest change of a precision': largestChange(factors.precision, before.precision),
    }),
  }
}

function largestChange(now: Float64Array, before: Float64Array): number {
  return now.reduce((most, value, i) => Math.max(most, Math.abs(Math.log(value / before[i]))), 0)
}

/** Steps (0) to (8). */
function sweep(
  problem: Problem,
  family: TaskFamily,
  options: AscentOptions,
  scratch: Scratch,
  state: State,
): State {
  const { groups, tasks, width } = problem
  const before = state.factors
  scratch.means.set(state.means.data)
  updateCurvatureInPlace(problem, family.layout, before, scratch)
  family.updateWeightsInPlace(before, scratch)

  const { likelihood, noise, ...rows } = followRows(problem, family.layout, options, scratch, state)
  let factors: Factors = { ...before, ...rows }
  factors = { ...factors, ...family.follow(factors, scratch, state) }

  const quadratics = family.quadratics(factors, scratch)
  const precisions = updatePrecisions(
    state.precisions,
    state.priors,
    groups,
    family.rows,
    traces(groups, factors.featurePrecision, quadratics),
  )
  factors = { ...factors, precision: precisions.mean }
  const featureLaws =
    options.featureCovariance === 'identity'
      ? undefined
      : updateFeatureCovariances(groups, family.rows, precisions.mean, quadratics)
  if (featureLaws) factors = { ...factors, featurePrecision: featurePrecisionOf(groups, featureLaws) }
  const task = family.followPrecisions?.(factors, scratch)
  if (task) factors = { ...factors, ...task.factors }
  const priors = learntPriors(options.learnScale, state.priors, precisions)

  const terms = {
    ...likelihood,
    ...withWeights(
      weightTerms(problem, family, scratch, factors, precisions, featureLaws),
      family.terms(factors, scratch, task?.posterior),
    ),
    gamma: precisionTerm(priors, precisions),
  }
  return {
    means: matrix(tasks.length, width, Float64Array.from(scratch.means)),
    before,
    factors,
    priors,
    precisions,
    noise,
    ...(task && { taskPosterior: plain(task.posterior) }),
    ...(featureLaws && { featurePosteriors: featureLaws.map(plain) }),
    bound: Object.values(terms).reduce((sum, term) => sum + term, 0),
    terms,
  }
}

function plain({ degrees, scale }: InverseWishart): Pick<InverseWishart, 'degrees' | 'scale'> {
  return { degrees, scale }
}

function featurePrecisionOf({ starts, size }: Layout, laws: readonly InverseWishart[]): Float64Array {
  const result = new Float64Array(size)
  laws.forEach(({ meanInverse }, i) => result.set(meanInverse.data, starts[i]))
  return result
}

/** What follows from the rows: the noise of numbers, the angles of classes, and their terms of the bound. */
function followRows(
  problem: Problem,
  layout: Layout,
  { noise: model }: AscentOptions,
  { means, covariances, grams }: Scratch,
  { factors, noise }: State,
): {
  readonly noisePrecision: Float64Array
  readonly angles: Float64Array
  readonly noise: NoisePosterior
  readonly likelihood: Readonly<Record<string, number>>
} {
  if (problem.kind === 'binary') {
    const { angles, term } = touchLogistic(problem, layout, means, covariances)
    return { noisePrecision: factors.noisePrecision, angles, noise, likelihood: { likelihood: term } }
  }
  const squares = expectedSquares(problem, layout, means, covariances, grams)
  const { labels, logIntercepts } = problem
  if (model.fixed !== undefined) {
    const logs = factors.noisePrecision.map(Math.log)
    const likelihood = gaussianTerm(labels, squares, factors.noisePrecision, logs) + logIntercepts
    return {
      noisePrecision: factors.noisePrecision,
      angles: factors.angles,
      noise,
      likelihood: { likelihood },
    }
  }
  const next = noisePosterior(model, labels, squares)
  const noisePrecision = next.shape.map((shape, t) => shape / next.rate[t])
  const fit = gaussianTerm(labels, squares, noisePrecision, expectedLogPrecision(next))
  return {
    noisePrecision,
    angles: factors.angles,
    noise: next,
    likelihood: { likelihood: fit + logIntercepts, noise: noiseTerm(model, next) },
  }
}
