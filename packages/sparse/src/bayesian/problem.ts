import { matrix, observed } from '@mtl/core'
import type { Dataset, Matrix, Task } from '@mtl/core'
import type { PrecisionLaw } from './priors.ts'

/** Columns of a design in blocks of one covariance each, stored one after another: all in one, or one for each group. */
export interface Layout {
  readonly blocks: readonly Int32Array[]
  /** Where each block's square begins. */
  readonly starts: Int32Array
  /** Sum of squares of the blocks' sizes. */
  readonly size: number
}

export function layoutOf(blocks: readonly Int32Array[]): Layout {
  const starts = new Int32Array(blocks.length)
  let size = 0
  blocks.forEach(({ length }, i) => {
    starts[i] = size
    size += length * length
  })
  return { blocks, starts, size }
}

/** Rows of one task as the method works on them. */
export interface Rows {
  /** width x n: a row for each column of the design, the constant last. Tasks that share their rows share the object. */
  readonly columns: Matrix
  readonly targets: Float64Array
  /** Case weights. */
  readonly weights: Float64Array
}

export type InterceptKind = 'group' | 'free' | 'none'

/** The data and what is fixed: P tasks, `width` columns of the design. */
export interface Problem {
  readonly kind: 'regression' | 'binary'
  readonly tasks: readonly Rows[]
  readonly width: number
  /** By group: its columns. With intercept 'group' the constant is the last group. */
  readonly groups: Layout
  /** The last column is a free intercept of classes: normal of this precision, in no group. */
  readonly freeIntercept: boolean
  /** N_t: rows that tell of the noise. */
  readonly labels: Float64Array
  /** -1/2 sum log n_t of intercepts that are integrated out. */
  readonly logIntercepts: number
  /** By group: undefined where the precision is 1. */
  readonly priors: readonly (PrecisionLaw | undefined)[]
  /** Rows from `rowStarts[t]` to `rowStarts[t + 1]` are those of task t, where all stand in one array. */
  readonly rowStarts: Int32Array
}

/** Precision of a free intercept of classes: nearly flat. */
export const freeInterceptPrecision = 0.01

export interface Preparation {
  readonly tasks: readonly Rows[]
  readonly width: number
  readonly freeIntercept: boolean
  /** Each task stands about its own means: a free intercept of numbers, integrated out. */
  readonly free: boolean
  readonly labels: Float64Array
  readonly logIntercepts: number
  /** By task: means that were taken off for a free intercept of numbers; zeros else. */
  readonly inputMeans: Matrix
  readonly targetMeans: Float64Array
}

/** The observed rows with a weight, the constant appended, and for a free intercept of numbers each task about its own means. */
export function prepareRows({ tasks }: Dataset, intercept: InterceptKind): Preparation {
  const binary = tasks[0].kind === 'binary'
  const features = tasks[0].features.length
  const constant = intercept === 'group' || (intercept === 'free' && binary)
  const own = intercept === 'free' && !binary
  const inputMeans = matrix(tasks.length, features)
  const targetMeans = new Float64Array(tasks.length)
  const shared = new Map<Matrix, Matrix>()
  const sizes = new Float64Array(tasks.length)
  const rows = tasks.map((task, t) => {
    const { inputs, targets, weights } = weighted(task)
    sizes[t] = total(weights)
    if (!own) {
      const columns = shared.get(inputs) ?? columnsOf(inputs, constant)
      shared.set(inputs, columns)
      return { columns, targets, weights }
    }
    const columns = columnsOf(inputs, false)
    const at = features * t
    for (let j = 0; j < features; j++) inputMeans.data[at + j] = centreInPlace(columns, j, weights)
    targetMeans[t] = meanOf(targets, weights)
    return { columns, targets: targets.map((value) => value - targetMeans[t]), weights }
  })
  return {
    tasks: rows,
    width: features + Number(constant),
    freeIntercept: intercept === 'free' && binary,
    free: own,
    labels: own ? sizes.map((size) => Math.max(0, size - 1)) : sizes,
    logIntercepts: own ? -0.5 * total(sizes.filter((size) => size > 0).map(Math.log)) : 0,
    inputMeans,
    targetMeans,
  }
}

export function rowStartsOf(tasks: readonly Rows[]): Int32Array {
  const starts = new Int32Array(tasks.length + 1)
  tasks.forEach(({ targets }, t) => (starts[t + 1] = starts[t] + targets.length))
  return starts
}

function weighted(task: Task): Task & { readonly weights: Float64Array } {
  const known = observed(task)
  const weights = known.weights ?? new Float64Array(known.targets.length).fill(1)
  if (!weights.includes(0)) return { ...known, weights }
  const targets = known.targets.map((value, i) => (weights[i] === 0 ? NaN : value))
  const kept = observed({ ...known, targets })
  return { ...kept, weights: kept.weights ?? weights }
}

/** Columns as rows, a row of ones behind them. */
function columnsOf({ rows: n, columns: p, data }: Matrix, constant: boolean): Matrix {
  const result = matrix(p + Number(constant), n)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) result.data[j * n + i] = data[i * p + j]
  if (constant) result.data.fill(1, p * n)
  return result
}

/** Takes the weighted mean off column j; returns it. */
function centreInPlace({ columns: n, data }: Matrix, j: number, weights: Float64Array): number {
  const column = data.subarray(j * n, (j + 1) * n)
  const mean = meanOf(column, weights)
  for (let i = 0; i < n; i++) column[i] -= mean
  return mean
}

function meanOf(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += weights[i] * values[i]
  return values.length > 0 ? sum / total(weights) : 0
}

export function total(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}
