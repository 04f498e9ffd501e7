import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { leavesBelow, rootAge, tasksOf, type TaskTree } from './task-tree.ts'

/**
 * The tree in the layout of scipy.cluster.hierarchy: a row for each merge with its two nodes, the smaller number first, its age and
 * how many tasks it holds. (K - 1) x 4.
 */
export function linkage({ children, ages }: TaskTree): Matrix {
  const tasks = (ages.length + 1) / 2
  const sizes = new Float64Array(ages.length).fill(1)
  const result = matrix(tasks - 1, 4)
  for (let i = 0; i < tasks - 1; i++) {
    const [a, b] = children.subarray(2 * i, 2 * i + 2)
    sizes[tasks + i] = sizes[a] + sizes[b]
    result.data.set([Math.min(a, b), Math.max(a, b), ages[tasks + i], sizes[tasks + i]], 4 * i)
  }
  return result
}

/** Twice the age of the last common ancestor of each two tasks, K x K; K^2 / 2 numbers are set. */
export function cophenetic(tree: TaskTree): Matrix {
  const ages = commonAges(tree)
  return { ...ages, data: ages.data.map((age) => 2 * age) }
}

/** Share of the variance down from the root that two tasks have in common, K x K, 1 on the diagonal: (T - age) / (T + tip length). */
export function priorCorrelation(tree: TaskTree): Matrix {
  const [age, ages] = [rootAge(tree), commonAges(tree)]
  const whole = age + tree.tipLength
  const data = ages.data.map((common, at) =>
    whole === 0 || at % (ages.columns + 1) === 0 ? 1 : (age - common) / whole,
  )
  return { ...ages, data }
}

/** Age of the last common ancestor, 0 on the diagonal. */
function commonAges(tree: TaskTree): Matrix {
  const tasks = tasksOf(tree)
  const leaves = leavesBelow(tree)
  const result = matrix(tasks, tasks)
  for (let i = 0; i < tasks - 1; i++)
    for (const k of leaves[tree.children[2 * i]])
      for (const l of leaves[tree.children[2 * i + 1]]) {
        result.data[k * tasks + l] = tree.ages[tasks + i]
        result.data[l * tasks + k] = tree.ages[tasks + i]
      }
  return result
}
