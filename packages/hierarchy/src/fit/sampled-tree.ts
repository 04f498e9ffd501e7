import { sampleNormal, type RandomGenerator } from '@mtl/core'
import { squaredDistances } from '../messages/distances.ts'
import { greedyTree } from '../tree/greedy-tree.ts'
import { neighbourTree } from '../tree/neighbour-tree.ts'
import type { TaskTree } from '../tree/task-tree.ts'
import { climb, type FitState, type Place } from './em.ts'
import type { FitProblem } from './fit-problem.ts'
import { exactLimit } from './proposals.ts'
import { toEnd, type Ended } from './run.ts'

/** Least wait for a merge of sampled weights, as a share of its mean. */
const minGap = 1e-3
/** EM for the rest on a fixed tree: enough, since it begins at the star's values. */
const steps = 12

/** A tree of weights that are drawn from the star's posterior, and the diffusion, noise and tips that it makes most probable. */
export function fitSampledTree(
  fit: FitProblem,
  star: Place,
  names: readonly string[],
  random: RandomGenerator,
): Ended<FitState> {
  const tree = sampledTree(fit, star, names, random)
  return toEnd(
    climb(fit, { ...star, tree }, { tree: false, tip: fit.settings.tipLength === 'learn', maxSteps: steps }),
  )
}

/** Greedy tree of one draw of each task's weights; a stream for each task, so that the order of tasks does not matter. */
function sampledTree(
  { problem, inference, settings: { neighbours } }: FitProblem,
  star: Place,
  names: readonly string[],
  random: RandomGenerator,
): TaskTree {
  const { size, tasks } = problem
  inference.at(star.diffusion, star.noise)
  inference.posterior(star.tree, star.leaves)
  const { means, covariances } = inference.pass
  const draws = new Float64Array(tasks * size)
  const deviations = new Float64Array(size)
  for (let k = 0; k < tasks; k++) {
    const stream = random.fork(names[k])
    const root = squareRoot(covariances.subarray(k * size * size, (k + 1) * size * size), size)
    for (let d = 0; d < size; d++) deviations[d] = sampleNormal(stream)
    for (let r = 0; r < size; r++) {
      draws[k * size + r] = means[k * size + r]
      for (let s = 0; s <= r; s++) draws[k * size + r] += root[r * size + s] * deviations[s]
    }
  }
  const variances = new Float64Array(tasks).fill(star.tree.tipLength)
  const tree =
    tasks > exactLimit
      ? neighbourTree({ points: draws, variances, size }, { neighbours, minGap })
      : greedyTree({ distances: squaredDistances(draws, size), variances, size }, { rule: 'rate1', minGap })
  return { ...tree, tipLength: star.tree.tipLength }
}

/** Lower triangle L, V = L L', of a covariance that may be singular: a direction without variance has a column of zeros. */
function squareRoot(covariance: Float64Array, size: number): Float64Array {
  const lower = covariance.slice()
  for (let c = 0; c < size; c++) {
    for (let k = 0; k < c; k++)
      for (let r = c; r < size; r++) lower[r * size + c] -= lower[r * size + k] * lower[c * size + k]
    const pivot = lower[c * size + c]
    const scale = pivot > 0 ? 1 / Math.sqrt(pivot) : 0
    for (let r = c; r < size; r++) lower[r * size + c] *= scale
  }
  return lower
}
