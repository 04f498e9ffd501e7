/**
 * Tasks that training did not contain: their lineage joins the tree somewhere, with the coalescent's prior, and a few rows say where.
 */
import { logSumExp } from '@mtl/core'
import { inference as makeInference } from './fit/inference.ts'
import { logisticLikelihood, regressionLikelihood, type Likelihood } from './fit/likelihood.ts'
import { problemOf } from './fit/problem.ts'
import { emptyFactors, whitened } from './messages/factors.ts'
import { applyTo, shrinkage, symmetricProduct } from './messages/kernels.ts'
import { messagePass, type MessagePass } from './messages/message-pass.ts'
import { congruent, metricOf, transformed, type Metric } from './messages/metric.ts'
import { isotropicRoot, rootPosterior, whitenedRoot, type RootPrior } from './messages/root.ts'
import type { HierarchyFit } from './parameters.ts'
import { parentsOf, rootAge, tasksOf, type TaskTree } from './tree/task-tree.ts'

/** N(mean, covariance) of weights, D and D x D. */
export interface WeightBelief {
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

/** Labelled rows of the new task, the constant last. */
export interface NewRows {
  /** q x D. */
  readonly rows: Float64Array
  readonly targets: Float64Array
}

/** Where a lineage may join, and the logarithm of its prior mass. */
interface GridPoint {
  /** The branch above this node; of the root all that is older. */
  readonly node: number
  readonly age: number
  readonly logMass: number
}

interface Placement extends WeightBelief {
  readonly points: readonly GridPoint[]
  readonly weights: Float64Array
}

/** Places new tasks on a fitted tree; the passes over it are made once. */
export interface Placer {
  /** At the root: what is expected of a task of which nothing is known. */
  atRoot(): WeightBelief
  /** At a point: the prior of the new task's weights. */
  at(node: number, age: number): WeightBelief
  /** By rows, over all points, moments matched. */
  byRows(rows: NewRows): Placement
}

export function placer(fit: HierarchyFit, rootVariance: number, numeric: boolean): Placer {
  const tree: TaskTree = fit
  const size = fit.diffusion.rows
  const metric = metricOf(fit.diffusion.data, size)
  const root = whitenedRoot(isotropicRoot(size, rootVariance), metric)
  const pass = messagePass(tasksOf(tree), size)
  const { precision, shift, constant } = fit.messages
  const factors = { precision: precision.data, shift: shift.data, constant }
  pass.upward(tree, whitened(factors, metric), root)
  pass.downward()
  const noise = fit.noiseVariance.reduce((sum, value) => sum + value / fit.noiseVariance.length, 0)
  const at = (node: number, age: number): WeightBelief => attached(tree, pass, metric, root, node, age)
  return {
    at,
    atRoot: () => at(pass.means.length / size - 1, rootAge(tree)),
    byRows(given) {
      const points = attachmentGrid(tree)
      const found = points.map(({ node, age }) => conditioned(at(node, age), given, noise, numeric))
      const logs = points.map(({ logMass }, i) => logMass + found[i].logEvidence)
      const total = logSumExp(logs)
      const weights = Float64Array.from(logs, (log) => Math.exp(log - total))
      return { points, weights, ...momentsOf(found, weights) }
    },
  }
}

/** N(mean, covariance) of the weights of a leaf that hangs on the branch above a node, or above the root. */
function attached(
  tree: TaskTree,
  pass: MessagePass,
  { lower, size }: Metric,
  root: RootPrior,
  node: number,
  age: number,
): WeightBelief {
  const block = size * size
  const top = tree.ages.length - 1
  const below = age - tree.ages[node] + (node < tasksOf(tree) ? tree.tipLength : 0)
  const work = new Float64Array(block)
  const shrunk = new Float64Array(block)
  const own = pass.precision.slice(node * block, (node + 1) * block)
  shrinkage(shrunk, own, 0, size, below, work)
  const precision = new Float64Array(block)
  symmetricProduct(precision, 0, shrunk, 0, own, 0, size)
  const shift = new Float64Array(size)
  applyTo(shift, 0, shrunk, 0, pass.shift, node * size, size)
  const { mean, covariance } =
    node === top
      ? rootPosterior(precision, shift, 0, 0, root)
      : under(tree, pass, node, age, { precision, shift })
  for (let d = 0; d < size; d++) covariance[d * (size + 1)] += age + tree.tipLength
  return { mean: transformed(lower, mean, size), covariance: congruent(lower, covariance, size) }
}

/** Posterior at an age on the branch between a node, whose message came so far, and its parent. */
function under(
  tree: TaskTree,
  { size, means, covariances }: MessagePass,
  node: number,
  age: number,
  { precision, shift }: { readonly precision: Float64Array; readonly shift: Float64Array },
): WeightBelief {
  const parent = parentsOf(tree)[node]
  const length = tree.ages[parent] - age
  const block = size * size
  const b = new Float64Array(block)
  shrinkage(b, precision, 0, size, length, new Float64Array(block))
  const moved = Float64Array.from({ length: size }, (_, r) => means[parent * size + r] + length * shift[r])
  const mean = transformed(b, moved, size)
  const covariance = congruent(b, covariances.slice(parent * block, (parent + 1) * block), size)
  for (let k = 0; k < block; k++) covariance[k] += length * b[k]
  return { mean, covariance }
}

/** Points on each branch, and ages above the root. */
const perBranch = 4
const above = [0.125, 0.375, 0.75, 1.5]

/** Midpoints on the branches, tips excluded, and points above the root, by the prior mass of the coalescent around them. */
function attachmentGrid(tree: TaskTree): readonly GridPoint[] {
  const tasks = tasksOf(tree)
  const parents = parentsOf(tree)
  const hazard = hazardOf(tree)
  const points: GridPoint[] = []
  for (let node = 0; node < tree.ages.length - 1; node++) {
    const length = tree.ages[parents[node]] - tree.ages[node]
    if (length <= 0) continue
    for (let g = 0; g < perBranch; g++) {
      const age = tree.ages[node] + (length * (g + 0.5)) / perBranch
      points.push({ node, age, logMass: Math.log(length / perBranch) - hazard(age) })
    }
  }
  const top = rootAge(tree)
  const edges = [0, ...above.slice(1).map((age, i) => 0.5 * (age + above[i])), Infinity]
  above.forEach((age, i) => {
    const mass = Math.exp(-edges[i]) - Math.exp(-edges[i + 1])
    points.push({ node: 2 * tasks - 2, age: top + age, logMass: Math.log(mass) - hazard(top) })
  })
  const total = logSumExp(points.map(({ logMass }) => logMass))
  return points.map((point) => ({ ...point, logMass: point.logMass - total }))
}

/** Integral of the number of lineages from 0 to an age. */
function hazardOf(tree: TaskTree): (age: number) => number {
  const tasks = tasksOf(tree)
  const merges = tree.ages.slice(tasks).sort()
  // Before each merge, so that an age is looked up.
  const sums = new Float64Array(tasks)
  merges.forEach((age, i) => (sums[i + 1] = sums[i] + (tasks - i) * (age - (i === 0 ? 0 : merges[i - 1]))))
  return (age) => {
    let [low, high] = [0, merges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (merges[middle] < age) low = middle + 1
      else high = middle
    }
    return sums[low] + (tasks - low) * (age - (low === 0 ? 0 : merges[low - 1]))
  }
}

interface Conditioned extends WeightBelief {
  readonly logEvidence: number
}

/** The belief given rows: a tree of one leaf, whose root's prior it is. */
function conditioned(
  belief: WeightBelief,
  { rows, targets }: NewRows,
  noise: number,
  numeric: boolean,
): Conditioned {
  if (targets.length === 0) return { ...belief, logEvidence: 0 }
  const size = belief.mean.length
  const starts = Int32Array.of(0, targets.length)
  const problem = problemOf({ size, rows, starts, targets, weights: targets.map(() => 1) })
  const likelihood: Likelihood = numeric ? regressionLikelihood(problem) : logisticLikelihood(problem)
  const { lower } = metricOf(belief.covariance, size)
  const prior = { mean: belief.mean, factor: lower }
  if (!numeric) return laplaceOf(likelihood, prior, belief)
  const factors = emptyFactors(1, size)
  likelihood.expand(belief.mean, Float64Array.of(noise), factors)
  const { logEvidence, ...posterior } = rootPosterior(factors.precision, factors.shift, 0, 0, prior)
  return { ...posterior, logEvidence: logEvidence + factors.constant[0] }
}

/** Newton's method in the coordinates in which the prior is N(0, I): the tree of a single leaf. */
function laplaceOf(likelihood: Likelihood, prior: RootPrior, { mean }: WeightBelief): Conditioned {
  const size = mean.length
  const single = { children: new Int32Array(0), ages: new Float64Array(1), tipLength: 0 }
  const own = makeInference(likelihood, 1, prior)
  const unit = new Float64Array(size * size)
  for (let d = 0; d < size; d++) unit[d * (size + 1)] = 1
  own.at(unit, new Float64Array(1))
  const logEvidence = own.posterior(single, mean)
  return {
    logEvidence,
    mean: own.pass.means.slice(0, size),
    covariance: own.pass.covariances.slice(0, size * size),
  }
}

/** Mean and covariance of a mixture. */
function momentsOf(parts: readonly WeightBelief[], weights: ArrayLike<number>): WeightBelief {
  const size = parts[0].mean.length
  const mean = new Float64Array(size)
  const covariance = new Float64Array(size * size)
  parts.forEach((part, i) => part.mean.forEach((value, d) => (mean[d] += weights[i] * value)))
  parts.forEach((part, i) => {
    for (let r = 0; r < size; r++)
      for (let s = 0; s < size; s++)
        covariance[r * size + s] +=
          weights[i] * (part.covariance[r * size + s] + (part.mean[r] - mean[r]) * (part.mean[s] - mean[s]))
  })
  return { mean, covariance }
}
