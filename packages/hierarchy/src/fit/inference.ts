/**
 * Posterior and evidence of all nodes for a tree, a diffusion and a noise: exact where the likelihood is quadratic, else by Laplace's
 * method, in which a Newton step is one exact pass with the expansion at the current leaves.
 */
import { emptyFactors, whitened, type Factors } from '../messages/factors.ts'
import { messagePass, type MessagePass } from '../messages/message-pass.ts'
import { metricOf, transformed, type Metric } from '../messages/metric.ts'
import { whitenedRoot, type RootPrior } from '../messages/root.ts'
import { branchLengths, parentsOf, rootAge, type TaskTree } from '../tree/task-tree.ts'
import type { Likelihood } from './likelihood.ts'

export interface LaplaceLimits {
  readonly maxSteps: number
  /** Of the largest change, relative to the largest value. */
  readonly tolerance: number
}

/** Of logistic leaves: Newton's method converges from anywhere, and quadratically. */
const newton: LaplaceLimits = { maxSteps: 50, tolerance: 1e-10 }

export interface Inference {
  readonly pass: MessagePass
  /** The last expansion, in the coordinates of weights. */
  readonly factors: Factors
  /** What holds from now on; of the root what was given first where nothing is said. @throws MtlError 'not-positive-definite' */
  at(diffusion: Float64Array, noise: Float64Array, prior?: RootPrior): Metric
  /** Log evidence of a tree; of Laplace's method begun at the leaves given, K times D. */
  evidence(tree: TaskTree, leaves: Float64Array): number
  /** Log evidence of a tree by the last expansion, which is held fixed. */
  heldEvidence(tree: TaskTree): number
  /** The same as `evidence`, with the posterior of all nodes in `pass`. */
  posterior(tree: TaskTree, leaves: Float64Array): number
  /** Posterior means of the leaves in the coordinates of weights: where the next search begins. */
  leafMeans(): Float64Array
}

export function inference(
  likelihood: Likelihood,
  tasks: number,
  prior: RootPrior,
  limits: LaplaceLimits = newton,
): Inference {
  const size = prior.mean.length
  const pass = messagePass(tasks, size)
  const factors = emptyFactors(tasks, size)
  let metric = metricOf(
    prior.factor.map((_, at) => (at % (size + 1) === 0 ? 1 : 0)),
    size,
  )
  let noise = new Float64Array(tasks)
  let leafFactors = factors
  let root = prior

  const expand = (leaves: Float64Array): number => {
    const value = likelihood.expand(leaves, noise, factors)
    leafFactors = whitened(factors, metric)
    return value
  }
  const toLeaves = (nodes: Float64Array): Float64Array =>
    transformed(metric.lower, nodes.subarray(0, tasks * size), size)
  /** log density of all nodes' values, up to a constant. */
  const joint = (tree: TaskTree, nodes: Float64Array): number =>
    likelihood.value(toLeaves(nodes), noise) - 0.5 * roughness(tree, nodes, size, prior, metric)

  /** Leaves the pass upward at the mode. */
  function searchMode(tree: TaskTree, start: Float64Array): number {
    let nodes: Float64Array | undefined
    let [value, leaves] = [0, start]
    for (let step = 0; step < limits.maxSteps; step++) {
      expand(leaves)
      pass.upward(tree, leafFactors, root)
      pass.downward()
      if (nodes === undefined) {
        nodes = clipped(pass.means, tree, likelihood, metric)
        leaves = toLeaves(nodes)
        value = joint(tree, nodes)
        continue
      }
      const [before, target] = [nodes, pass.means]
      let share = firstShare(before, target, likelihood, metric)
      for (;;) {
        const tried: Float64Array = before.map((z, at) => z + share * (target[at] - z))
        const found = joint(tree, tried)
        if (found >= value - 1e-12 * Math.abs(value) || share < 1e-6) {
          ;[nodes, value] = [tried, found]
          break
        }
        share *= 0.5
      }
      leaves = toLeaves(nodes)
      if (change(before, nodes, metric) < limits.tolerance * (1 + largest(nodes, metric))) break
    }
    expand(leaves)
    return pass.upward(tree, leafFactors, root)
  }

  const evidence = (tree: TaskTree, leaves: Float64Array): number =>
    likelihood.exact ? pass.upward(tree, leafFactors, root) : searchMode(tree, leaves)

  return {
    pass,
    factors,
    at(diffusion, variances, above = prior) {
      metric = metricOf(diffusion, size)
      root = whitenedRoot(above, metric)
      noise = Float64Array.from(variances)
      if (likelihood.exact) expand(factors.shift)
      else leafFactors = whitened(factors, metric)
      return metric
    },
    evidence,
    heldEvidence: (tree) => pass.upward(tree, leafFactors, root),
    posterior(tree, leaves) {
      const value = evidence(tree, leaves)
      pass.downward()
      return value
    },
    leafMeans: () => toLeaves(pass.means),
  }
}

/** sum |z_c - z_p|^2 / d over branches, and of the root by its prior. */
function roughness(
  tree: TaskTree,
  nodes: Float64Array,
  size: number,
  prior: RootPrior,
  metric: Metric,
): number {
  const [parents, lengths] = [parentsOf(tree), branchLengths(tree)]
  const last = lengths.length - 1
  const top = transformed(metric.lower, nodes.subarray(last * size), size)
  let sum = 0
  // The root's prior is the same in all directions.
  for (let r = 0; r < size; r++) sum += ((top[r] - prior.mean[r]) / prior.factor[0]) ** 2
  for (let node = 0; node < last; node++) {
    if (lengths[node] === 0) continue
    let square = 0
    for (let r = 0; r < size; r++) square += (nodes[node * size + r] - nodes[parents[node] * size + r]) ** 2
    sum += square / lengths[node]
  }
  return sum
}

/** A first target of limited steps is kept within +-5 of the coordinates of weights. */
function clipped(means: Float64Array, tree: TaskTree, likelihood: Likelihood, metric: Metric): Float64Array {
  if (likelihood.largestChange === Infinity || rootAge(tree) === 0) return means.slice()
  const values = transformed(metric.lower, means, metric.size)
  const within = values.map((value) => Math.min(5, Math.max(-5, value)))
  return transformed(metric.inverse, within, metric.size)
}

function firstShare(
  before: Float64Array,
  target: Float64Array,
  { largestChange }: Likelihood,
  metric: Metric,
): number {
  if (largestChange === Infinity) return 1
  const moved = change(before, target, metric)
  return moved > largestChange ? largestChange / moved : 1
}

function change(a: Float64Array, b: Float64Array, metric: Metric): number {
  return largest(
    a.map((value, at) => b[at] - value),
    metric,
  )
}

/** Largest absolute value in the coordinates of weights. */
function largest(nodes: Float64Array, { lower, size }: Metric): number {
  return transformed(lower, nodes, size).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
