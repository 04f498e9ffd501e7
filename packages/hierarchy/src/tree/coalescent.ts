import { check, checkNumber } from '@mtl/core'
import type { RandomGenerator } from '@mtl/core'
import { tasksOf, type TaskTree } from './task-tree.ts'

/**
 * Logarithm of the density of Kingman's coalescent: going back in time every pair of lineages merges at rate 1, so n of them wait
 * for the rate n (n - 1) / 2. Merges may stand in any order.
 * Kingman (1982), The coalescent.
 */
export function coalescentLogDensity(tree: TaskTree): number {
  const tasks = tasksOf(tree)
  let [density, before] = [0, 0]
  const merges = tree.ages.slice(tasks).sort()
  merges.forEach((age, i) => {
    const lineages = tasks - i
    density -= 0.5 * lineages * (lineages - 1) * (age - before)
    before = age
  })
  return density
}

/** A tree drawn from the coalescent, without tips; its root is 2 (1 - 1 / tasks) old in the mean. @throws MtlError 'invalid-option' */
export function sampleCoalescent(tasks: number, random: RandomGenerator): TaskTree {
  checkNumber('tasks', tasks, { min: 1, integer: true })
  const active = Array.from({ length: tasks }, (_, k) => k)
  const children: number[] = []
  const ages = new Float64Array(2 * tasks - 1)
  let age = 0
  for (let node = tasks; node < ages.length; node++) {
    age -= Math.log1p(-random.next()) / (0.5 * active.length * (active.length - 1))
    for (let side = 0; side < 2; side++)
      children.push(...active.splice(Math.floor(random.next() * active.length), 1))
    active.push(node)
    ages[node] = age
  }
  return { children: Int32Array.from(children), ages, tipLength: 0 }
}

/**
 * Clades that stand in one of two trees of the same tasks only; at most 2 (K - 2).
 * @throws MtlError 'dimension-mismatch'
 */
export function robinsonFoulds(a: TaskTree, b: TaskTree): number {
  const text = `the trees have ${tasksOf(a)} and ${tasksOf(b)} leaves`
  check(tasksOf(a) === tasksOf(b), 'dimension-mismatch', text)
  const [first, second] = [a, b].map((tree) => new Set(cladesOf(tree)))
  const missing = [...first].filter((clade) => !second.has(clade)).length
  return missing + [...second].filter((clade) => !first.has(clade)).length
}

function cladesOf(tree: TaskTree): readonly string[] {
  const tasks = tasksOf(tree)
  const below: number[][] = Array.from({ length: tasks }, (_, k) => [k])
  for (let i = 0; i < tree.children.length; i += 2)
    below.push([...below[tree.children[i]], ...below[tree.children[i + 1]]].sort((x, y) => x - y))
  return below.slice(tasks, -1).map((leaves) => leaves.join(' '))
}
