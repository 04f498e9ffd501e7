import { check, type TaskInfo } from '@mtl/core'
import { parseNewick } from './newick.ts'
import { byAge, tasksOf, type TaskTree } from './task-tree.ts'

/** A user's tree, its leaves in the order of tasks. */
export interface GivenTree {
  readonly tree: TaskTree
  /** Of the inner nodes, in their order. */
  readonly nodeNames: readonly string[]
}

/** @throws MtlError 'invalid-option' as `parseNewick`; 'unknown-name' for a leaf that is no task or a task that is no leaf */
export function givenTree(text: string, tasks: readonly TaskInfo[]): GivenTree {
  const { tree, names } = parseNewick(text)
  const count = tasksOf(tree)
  const positions = new Map(tasks.map(({ name }, k) => [name, k]))
  const leaves = names.slice(0, count)
  const known = [...positions.keys()]
  const strange = leaves.filter((name) => !positions.has(name))
  const list = (those: readonly string[]): string => those.map((name) => `"${name}"`).join(', ')
  check(
    strange.length === 0,
    'unknown-name',
    `the option tree has leaves that are no tasks: ${list(strange)}. Leaves are the tasks' names`,
    { known },
  )
  const missing = known.filter((name) => !leaves.includes(name))
  check(
    missing.length === 0,
    'unknown-name',
    `the option tree lacks the tasks ${list(missing)}: let each be a leaf`,
    { known: leaves },
  )
  const place = (node: number): number => (node < count ? (positions.get(names[node]) as number) : node)
  return {
    tree: byAge({ ...tree, children: tree.children.map(place) }),
    nodeNames: names.slice(count),
  }
}
