import { observed } from '@mtl/core'
import type { Task } from '@mtl/core'

/** The labelled rows that count, of all tasks, and sums over them. The constant is the last feature. */
export interface Problem {
  /** K. */
  readonly tasks: number
  /** D: inputs and the constant. */
  readonly size: number
  /** N x D. */
  readonly rows: Float64Array
  /** Rows of task k are starts[k] to starts[k + 1] - 1. */
  readonly starts: Int32Array
  /** Numbers, or 0 and 1. */
  readonly targets: Float64Array
  readonly weights: Float64Array
  /** X'X, K times D x D; X'y, K times D; y'y and the number of rows, K; rows weighted. */
  readonly products: Float64Array
  readonly cross: Float64Array
  readonly squares: Float64Array
  readonly counts: Float64Array
}

/** What a problem is made of. */
export type ProblemRows = Pick<Problem, 'size' | 'rows' | 'starts' | 'targets' | 'weights'>

/** With the sums over rows, which stay the same for whatever parameters. */
export function problemOf(given: ProblemRows): Problem {
  const { size, rows, starts, targets, weights } = given
  const tasks = starts.length - 1
  const products = new Float64Array(tasks * size * size)
  const cross = new Float64Array(tasks * size)
  const squares = new Float64Array(tasks)
  const counts = new Float64Array(tasks)
  for (let k = 0; k < tasks; k++)
    for (let n = starts[k]; n < starts[k + 1]; n++) {
      const [weight, target] = [weights[n], targets[n]]
      counts[k] += weight
      squares[k] += weight * target * target
      for (let r = 0; r < size; r++) {
        const scaled = weight * rows[n * size + r]
        cross[k * size + r] += scaled * target
        for (let s = 0; s < size; s++) products[(k * size + r) * size + s] += scaled * rows[n * size + s]
      }
    }
  return { tasks, ...given, products, cross, squares, counts }
}

/** The rows of tasks that count; of several classes those of one against the rest. */
export function problemOfTasks(given: readonly Task[], positive = 1): Problem {
  const tasks = given.map(countedRows)
  const multiclass = given[0].kind === 'multiclass'
  const size = given[0].features.length + 1
  const starts = new Int32Array(tasks.length + 1)
  tasks.forEach(({ targets }, k) => (starts[k + 1] = starts[k] + targets.length))
  const total = starts[tasks.length]
  const rows = new Float64Array(total * size)
  const targets = new Float64Array(total)
  const weights = new Float64Array(total).fill(1)
  tasks.forEach((task, k) => {
    for (let n = 0; n < task.targets.length; n++) {
      const at = starts[k] + n
      rows.set(task.inputs.data.subarray(n * (size - 1), (n + 1) * (size - 1)), at * size)
      rows[at * size + size - 1] = 1
      targets[at] = multiclass ? Number(task.targets[n] === positive) : task.targets[n]
      if (task.weights) weights[at] = task.weights[n]
    }
  })
  return problemOf({ size, rows, starts, targets, weights })
}

/** A task's rows with a label and a weight above 0. */
export function countedRows(task: Task): Task {
  const { weights } = observed(task)
  if (!weights?.includes(0)) return observed(task)
  return observed({ ...task, targets: task.targets.map((y, n) => (task.weights?.[n] === 0 ? NaN : y)) })
}

/** Positions of the tasks with rows that count. */
export function tasksWithRows(tasks: readonly Task[]): readonly number[] {
  return [...tasks.keys()].filter((k) => countedRows(tasks[k]).targets.length > 0)
}
