/**
 * A dated binary tree of K tasks: nodes 0..K-1 are the leaves, in the order of tasks, at age 0; node K + i is the i-th merge. Ages do not
 * fall with the position, so that the root is the last. A branch is as long as the ages of its ends differ, of a leaf longer by the tip
 * length, which is the part that is the task's own.
 */
export interface TaskTree {
  /** K - 1 pairs of nodes, flat. */
  readonly children: Int32Array
  /** Of all 2K - 1 nodes. */
  readonly ages: Float64Array
  readonly tipLength: number
}

export function tasksOf({ ages }: TaskTree): number {
  return (ages.length + 1) / 2
}

export function rootAge({ ages }: TaskTree): number {
  return ages[ages.length - 1]
}

/** All merges at one age: every task hangs at the root. */
export function starTree(tasks: number, age: number, tipLength: number): TaskTree {
  const children = new Int32Array(2 * (tasks - 1))
  const ages = new Float64Array(2 * tasks - 1)
  for (let i = 0; i < tasks - 1; i++) {
    children[2 * i] = i === 0 ? 0 : tasks + i - 1
    children[2 * i + 1] = i + 1
    ages[tasks + i] = age
  }
  return { children, ages, tipLength }
}

/** Ages times a factor; the tip length stays. */
export function stretched(tree: TaskTree, factor: number): TaskTree {
  return { ...tree, ages: tree.ages.map((age) => factor * age) }
}

/** Parent of each node; -1 of the root. */
export function parentsOf({ children, ages }: TaskTree): Int32Array {
  const tasks = (ages.length + 1) / 2
  const parents = new Int32Array(ages.length).fill(-1)
  children.forEach((child, at) => (parents[child] = tasks + Math.floor(at / 2)))
  return parents
}

/** From each node to its parent, the tip length included; 0 of the root. */
export function branchLengths(tree: TaskTree): Float64Array {
  const tasks = tasksOf(tree)
  return Float64Array.from(parentsOf(tree), (parent, node) =>
    parent < 0 ? 0 : tree.ages[parent] - tree.ages[node] + (node < tasks ? tree.tipLength : 0),
  )
}

/** Leaves below each node. */
export function leavesBelow({ children, ages }: TaskTree): readonly (readonly number[])[] {
  const tasks = (ages.length + 1) / 2
  const leaves: number[][] = Array.from({ length: tasks }, (_, k) => [k])
  for (let i = 0; i < children.length; i += 2)
    leaves.push([...leaves[children[i]], ...leaves[children[i + 1]]])
  return leaves
}

/** Nodes may be given in any order of merges: afterwards ages do not fall with the position. */
export function byAge({ children, ages, tipLength }: TaskTree): TaskTree {
  const tasks = (ages.length + 1) / 2
  const order = Array.from({ length: tasks - 1 }, (_, i) => i).sort(
    (a, b) => ages[tasks + a] - ages[tasks + b] || a - b,
  )
  const place = new Int32Array(ages.length)
  for (let k = 0; k < tasks; k++) place[k] = k
  order.forEach((old, now) => (place[tasks + old] = tasks + now))
  return {
    children: Int32Array.from(order.flatMap((i) => [place[children[2 * i]], place[children[2 * i + 1]]])),
    ages: Float64Array.from(ages, (age, node) => (node < tasks ? age : ages[tasks + order[node - tasks]])),
    tipLength,
  }
}
