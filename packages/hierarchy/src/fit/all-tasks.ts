import { congruent, transformed } from '../messages/metric.ts'
import { matrix, type Matrix } from '@mtl/core'
import type { HierarchyFit } from '../parameters.ts'
import { rootAge, tasksOf, type TaskTree } from '../tree/task-tree.ts'
import type { FitState } from './em.ts'
import type { FitProblem } from './fit-problem.ts'

/** The tree of all K tasks: those that trained at their positions, the others hang at the root, where nothing is known of them. */
function extendedTree(tree: TaskTree, positions: readonly number[], tasks: number): TaskTree {
  const trained = tasksOf(tree)
  if (trained === tasks) return tree
  const place = (node: number): number => (node < trained ? positions[node] : tasks + node - trained)
  const children = [...tree.children].map(place)
  const ages = [...new Float64Array(tasks), ...tree.ages.subarray(trained)]
  const known = new Set(positions)
  let root = place(tree.ages.length - 1)
  for (let k = 0; k < tasks; k++) {
    if (known.has(k)) continue
    children.push(root, k)
    root = ages.length
    ages.push(rootAge(tree))
  }
  return {
    children: Int32Array.from(children),
    ages: Float64Array.from(ages),
    tipLength: tree.tipLength,
  }
}

/** Variances of tasks without rows are the mean of the others'. */
export function noiseOfAll(
  noise: Float64Array,
  counts: Float64Array,
  positions: readonly number[],
  tasks: number,
): Float64Array {
  const known = [...noise].filter((_, i) => counts[i] > 0)
  const usual = known.length === 0 ? noise[0] : known.reduce((sum, value) => sum + value, 0) / known.length
  const result = new Float64Array(tasks).fill(usual)
  positions.forEach((k, i) => {
    if (counts[i] > 0) result[k] = noise[i]
  })
  return result
}

/** Posterior of all nodes for a state that was fitted to the tasks at `positions`; `whole` is the problem of all tasks. */
export function fitOfAll(
  whole: FitProblem,
  state: FitState,
  counts: Float64Array,
  positions: readonly number[],
  converged: boolean,
): HierarchyFit {
  const { problem, inference, numeric } = whole
  const { size, tasks } = problem
  const tree = extendedTree(state.tree, positions, tasks)
  const noise = noiseOfAll(state.noise, counts, positions, tasks)
  const leaves = new Float64Array(tasks * size)
  positions.forEach((k, i) => leaves.set(state.leaves.subarray(i * size, (i + 1) * size), k * size))
  const metric = inference.at(state.diffusion, noise)
  inference.posterior(tree, leaves)
  const { pass, factors } = inference
  const { lower } = metric
  const stack = (data: Float64Array, columns: number): Matrix =>
    matrix(data.length / columns, columns, data.slice())
  return {
    children: tree.children,
    ages: tree.ages,
    tipLength: tree.tipLength,
    diffusion: matrix(size, size, state.diffusion),
    noiseVariance: numeric ? noise : new Float64Array(0),
    nodeMeans: stack(transformed(lower, pass.means, size), size),
    nodeCovariances: stack(congruent(lower, pass.covariances, size), size * size),
    messages: {
      precision: stack(factors.precision, size * size),
      shift: stack(factors.shift, size),
      constant: factors.constant.slice(),
    },
    objective: -state.objective,
    converged,
  }
}
