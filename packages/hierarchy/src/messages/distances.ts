import { choleskyInPlace } from '@mtl/core'
import { leavesBelow, tasksOf, type TaskTree } from '../tree/task-tree.ts'
import type { Factors } from './factors.ts'
import { applyTo, innerProduct, invertLowerInPlace, product } from './kernels.ts'
import type { MessagePass } from './message-pass.ts'
import { congruent, transformed, type Metric } from './metric.ts'

/** Squared distances of K vectors of length D that lie one after another; K x K, 0 on the diagonal. */
export function squaredDistances(points: Float64Array, size: number): Float64Array {
  const count = size === 0 ? 0 : points.length / size
  const result = new Float64Array(count * count)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      let sum = 0
      for (let d = 0; d < size; d++) {
        const difference = points[i * size + d] - points[j * size + d]
        sum += difference * difference
      }
      result[i * count + j] = result[j * count + i] = sum
    }
  return result
}

/**
 * E (w_i - w_j)' Lambda^-1 (w_i - w_j) of all leaves under the posterior of the pass's last tree, for a new Lambda: `change` is L_new^-1 L
 * of the metric in which it went. Covariances of two leaves go through their last common ancestor. K^2 D^2 / 2 multiplications, and for
 * each leaf 2 D^3 at each ancestor.
 */
export function expectedDistances(
  tree: TaskTree,
  { size, shrinkages, covariances, means }: MessagePass,
  change: Float64Array,
): Float64Array {
  const tasks = tasksOf(tree)
  const block = size * size
  const points = transformed(change, means.subarray(0, tasks * size), size)
  const result = squaredDistances(points, size)
  const own = congruent(change, covariances.subarray(0, tasks * block), size)
  const traces = Float64Array.from({ length: tasks }, (_, k) => traceAt(own, k * block, size))
  const leaves = leavesBelow(tree)
  const metric = gramOf(change, size)
  // P_i: product of the B's from leaf i upward.
  const paths = new Float64Array(tasks * block)
  for (let k = 0; k < tasks; k++) for (let r = 0; r < size; r++) paths[k * block + r * (size + 1)] = 1
  const work = new Float64Array(block)
  const side = new Float64Array(block)
  for (let i = 0; i < tasks - 1; i++) {
    const [left, right] = [tree.children[2 * i], tree.children[2 * i + 1]]
    for (const child of [left, right])
      for (const k of leaves[child]) {
        product(work, 0, paths, k * block, shrinkages, child * block, size)
        paths.set(work, k * block)
      }
    const [few, many] = leaves[left].length < leaves[right].length ? [left, right] : [right, left]
    for (const k of leaves[few]) {
      product(work, 0, paths, k * block, covariances, (tasks + i) * block, size)
      multiplyLeft(side, metric, work, size)
      for (const l of leaves[many]) {
        const shared = innerProduct(side, 0, paths, l * block, block)
        const value = Math.max(0, result[k * tasks + l] + traces[k] + traces[l] - 2 * shared)
        result[k * tasks + l] = result[l * tasks + k] = value
      }
    }
  }
  return result
}

/** C = A B of square matrices, A symmetric. */
function multiplyLeft(c: Float64Array, a: Float64Array, b: Float64Array, n: number): void {
  c.fill(0)
  for (let r = 0; r < n; r++)
    for (let k = 0; k < n; k++) {
      const value = a[r * n + k]
      for (let s = 0; s < n; s++) c[r * n + s] += value * b[k * n + s]
    }
}

/** C'C. */
function gramOf(c: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n)
  for (let k = 0; k < n; k++)
    for (let r = 0; r < n; r++) {
      const value = c[k * n + r]
      for (let s = 0; s < n; s++) result[r * n + s] += value * c[k * n + s]
    }
  return result
}

function traceAt(a: Float64Array, at: number, n: number): number {
  let sum = 0
  for (let r = 0; r < n; r++) sum += a[at + r * (n + 1)]
  return sum
}

/** L_new^-1 L of two metrics. */
export function changeOf(from: Metric, to: Metric): Float64Array {
  const { size } = from
  const result = new Float64Array(size * size)
  for (let r = 0; r < size; r++)
    for (let k = 0; k <= r; k++) {
      const value = to.inverse[r * size + k]
      for (let s = 0; s <= k; s++) result[r * size + s] += value * from.lower[k * size + s]
    }
  return result
}

/** What the data alone say of each task: a mean and a variance in units of the diffusion. */
export interface Beliefs {
  /** K times D, whitened. */
  readonly means: Float64Array
  readonly variances: Float64Array
}

/**
 * Leaf messages with a ridge of `variance` around their common centre, so that tasks of few rows stay finite: independent of any tree.
 */
export function messageBeliefs({ precision, shift }: Factors, size: number, variance: number): Beliefs {
  const block = size * size
  const tasks = shift.length / size
  const total = new Float64Array(block)
  const centre = new Float64Array(size)
  for (let at = 0; at < precision.length; at++) total[at % block] += precision[at]
  for (let at = 0; at < shift.length; at++) centre[at % size] += shift[at]
  const covariance = new Float64Array(block)
  const work = new Float64Array(block)
  const inverted = (from: Float64Array, at: number): void => {
    for (let k = 0; k < block; k++) work[k] = from[at + k] + (k % (size + 1) === 0 ? 1 / variance : 0)
    choleskyInPlace(work, size)
    invertLowerInPlace(work, size)
    covariance.fill(0)
    for (let k = 0; k < size; k++)
      for (let r = 0; r <= k; r++)
        for (let s = 0; s <= k; s++) covariance[r * size + s] += work[k * size + r] * work[k * size + s]
  }
  inverted(total, 0)
  const middle = new Float64Array(size)
  applyTo(middle, 0, covariance, 0, centre, 0, size)
  const means = new Float64Array(tasks * size)
  const variances = new Float64Array(tasks)
  const pull = new Float64Array(size)
  for (let k = 0; k < tasks; k++) {
    inverted(precision, k * block)
    for (let r = 0; r < size; r++) pull[r] = shift[k * size + r] + middle[r] / variance
    applyTo(means, k * size, covariance, 0, pull, 0, size)
    variances[k] = traceAt(covariance, 0, size) / size
  }
  return { means, variances }
}
