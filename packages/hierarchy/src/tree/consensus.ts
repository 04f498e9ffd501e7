import { format, quoted, toNewick } from './newick.ts'
import { leavesBelow, tasksOf, type TaskTree } from './task-tree.ts'

/** A group of tasks that more than half of some trees join before any other. */
export interface Clade {
  /** Ascending. */
  readonly tasks: readonly number[]
  /** Share of the trees that hold it. */
  readonly support: number
  /** Mean over these. */
  readonly age: number
}

/** The clades of more than half of the trees, those of few tasks first; never one within another in part. */
export function majorityClades(trees: readonly TaskTree[]): readonly Clade[] {
  const found = new Map<string, { tasks: readonly number[]; count: number; sum: number }>()
  for (const tree of trees) {
    const tasks = tasksOf(tree)
    leavesBelow(tree).forEach((leaves, node) => {
      if (node < tasks) return
      const sorted = [...leaves].sort((a, b) => a - b)
      const key = sorted.join(' ')
      const entry = found.get(key) ?? { tasks: sorted, count: 0, sum: 0 }
      entry.count++
      entry.sum += tree.ages[node]
      found.set(key, entry)
    })
  }
  return [...found.values()]
    .filter(({ count }) => 2 * count > trees.length)
    .map(({ tasks, count, sum }) => ({ tasks, support: count / trees.length, age: sum / count }))
    .sort((a, b) => a.tasks.length - b.tasks.length || a.tasks[0] - b.tasks[0])
}

/**
 * Majority-rule tree: each clade with its support in per cent and its mean age over the trees that hold it; of one tree its own. Tips are
 * as long as in the mean.
 */
export function consensusNewick(trees: readonly TaskTree[], names: readonly string[]): string {
  if (trees.length === 1) return toNewick(trees[0], names)
  const tip = trees.reduce((sum, tree) => sum + tree.tipLength, 0) / trees.length
  // The largest part so far that each task belongs to.
  const tops = names.map((name) => ({ text: quoted(name), age: -tip }))
  for (const { tasks, support, age } of majorityClades(trees)) {
    const parts = [...new Set(tasks.map((k) => tops[k]))]
    const oldest = Math.max(age, ...parts.map((part) => part.age))
    const inside = parts.map((part) => `${part.text}:${format(oldest - part.age)}`)
    const top = { text: `(${inside.join(',')})${Math.round(100 * support)}`, age: oldest }
    for (const k of tasks) tops[k] = top
  }
  return `${tops[0].text};`
}

/** Group of each task: its largest clade short of all tasks, '' for a task of none. */
export function groupsOfClades(clades: readonly Clade[], tasks: number): readonly string[] {
  const groups = new Array<string>(tasks).fill('')
  let next = 0
  for (const clade of [...clades].reverse()) {
    if (clade.tasks.length === tasks || groups[clade.tasks[0]] !== '') continue
    next++
    for (const k of clade.tasks) groups[k] = `group ${next}`
  }
  return groups
}

/** Clades of a tree that are no older than an age. */
export function cladesBelow(tree: TaskTree, age: number): readonly Clade[] {
  const tasks = tasksOf(tree)
  return leavesBelow(tree)
    .map((leaves, node) => ({ tasks: [...leaves].sort((a, b) => a - b), support: 1, age: tree.ages[node] }))
    .filter((clade, node) => node >= tasks && clade.age <= age)
    .sort((a, b) => a.tasks.length - b.tasks.length)
}
