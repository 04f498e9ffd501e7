/**
 * The variant in which the logarithms s of the weights' standard deviations diffuse down the tree, and one correlation matrix R holds for
 * all tasks. Weights are integrated out and s has Laplace's method: maximised together they would run to minus infinity. Laplace's
 * evidence is no bound, so a tree after which the objective is worse is refused, and the fit stops where it falls all the same.
 */
import { cholesky, matrix, type Iteration } from '@mtl/core'
import { metricOf } from '../messages/metric.ts'
import { isotropicRoot } from '../messages/root.ts'
import type { ScaleSettings } from '../options.ts'
import { coalescentLogDensity } from '../tree/coalescent.ts'
import { stretched, type TaskTree } from '../tree/task-tree.ts'
import { bestScale, diffusionLogPrior, unwhitened, updateDiffusion, updateTip } from './diffusion.ts'
import { firstPlace, type FitState, type Learning } from './em.ts'
import type { FitProblem } from './fit-problem.ts'
import { inference } from './inference.ts'
import { noiseLogPrior, updateNoise } from './noise.ts'
import type { Problem } from './problem.ts'
import { proposedTrees, stretches, type Candidate } from './proposals.ts'
import { scaleLikelihood, type ScaleLikelihood } from './scale-likelihood.ts'

export interface ScaleProblem extends FitProblem {
  readonly likelihood: ScaleLikelihood
}

export interface ScaleState extends FitState {
  /** R, D x D. */
  readonly correlation: Float64Array
}

type ScalePlace = Pick<ScaleState, 'tree' | 'diffusion' | 'noise' | 'leaves' | 'correlation'>

export function scaleProblem(
  problem: Problem,
  settings: ScaleSettings,
  numeric: boolean,
  counted?: Uint8Array,
): ScaleProblem {
  const likelihood = scaleLikelihood(problem, numeric)
  const root = isotropicRoot(problem.size, settings.rootVariance)
  return {
    problem,
    likelihood,
    inference: inference(likelihood, problem.tasks, root, { maxSteps: 10, tolerance: 1e-6 }),
    settings,
    prior: {
      covariance: 'diagonal',
      scale: settings.diffusionScale,
      degrees: problem.size + 1,
      shape: settings.diffusionShape,
    },
    numeric,
    ...(counted && { counted }),
  }
}

export function firstScalePlace(fit: ScaleProblem, tree: TaskTree): ScalePlace {
  const { size } = fit.problem
  const correlation = new Float64Array(size * size)
  for (let d = 0; d < size; d++) correlation[d * (size + 1)] = 1
  return { ...firstPlace(fit, tree), correlation }
}

export interface ScaleClimb extends Iteration<ScaleState, ScaleState> {
  /** The best of the trees proposed from a state's posterior. */
  firstTree(state: ScaleState): ScalePlace & { readonly accepted: readonly string[] }
}

/** EM from a place. */
export function scaleClimb(
  fit: ScaleProblem,
  from: ScalePlace & { readonly accepted?: readonly string[] },
  learning: Learning,
): ScaleClimb {
  const { problem, inference, likelihood, settings, prior, numeric, counted } = fit
  const { size, tasks } = problem
  const { pass } = inference
  let held: ScaleState | undefined

  const priors = ({ tree, diffusion, noise, correlation }: ScalePlace): number =>
    (learning.tree ? coalescentLogDensity(tree) : 0) +
    diffusionLogPrior(diffusion, size, prior) +
    correlationLogPrior(correlation, size) +
    (numeric ? noiseLogPrior(noise, settings) : 0)

  const expect = ({ tree, diffusion, noise, leaves, correlation }: ScalePlace): number => {
    likelihood.correlate(correlation)
    inference.at(diffusion, noise)
    return inference.posterior(tree, leaves)
  }
  const arrive = (place: ScalePlace, accepted: readonly string[], before?: ScaleState): ScaleState => {
    const logEvidence = expect(place)
    const objective = -(logEvidence + priors(place))
    const isStill =
      before !== undefined &&
      Math.abs(objective - before.objective) < settings.tolerance * (1 + Math.abs(objective))
    held = { ...place, accepted, logEvidence, objective, still: isStill ? before.still + 1 : 0 }
    return held
  }
  const settle = (state: ScaleState): void => {
    if (held !== state) expect(state)
    held = state
  }

  function maximise(state: ScaleState): ScalePlace {
    const metric = metricOf(state.diffusion, size)
    const scatter = unwhitened(pass.scatter(counted), metric)
    const diffusion = updateDiffusion(scatter, size, prior)
    const leaves = inference.leafMeans()
    const { weights, covariances } = likelihood
    const correlation = updatedCorrelation(state, leaves)
    const noise = numeric ? updateNoise(problem, weights, covariances, settings) : state.noise
    const { tree } = state
    const tipLength =
      learning.tip && tree.tipLength > 0
        ? updateTip(tree.tipLength, scatter, metricOf(diffusion, size))
        : tree.tipLength
    return { tree: { ...tree, tipLength }, diffusion, noise, leaves, correlation }
  }

  /** Towards the correlation of the scaled weights, as far as the objective does not fall. */
  function updatedCorrelation({ correlation, noise }: ScaleState, leaves: Float64Array): Float64Array {
    const value = (r: Float64Array): number => {
      likelihood.correlate(r)
      return likelihood.value(leaves, noise) + correlationLogPrior(r, size)
    }
    const before = value(correlation)
    const target = scaledCorrelation(likelihood, leaves, tasks, size)
    for (let share = 1; share > 1e-3; share *= 0.5) {
      const tried = correlation.map((r, at) =>
        at % (size + 1) === 0 ? 1 : (1 - share) * r + share * target[at],
      )
      if (value(tried) >= before) return tried
    }
    return correlation
  }

  const proposed = (tree: TaskTree, from: Float64Array, to: Float64Array): readonly Candidate[] =>
    proposedTrees(settings.proposals, {
      tree,
      pass,
      factors: inference.factors,
      from: metricOf(from, size),
      to: metricOf(to, size),
      minGap: settings.minGap,
      neighbours: settings.neighbours,
    })
  /** By the last expansion, which is held fixed. */
  const best = (candidates: readonly Candidate[], { diffusion, noise }: ScalePlace): Candidate => {
    inference.at(diffusion, noise)
    const values = candidates.map(({ tree }) => inference.heldEvidence(tree) + coalescentLogDensity(tree))
    return candidates[values.indexOf(Math.max(...values))]
  }

  return {
    init: () => arrive(from, from.accepted ?? []),
    firstTree(state) {
      settle(state)
      const leaves = inference.leafMeans()
      const { name, tree } = best(proposed(state.tree, state.diffusion, state.diffusion), state)
      return { ...state, tree, leaves, accepted: [name] }
    },
    step(state) {
      settle(state)
      const place = maximise(state)
      if (!learning.tree) return orStopped(arrive(place, state.accepted, state), state)
      const { tree, diffusion } = place
      const candidates = [
        { name: 'keep', tree },
        ...proposed(tree, state.diffusion, diffusion),
        ...stretches(tree),
      ]
      const chosen = best(candidates, place)
      const factor = bestScale(chosen.tree, diffusion, size, prior)
      const scaled = { ...stretched(chosen.tree, factor), tipLength: factor * chosen.tree.tipLength }
      const moved = { ...place, tree: scaled, diffusion: diffusion.map((value) => value / factor) }
      let next = arrive(moved, [...state.accepted, chosen.name], state)
      if (next.objective > state.objective && chosen.name !== 'keep')
        next = arrive(place, [...state.accepted, 'refused'], state)
      return orStopped(next, state)
    },
    objective: ({ objective }) => objective,
    finish: (state) => state,
    done: ({ still }) => still >= 2,
    maxSteps: learning.maxSteps,
    tolerance: 0,
  }

  /** The state before where the objective rose. */
  function orStopped(next: ScaleState, before: ScaleState): ScaleState {
    const isWorse = next.objective > before.objective + settings.tolerance * (1 + Math.abs(before.objective))
    if (!isWorse || !learning.tree) return next
    return { ...before, accepted: [...before.accepted, 'stopped'], still: 2 }
  }
}

/** Correlation of e^-s o w, with the prior's share. */
function scaledCorrelation(
  { weights, covariances }: ScaleLikelihood,
  scales: Float64Array,
  tasks: number,
  size: number,
): Float64Array {
  const block = size * size
  const power = size + 1 + size + 1
  const sum = new Float64Array(block)
  for (let d = 0; d < size; d++) sum[d * (size + 1)] = power
  for (let k = 0; k < tasks; k++)
    for (let r = 0; r < size; r++)
      for (let s = 0; s < size; s++) {
        const moment = weights[k * size + r] * weights[k * size + s] + covariances[k * block + r * size + s]
        sum[r * size + s] += moment * Math.exp(-scales[k * size + r] - scales[k * size + s])
      }
  return sum.map((value, at) => {
    const [r, s] = [Math.floor(at / size), at % size]
    return r === s ? 1 : value / Math.sqrt(sum[r * (size + 1)] * sum[s * (size + 1)])
  })
}

/** |R|^-((nu + D + 1) / 2) exp(-psi tr(R^-1) / 2), nu = D + 1, psi = nu + D + 1: shrinks to no correlation. */
function correlationLogPrior(correlation: Float64Array, size: number): number {
  const factor = cholesky(matrix(size, size, correlation))
  const inverse = factor.inverse()
  let trace = 0
  for (let d = 0; d < size; d++) trace += inverse.data[d * (size + 1)]
  const power = 2 * size + 2
  return -0.5 * power * (factor.logDeterminant + trace)
}
