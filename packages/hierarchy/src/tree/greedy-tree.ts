/**
 * Greedy agglomeration under the coalescent: at each step the pair of lineages that merges first, or most probably, becomes one. Teh,
 * Daume III and Roy (2007), Bayesian agglomerative clustering with coalescents, NIPS 20.
 */
import { joinedVariance, leftShare, mergeScore, mergeVariance, type MergeRule } from './merge.ts'
import type { TaskTree } from './task-tree.ts'

export interface Lineages {
  /** K x K squared distances in the metric of the diffusion; symmetric, 0 on the diagonal. */
  readonly distances: Float64Array
  /** Variance of each leaf in units of the diffusion; 0: known exactly. */
  readonly variances: Float64Array
  /** Length of the vectors between which the distances are. */
  readonly size: number
}

/** Least wait for a merge, as a share of its mean: 0 may put merges at age 0. */
export interface GreedyOptions {
  readonly rule: MergeRule
  readonly minGap: number
}

/** K^2 operations for 'rate1', K^3 for the other rules; ties go to the pair that comes first. Without tips. */
export function greedyTree(lineages: Lineages, { rule, minGap }: GreedyOptions): TaskTree {
  const active = activeLineages(lineages)
  const { tasks, ages, children, live } = active
  const search = rule === 'rate1' ? cachedSearch(active) : plainSearch(active, rule)
  let before = 0
  for (let node = tasks; node < ages.length; node++) {
    const pairs = (live.length * (live.length - 1)) / 2
    const least = before + minGap / pairs
    const [left, right] = search.next(pairs, before, least)
    const age = Math.max(active.mergeAge(left, right, rule === 'rate1' ? 1 : pairs), least)
    active.merge(left, right, node, age)
    search.merged(left, right)
    before = age
  }
  return { children, ages, tipLength: 0 }
}

/** Picks slots, the older node's first. */
interface Search {
  next(pairs: number, before: number, least: number): readonly [number, number]
  /** The merge stands in the slot `left` now, and `right` is empty. */
  merged(left: number, right: number): void
}

interface ActiveLineages {
  readonly tasks: number
  readonly size: number
  readonly ages: Float64Array
  readonly children: Int32Array
  /** Slots in use, by rising number of their nodes. */
  readonly live: number[]
  readonly nodes: Int32Array
  distance(left: number, right: number): number
  /** Age that is most probable, whatever happened before. */
  mergeAge(left: number, right: number, rate: number): number
  /** Variance between two slots that merge at an age. */
  varianceAt(left: number, right: number, age: number): number
  merge(left: number, right: number, node: number, age: number): void
}

/** A slot for each leaf; a merge takes that of its left side. */
function activeLineages({ distances, variances, size }: Lineages): ActiveLineages {
  const tasks = variances.length
  const d = distances.slice()
  const ages = new Float64Array(2 * tasks - 1)
  const children = new Int32Array(2 * (tasks - 1))
  const live = Array.from({ length: tasks }, (_, k) => k)
  const nodes = Int32Array.from(live)
  const slotAges = new Float64Array(tasks)
  const slotVariances = variances.slice()
  const offset = (l: number, r: number): number =>
    slotAges[l] + slotAges[r] - slotVariances[l] - slotVariances[r]
  return {
    tasks,
    size,
    ages,
    children,
    live,
    nodes,
    distance: (l, r) => d[l * tasks + r],
    mergeAge: (l, r, rate) => 0.5 * (mergeVariance(d[l * tasks + r], size, rate) + offset(l, r)),
    varianceAt: (l, r, age) => 2 * age - offset(l, r),
    merge(left, right, node, age) {
      children.set([nodes[left], nodes[right]], 2 * (node - tasks))
      ages[node] = age
      const [l, r] = [left, right].map((slot) => slotVariances[slot] + age - slotAges[slot])
      const share = leftShare(l, r)
      live.splice(live.indexOf(right), 1)
      live.splice(live.indexOf(left), 1)
      const between = share * (1 - share) * d[left * tasks + right]
      for (const other of live) {
        const joined = share * d[left * tasks + other] + (1 - share) * d[right * tasks + other] - between
        d[left * tasks + other] = d[other * tasks + left] = Math.max(joined, 0)
      }
      live.push(left)
      nodes[left] = node
      slotAges[left] = age
      slotVariances[left] = joinedVariance(l, r)
    },
  }
}

/** All pairs at each merge, since their order changes with the number of lineages. */
function plainSearch(active: ActiveLineages, rule: MergeRule): Search {
  const { live, size } = active
  const badness = (l: number, r: number, pairs: number, before: number, least: number): number => {
    const age = active.mergeAge(l, r, pairs)
    if (rule === 'min-duration') return age
    const clipped = Math.max(age, least)
    const variance = active.varianceAt(l, r, clipped)
    return -mergeScore(active.distance(l, r), size, pairs, variance, clipped - before)
  }
  return {
    next(pairs, before, least) {
      let best: readonly [number, number] = [live[0], live[1]]
      let lowest = Infinity
      for (let a = 0; a < live.length; a++)
        for (let b = a + 1; b < live.length; b++) {
          const value = badness(live[a], live[b], pairs, before, least)
          if (value < lowest) [lowest, best] = [value, [live[a], live[b]]]
        }
      return best
    },
    merged: () => undefined,
  }
}

/** Of rate 1 the age of a pair never changes: each slot keeps its best partner among the younger nodes. */
function cachedSearch(active: ActiveLineages): Search {
  const { live, nodes } = active
  const partners = new Int32Array(active.tasks).fill(-1)
  const ages = new Float64Array(active.tasks).fill(Infinity)
  const consider = (slot: number, other: number): void => {
    const age = active.mergeAge(slot, other, 1)
    if (age < ages[slot]) [ages[slot], partners[slot]] = [age, other]
  }
  const refresh = (slot: number): void => {
    ages[slot] = Infinity
    partners[slot] = -1
    for (const other of live) if (nodes[other] > nodes[slot]) consider(slot, other)
  }
  live.forEach(refresh)
  return {
    next() {
      let best = live[0]
      for (const slot of live) if (ages[slot] < ages[best]) best = slot
      return [best, partners[best]]
    },
    merged(left, right) {
      for (const slot of live) {
        if (slot === left || partners[slot] === left || partners[slot] === right) refresh(slot)
        else consider(slot, left)
      }
    },
  }
}
