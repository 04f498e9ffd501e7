import { addOuterInPlace, observed } from '@mtl/core'
import type { Dataset, Task } from '@mtl/core'

/** The labelled rows of all tasks, sorted by task, and what is known of the tasks. */
export interface Problem {
  /** T. */
  readonly tasks: number
  /** D: inputs and a leading 1. */
  readonly inputs: number
  /** N x D. */
  readonly rows: Float64Array
  /** Rows of task i are starts[i] to starts[i + 1] - 1. */
  readonly starts: Int32Array
  /** By output: numbers, or 0 and 1. */
  readonly targets: readonly Float64Array[]
  readonly weights: Float64Array
  /** n_i and c_i = sum y^2 of the first output, rows weighted. */
  readonly counts: Float64Array
  readonly squares: Float64Array
  /** Sum of counts. */
  readonly total: number
  /** J, F; f_i and phi_i: T x J and T x F. */
  readonly meanTerms: number
  readonly gateTerms: number
  readonly meanDescriptors: Float64Array
  readonly gateDescriptors: Float64Array
  /** Sums of [1, x][1, x]' (T times D x D) and of y [1, x] (T x D) of numbers; absent of classes. */
  readonly moments?: InputMoments
}

interface InputMoments {
  readonly products: Float64Array
  readonly cross: Float64Array
}

/** What the options say of descriptors. */
export interface DescriptorUse {
  readonly priorMean: 'constant' | 'descriptor'
  readonly gating: 'none' | 'descriptor'
}

export interface ProblemRows {
  readonly inputs: number
  readonly starts: Int32Array
  readonly rows: Float64Array
  readonly targets: readonly Float64Array[]
  readonly weights: Float64Array
  readonly meanTerms: number
  readonly gateTerms: number
  readonly meanDescriptors: Float64Array
  readonly gateDescriptors: Float64Array
  readonly numeric: boolean
}

/** Sums over rows that stay the same for whatever parameters. */
export function problemOf(given: ProblemRows): Problem {
  const { starts, targets, weights, inputs, rows, numeric } = given
  const tasks = starts.length - 1
  const counts = new Float64Array(tasks)
  const squares = new Float64Array(tasks)
  for (let i = 0; i < tasks; i++)
    for (let n = starts[i]; n < starts[i + 1]; n++) {
      counts[i] += weights[n]
      squares[i] += weights[n] * targets[0][n] * targets[0][n]
    }
  const { meanTerms, gateTerms, meanDescriptors, gateDescriptors } = given
  return {
    tasks,
    inputs,
    rows,
    starts,
    targets,
    weights,
    counts,
    squares,
    total: counts.reduce((sum, count) => sum + count, 0),
    meanTerms,
    gateTerms,
    meanDescriptors,
    gateDescriptors,
    ...(numeric && { moments: momentsOf(given) }),
  }
}

function momentsOf({ starts, targets: [targets], weights, inputs: d, rows }: ProblemRows): InputMoments {
  const tasks = starts.length - 1
  const products = new Float64Array(tasks * d * d)
  const cross = new Float64Array(tasks * d)
  for (let i = 0; i < tasks; i++) {
    const at = i * d * d
    for (let n = starts[i]; n < starts[i + 1]; n++) {
      addOuterInPlace(products, d, weights[n], rows, at, n * d)
      const scaled = weights[n] * targets[n]
      for (let k = 0; k < d; k++) cross[i * d + k] += scaled * rows[n * d + k]
    }
    for (let p = 0; p < d; p++)
      for (let q = 0; q < p; q++) products[at + q * d + p] = products[at + p * d + q]
  }
  return { products, cross }
}

/** The problem that these tasks pose, each of which counts, with rows or without. */
export function problemOfTasks(given: readonly Task[], use: DescriptorUse): Problem {
  const tasks = given.map(counted)
  const inputs = tasks[0].inputs.columns + 1
  const starts = new Int32Array(tasks.length + 1)
  tasks.forEach(({ targets }, i) => (starts[i + 1] = starts[i] + targets.length))
  const total = starts[tasks.length]
  const rows = new Float64Array(total * inputs)
  const values = new Float64Array(total)
  const weights = new Float64Array(total).fill(1)
  tasks.forEach((task, i) => {
    values.set(task.targets, starts[i])
    if (task.weights) weights.set(task.weights, starts[i])
    for (let n = 0; n < task.targets.length; n++) {
      const at = (starts[i] + n) * inputs
      rows[at] = 1
      rows.set(task.inputs.data.subarray(n * (inputs - 1), (n + 1) * (inputs - 1)), at + 1)
    }
  })
  const { kind, classes, descriptor } = tasks[0]
  const terms = 1 + (descriptor?.length ?? 0)
  const [meanTerms, gateTerms] = [
    use.priorMean === 'descriptor' ? terms : 1,
    use.gating === 'descriptor' ? terms : 1,
  ]
  return problemOf({
    inputs,
    rows,
    starts,
    weights,
    targets: kind === 'multiclass' ? classes.map((_, c) => values.map((y) => Number(y === c))) : [values],
    meanTerms,
    gateTerms,
    meanDescriptors: descriptorsOf(tasks, meanTerms),
    gateDescriptors: descriptorsOf(tasks, gateTerms),
    numeric: kind === 'regression',
  })
}

/** Rows that count: labelled, with a weight above 0. */
function counted(task: Task): Task {
  const seen = observed(task)
  const { weights } = seen
  if (!weights?.includes(0)) return seen
  return observed({ ...seen, targets: seen.targets.map((y, i) => (weights[i] > 0 ? y : NaN)) })
}

/** Positions of the tasks with a row that counts. */
export function tasksWithRows({ tasks }: Dataset): readonly number[] {
  return [...tasks.keys()].filter((t) => counted(tasks[t]).targets.length > 0)
}

function descriptorsOf(tasks: readonly Pick<Task, 'descriptor'>[], terms: number): Float64Array {
  const result = new Float64Array(tasks.length * terms)
  tasks.forEach(({ descriptor }, i) => {
    result[i * terms] = 1
    if (terms > 1 && descriptor) result.set(descriptor, i * terms + 1)
  })
  return result
}
