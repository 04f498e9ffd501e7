/**
 * EM for the diffusion, the noise and the tip length, all weights integrated out; where the tree is learnt each step also takes the best
 * of some candidates by the exact objective, and moves along the ridge of ages and diffusion. For regression no step lowers
 *
 *   J = log p(Y | tree, Lambda, rho2) + log p(tree) + log p(Lambda) + log p(rho2)
 */
import type { Iteration } from '@mtl/core'
import { congruent, metricOf } from '../messages/metric.ts'
import { coalescentLogDensity } from '../tree/coalescent.ts'
import { rootAge, stretched, type TaskTree } from '../tree/task-tree.ts'
import {
  bestScale,
  diffusionLogPrior,
  unwhitened,
  updateDiffusion,
  updateTip,
  type DiffusionPrior,
} from './diffusion.ts'
import type { FitProblem } from './fit-problem.ts'
import { noiseLogPrior, updateNoise } from './noise.ts'
import { proposedTrees, stretches, type Candidate } from './proposals.ts'

/** All that later steps need. */
export interface FitState {
  readonly tree: TaskTree
  /** Lambda, D x D. */
  readonly diffusion: Float64Array
  /** rho2 of each task. */
  readonly noise: Float64Array
  /** Where Laplace's method begins to look for this state's posterior; K times D. */
  readonly leaves: Float64Array
  /** -J, and its terms. */
  readonly objective: number
  readonly logEvidence: number
  /** Names of the candidates taken. */
  readonly accepted: readonly string[]
  /** Steps in a row that hardly changed the objective. */
  readonly still: number
}

/** What a fit is to learn. */
export interface Learning {
  readonly tree: boolean
  readonly tip: boolean
  readonly maxSteps: number
}

/** Where a fit begins. */
export type Place = Pick<FitState, 'tree' | 'diffusion' | 'noise' | 'leaves'> & {
  readonly accepted?: readonly string[]
}

/** Weights 0, and the first values of the options. */
export function firstPlace({ problem, settings }: FitProblem, tree: TaskTree): Place {
  const { size, tasks } = problem
  const diffusion = new Float64Array(size * size)
  for (let d = 0; d < size; d++) diffusion[d * (size + 1)] = settings.diffusionStart
  const noise = new Float64Array(tasks).fill(settings.noiseStart)
  return { tree, diffusion, noise, leaves: new Float64Array(tasks * size) }
}

export interface Climb extends Iteration<FitState, FitState> {
  /** The best of the trees proposed from a state's posterior, which stays behind even where it is better. */
  firstTree(state: FitState): Place
  /** Leaves the posterior of a state in the pass of the problem. */
  settle(state: FitState): void
}

/**
 * On a star only age and tip together count: both grow by the factor by which the diffusion shrinks to where its prior is most probable,
 * and the age stays, so that the tip takes it all. The evidence does not change; without it EM crawls along this ridge.
 */
function alongTips(place: Place, size: number, prior: DiffusionPrior): Place {
  const { tree, diffusion } = place
  const age = rootAge(tree)
  const isStar = tree.ages.every((value, node) => value === (node < (tree.ages.length + 1) / 2 ? 0 : age))
  if (!isStar || tree.tipLength === 0 || tree.ages.length === 1) return place
  const length = age + tree.tipLength
  const tipLength = Math.max(
    0,
    length * bestScale({ ...tree, ages: tree.ages.map(() => 0) }, diffusion, size, prior) - age,
  )
  const factor = (age + tipLength) / length
  return { ...place, tree: { ...tree, tipLength }, diffusion: diffusion.map((value) => value / factor) }
}

/** EM from a place. */
export function climb(fit: FitProblem, from: Place, learning: Learning): Climb {
  const { problem, inference, settings, prior, numeric, counted } = fit
  const { size } = problem
  const { pass } = inference
  const sizeOfLeaves = problem.tasks * size
  let held: FitState | undefined

  const logPriors = (tree: TaskTree, diffusion: Float64Array, noise: Float64Array): number =>
    (learning.tree ? coalescentLogDensity(tree) : 0) +
    diffusionLogPrior(diffusion, size, prior) +
    (numeric ? noiseLogPrior(noise, settings) : 0)

  /** The E-step at a new place, which stays in the pass for the next step. */
  const arrive = (place: Place, before?: FitState): FitState => {
    inference.at(place.diffusion, place.noise)
    const logEvidence = inference.posterior(place.tree, place.leaves)
    const objective = -(logEvidence + logPriors(place.tree, place.diffusion, place.noise))
    const isStill =
      before !== undefined &&
      Math.abs(objective - before.objective) < settings.tolerance * (1 + Math.abs(objective))
    const still = isStill ? before.still + 1 : 0
    held = { accepted: [], ...place, objective, logEvidence, still }
    return held
  }
  const settle = (state: FitState): void => {
    if (held === state) return
    inference.at(state.diffusion, state.noise)
    inference.posterior(state.tree, state.leaves)
    held = state
  }

  /** Lambda, rho2 and then tau, all from one posterior. */
  function maximise(state: FitState): Place {
    const metric = metricOf(state.diffusion, size)
    const scatter = unwhitened(pass.scatter(counted), metric)
    const diffusion = updateDiffusion(scatter, size, prior)
    const leaves = inference.leafMeans()
    const noise = numeric
      ? updateNoise(
          problem,
          leaves,
          congruent(metric.lower, pass.covariances.subarray(0, sizeOfLeaves * size), size),
          settings,
        )
      : state.noise
    const { tree } = state
    const tipLength =
      learning.tip && tree.tipLength > 0
        ? updateTip(tree.tipLength, scatter, metricOf(diffusion, size))
        : tree.tipLength
    return { tree: { ...tree, tipLength }, diffusion, noise, leaves, accepted: state.accepted }
  }

  const proposed = (state: FitState, tree: TaskTree, diffusion: Float64Array): readonly Candidate[] =>
    proposedTrees(settings.proposals, {
      tree,
      pass,
      factors: inference.factors,
      from: metricOf(state.diffusion, size),
      to: metricOf(diffusion, size),
      minGap: settings.minGap,
      neighbours: settings.neighbours,
    })

  /** The first of the greatest J. */
  function best(candidates: readonly Candidate[], { diffusion, noise, leaves }: Place): Candidate {
    inference.at(diffusion, noise)
    const values = candidates.map(({ tree }) => inference.evidence(tree, leaves) + coalescentLogDensity(tree))
    return candidates[values.indexOf(Math.max(...values))]
  }

  return {
    firstTree(state) {
      settle(state)
      const leaves = inference.leafMeans()
      const candidates = proposed(state, state.tree, state.diffusion)
      const { name, tree } = best(candidates, { ...state, leaves })
      return { ...state, tree, leaves, accepted: [name] }
    },
    settle,
    init: () => arrive(from),
    step(state) {
      settle(state)
      const place = maximise(state)
      if (!learning.tree) return arrive(learning.tip ? alongTips(place, size, prior) : place, state)
      const { tree, diffusion } = place
      const candidates = [{ name: 'keep', tree }, ...proposed(state, tree, diffusion), ...stretches(tree)]
      const chosen = best(candidates, place)
      const factor = bestScale(chosen.tree, diffusion, size, prior)
      const scaled = { ...stretched(chosen.tree, factor), tipLength: factor * chosen.tree.tipLength }
      const accepted = [...state.accepted, chosen.name]
      return arrive(
        { ...place, tree: scaled, diffusion: diffusion.map((value) => value / factor), accepted },
        state,
      )
    },
    objective: ({ objective }) => objective,
    finish: (state) => state,
    done: ({ still }) => still >= 2,
    maxSteps: learning.maxSteps,
    monotone: numeric,
    report: ({ tree, logEvidence }) => ({
      logEvidence,
      logPriorOfTree: coalescentLogDensity(tree),
      rootAge: rootAge(tree),
      tipLength: tree.tipLength,
    }),
  }
}
