/**
 * Gaussian messages on a tree, exact (Pearl, 1988; Daume III, 2009): in the coordinates in which the diffusion is the identity a branch
 * of length d adds N(0, d I). A message is exp(-z'Jz / 2 + h'z + c). Branches of length 0 and singular J are no special cases.
 */
import { branchLengths, parentsOf, tasksOf, type TaskTree } from '../tree/task-tree.ts'
import type { Factors } from './factors.ts'
import { applyTo, innerProduct, product, shrinkage, symmetricProduct } from './kernels.ts'
import { rootPosterior, type RootPrior } from './root.ts'

/** The last pass over a tree, in whitened coordinates; overwritten by the next. Nodes are numbered as in the tree. */
export interface MessagePass {
  /** D. */
  readonly size: number
  /** Up messages of the nodes before their branches: J and h. */
  readonly precision: Float64Array
  readonly shift: Float64Array
  /** B = (I + d J)^-1 of each branch. */
  readonly shrinkages: Float64Array
  /** Posterior of each node. */
  readonly means: Float64Array
  readonly covariances: Float64Array
  /** From the leaves to the root; returns the log evidence. K D^3 multiplications. */
  upward(tree: TaskTree, leaves: Factors, root: RootPrior): number
  /** From the root to the leaves of the tree that went upward last: means and covariances. */
  downward(): void
  /** E[(u_c - u_p)(u_c - u_p)'] / d, summed over branches; of the tree that went downward last. */
  scatter(counted?: Uint8Array): Scatter
}

export interface Scatter {
  /** D x D, over branches. */
  readonly sum: Float64Array
  readonly branches: number
  /** The part of the tips, D x D. */
  readonly tipSum: Float64Array
  readonly tips: number
}

/** Memory for trees of K leaves; 6 K D^2 numbers. */
export function messagePass(tasks: number, size: number): MessagePass {
  const nodes = 2 * tasks - 1
  const block = size * size
  const precision = new Float64Array(nodes * block)
  const shift = new Float64Array(nodes * size)
  const shrinkages = new Float64Array(nodes * block)
  // B J, what a node tells its parent.
  const passed = new Float64Array(nodes * block)
  const means = new Float64Array(nodes * size)
  const covariances = new Float64Array(nodes * block)
  const work = new Float64Array(block)
  const other = new Float64Array(block)
  const vector = new Float64Array(size)
  let current: Passed | undefined

  function sendUp(node: number, parent: number, length: number): number {
    const [from, to] = [node * block, parent * block]
    if (length === 0) {
      for (let k = 0; k < block; k++) {
        shrinkages[from + k] = k % (size + 1) === 0 ? 1 : 0
        passed[from + k] = precision[from + k]
        precision[to + k] += precision[from + k]
      }
      for (let r = 0; r < size; r++) shift[parent * size + r] += shift[node * size + r]
      return 0
    }
    const logDeterminant = shrinkage(shrinkages, precision, from, size, length, work)
    symmetricProduct(passed, from, shrinkages, from, precision, from, size)
    applyTo(vector, 0, shrinkages, from, shift, node * size, size)
    for (let k = 0; k < block; k++) precision[to + k] += passed[from + k]
    for (let r = 0; r < size; r++) shift[parent * size + r] += vector[r]
    return 0.5 * (length * innerProduct(shift, node * size, vector, 0, size) - logDeterminant)
  }

  function sendDown(node: number, parent: number, length: number): void {
    const [at, above] = [node * block, parent * block]
    for (let r = 0; r < size; r++) vector[r] = means[parent * size + r] + length * shift[node * size + r]
    applyTo(means, node * size, shrinkages, at, vector, 0, size)
    product(work, 0, shrinkages, at, covariances, above, size)
    symmetricProduct(covariances, at, work, 0, shrinkages, at, size)
    for (let k = 0; k < block; k++) covariances[at + k] += length * shrinkages[at + k]
  }

  /** Fills `other` with B + d (B J V_p J B + g g'), g = B (h - J m_p): no differences of what is nearly alike. */
  function branchScatter(node: number, parent: number, length: number): void {
    const at = node * block
    product(work, 0, passed, at, covariances, parent * block, size)
    symmetricProduct(other, 0, work, 0, passed, at, size)
    for (let r = 0; r < size; r++)
      vector[r] =
        innerProduct(shrinkages, at + r * size, shift, node * size, size) -
        innerProduct(passed, at + r * size, means, parent * size, size)
    for (let r = 0; r < size; r++)
      for (let s = 0; s < size; s++) {
        const k = r * size + s
        other[k] = shrinkages[at + k] + length * (other[k] + vector[r] * vector[s])
      }
  }

  return {
    size,
    precision,
    shift,
    shrinkages,
    means,
    covariances,
    upward(tree, leaves, root) {
      const lengths = branchLengths(tree)
      const parents = parentsOf(tree)
      precision.fill(0)
      shift.fill(0)
      precision.set(leaves.precision)
      shift.set(leaves.shift)
      let constant = leaves.constant.reduce((sum, value) => sum + value, 0)
      // A child stands before its parent.
      for (let node = 0; node < nodes - 1; node++) constant += sendUp(node, parents[node], lengths[node])
      const top = rootPosterior(precision, shift, (nodes - 1) * block, (nodes - 1) * size, root)
      current = { tree, lengths, parents, root: top }
      return constant + top.logEvidence
    },
    downward() {
      const { lengths, parents, root } = passedOr(current)
      means.set(root.mean, (nodes - 1) * size)
      covariances.set(root.covariance, (nodes - 1) * block)
      for (let node = nodes - 2; node >= 0; node--) sendDown(node, parents[node], lengths[node])
    },
    scatter(counted) {
      const { tree, lengths, parents } = passedOr(current)
      const below = counted && countedBelow(tree, counted)
      const total = { sum: new Float64Array(block), branches: 0, tipSum: new Float64Array(block), tips: 0 }
      for (let node = 0; node < nodes - 1; node++) {
        if (lengths[node] === 0 || below?.[node] === 0) continue
        branchScatter(node, parents[node], lengths[node])
        const tip = node < tasks ? Math.min(tree.tipLength, lengths[node]) : 0
        addBranch(total, other, size, tip > 0 ? tip / lengths[node] : 1, node < tasks)
      }
      return total
    },
  }
}

interface Sums {
  readonly sum: Float64Array
  branches: number
  readonly tipSum: Float64Array
  tips: number
}

/** A leaf's branch is two where a share of it, less than all, is its tip: its scatter M then counts as M + I. */
function addBranch(total: Sums, m: Float64Array, size: number, share: number, isLeaf: boolean): void {
  const isTwo = share < 1
  for (let k = 0; k < m.length; k++) {
    const unit = k % (size + 1) === 0 ? 1 : 0
    total.sum[k] += m[k] + (isTwo ? unit : 0)
    if (isLeaf) total.tipSum[k] += share * m[k] + (1 - share) * unit
  }
  total.branches += isTwo ? 2 : 1
  if (isLeaf) total.tips++
}

interface Passed {
  readonly tree: TaskTree
  readonly lengths: Float64Array
  readonly parents: Int32Array
  readonly root: ReturnType<typeof rootPosterior>
}

function passedOr(current: Passed | undefined): Passed {
  if (current === undefined) throw new RangeError('no tree went upward yet')
  return current
}

/** 1 for each node with a counted leaf below. */
function countedBelow(tree: TaskTree, counted: Uint8Array): Uint8Array {
  const tasks = tasksOf(tree)
  const result = new Uint8Array(2 * tasks - 1)
  result.set(counted)
  tree.children.forEach((child, at) => {
    if (result[child] === 1) result[tasks + (at >> 1)] = 1
  })
  return result
}
