/**
 * The greedy tree of rule 'rate1' for many tasks: a lineage looks for its partner among its nearest ones alone, so that no matrix of
 * distances is stored. A merge looks among those of its two sides; where all of them have merged with it, among all that are left.
 */
import { joinedVariance, leftShare, mergeVariance } from './merge.ts'
import type { TaskTree } from './task-tree.ts'

export interface Positions {
  /** K times D, whitened. */
  readonly points: Float64Array
  /** Variance of each leaf in units of the diffusion. */
  readonly variances: Float64Array
  readonly size: number
}

/** K^2 D operations for the first neighbours, then about K neighbours D; memory K (D + neighbours). */
export function neighbourTree(
  { points, variances, size }: Positions,
  { neighbours, minGap }: { readonly neighbours: number; readonly minGap: number },
): TaskTree {
  const tasks = variances.length
  const nodes = 2 * tasks - 1
  const where = new Float64Array(nodes * size)
  where.set(points)
  const spread = new Float64Array(nodes)
  spread.set(variances)
  const ages = new Float64Array(nodes)
  const children = new Int32Array(2 * (tasks - 1))
  /** The node that a merged one is part of; itself while it is active. */
  const parts = Int32Array.from({ length: nodes }, (_, node) => node)
  const lists: (Int32Array | undefined)[] = new Array<undefined>(nodes)
  const partners = new Int32Array(nodes).fill(-1)
  const active = new Set<number>()

  const top = (node: number): number => {
    let at = node
    while (parts[at] !== at) {
      parts[at] = parts[parts[at]]
      at = parts[at]
    }
    return at
  }
  const distance = (a: number, b: number): number => {
    let sum = 0
    for (let d = 0; d < size; d++) sum += (where[a * size + d] - where[b * size + d]) ** 2
    return sum
  }
  const mergeAge = (a: number, b: number): number =>
    0.5 * (mergeVariance(distance(a, b), size, 1) + ages[a] + ages[b] - spread[a] - spread[b])
  const nearest = (node: number, among: Iterable<number>): Int32Array => {
    const found = [...new Set(among)].filter((other) => other !== node)
    const far = new Map(found.map((other) => [other, distance(node, other)]))
    found.sort((a, b) => (far.get(a) as number) - (far.get(b) as number) || a - b)
    return Int32Array.from(found.slice(0, neighbours))
  }

  const queue = ageQueue()
  /** Puts a lineage in the queue with its best partner. */
  const enter = (node: number): void => {
    let list = nearest(node, Array.from(lists[node] ?? [], top))
    if (list.length === 0) list = nearest(node, active)
    lists[node] = list
    let [best, age] = [-1, Infinity]
    for (const other of list) {
      const at = mergeAge(node, other)
      if (at < age) [best, age] = [other, at]
    }
    partners[node] = best
    if (best >= 0) queue.push(age, node)
  }

  for (let k = 0; k < tasks; k++) active.add(k)
  firstNeighbours(points, tasks, size, neighbours).forEach((list, k) => {
    lists[k] = list
    enter(k)
  })
  let before = 0
  for (let node = tasks; node < nodes; node++) {
    let left = queue.pop()
    // What merged meanwhile is passed over, and who lost a partner looks for another.
    while (!active.has(left) || !active.has(partners[left])) {
      if (active.has(left)) enter(left)
      left = queue.pop()
    }
    const right = partners[left]
    const pairs = (active.size * (active.size - 1)) / 2
    const age = Math.max(mergeAge(left, right), before + minGap / pairs)
    const [l, r] = [left, right].map((side) => spread[side] + age - ages[side])
    const share = leftShare(l, r)
    for (let d = 0; d < size; d++)
      where[node * size + d] = share * where[left * size + d] + (1 - share) * where[right * size + d]
    spread[node] = joinedVariance(l, r)
    ages[node] = before = age
    children.set([Math.min(left, right), Math.max(left, right)], 2 * (node - tasks))
    active.delete(left)
    active.delete(right)
    parts[left] = parts[right] = node
    active.add(node)
    lists[node] = Int32Array.from([...(lists[left] ?? []), ...(lists[right] ?? [])])
    lists[left] = lists[right] = undefined
    enter(node)
  }
  return { children, ages, tipLength: 0 }
}

/** The nearest leaves of each, by insertion into short sorted lists. */
function firstNeighbours(
  points: Float64Array,
  tasks: number,
  size: number,
  count: number,
): readonly Int32Array[] {
  const most = Math.min(count, tasks - 1)
  const squares = new Float64Array(most)
  return Array.from({ length: tasks }, (_, i) => {
    const list = new Int32Array(most)
    let filled = 0
    for (let j = 0; j < tasks; j++) {
      if (j === i) continue
      let sum = 0
      for (let d = 0; d < size; d++) sum += (points[i * size + d] - points[j * size + d]) ** 2
      if (filled === most && sum >= squares[most - 1]) continue
      if (filled < most) filled++
      let at = filled - 1
      for (; at > 0 && squares[at - 1] > sum; at--) {
        squares[at] = squares[at - 1]
        list[at] = list[at - 1]
      }
      squares[at] = sum
      list[at] = j
    }
    return list
  })
}

interface AgeQueue {
  push(age: number, node: number): void
  /** The node of least age. */
  pop(): number
}

/** A binary heap; equal ages by the number of the node. */
function ageQueue(): AgeQueue {
  const ages: number[] = []
  const nodes: number[] = []
  const isBefore = (a: number, b: number): boolean =>
    ages[a] < ages[b] || (ages[a] === ages[b] && nodes[a] < nodes[b])
  const swap = (a: number, b: number): void => {
    ;[ages[a], ages[b]] = [ages[b], ages[a]]
    ;[nodes[a], nodes[b]] = [nodes[b], nodes[a]]
  }
  return {
    push(age, node) {
      ages.push(age)
      nodes.push(node)
      for (let at = ages.length - 1; at > 0 && isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1)
        swap(at, (at - 1) >> 1)
    },
    pop() {
      swap(0, nodes.length - 1)
      ages.pop()
      const first = nodes.pop() as number
      for (let at = 0; ; ) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < nodes.length && isBefore(child, least)) least = child
        if (least === at) return first
        swap(at, least)
        at = least
      }
    },
  }
}
