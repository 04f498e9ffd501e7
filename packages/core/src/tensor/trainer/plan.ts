import { permutation, sampleIndex } from '../../random/sample.ts'
import type { RandomGenerator } from '../../random/types.ts'
import type { EncodedData } from './encode.ts'

/** Which rows a batch takes: of the matrix that all tasks share, or of its own task each. */
export interface BatchPlan {
  readonly rows: Int32Array
  /** Task of each row; absent where rows are shared. */
  readonly taskOf?: Int32Array
}

export interface PlanOptions {
  readonly batchSize: number
  readonly regime: 'joint' | 'alternating'
  readonly temperature: number
  /** Positions of the tasks that train. */
  readonly active: readonly number[]
}

/** What an epoch will consist of, known before its rows are drawn. */
export interface EpochSize {
  readonly rows: number
  readonly batches: number
}

/** Rows that count in an epoch: those with a label of an active task, once each, or once for each task that owns them. */
export function epochSize(data: EncodedData, { batchSize, regime, active }: PlanOptions): EpochSize {
  const rows =
    data.isShared && regime === 'joint'
      ? labelledRows(data, active).length
      : active.reduce((sum, k) => sum + data.tasks[k].labelled.length, 0)
  return { rows, batches: Math.ceil(rows / batchSize) }
}

/** The batches of one epoch, in an order drawn from `random`: each row once, or tasks at random one after another. */
export function planEpoch(
  data: EncodedData,
  options: PlanOptions,
  random: RandomGenerator,
): readonly BatchPlan[] {
  if (options.regime === 'alternating') return alternatingPlan(data, options, random)
  return data.isShared ? sharedPlan(data, options, random) : ownPlan(data, options, random)
}

/** Probability of each active task in a step of the alternating regime: ~ rows^(1 / temperature). */
export function taskProbabilities(
  data: EncodedData,
  { active, temperature }: Pick<PlanOptions, 'active' | 'temperature'>,
): Float64Array {
  const powers = Float64Array.from(active, (k) => {
    const rows = data.tasks[k].labelled.length
    return rows === 0 ? 0 : rows ** (1 / temperature)
  })
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => (total === 0 ? 0 : power / total))
}

function labelledRows({ tasks }: EncodedData, active: readonly number[]): Int32Array {
  const rows = tasks[0].targets.length
  const seen = new Uint8Array(rows)
  for (const k of active) for (const i of tasks[k].labelled) seen[i] = 1
  return Int32Array.from({ length: rows }, (_, i) => i).filter((i) => seen[i] === 1)
}

function sharedPlan(
  data: EncodedData,
  { batchSize, active }: PlanOptions,
  random: RandomGenerator,
): BatchPlan[] {
  const rows = labelledRows(data, active)
  return cut(
    permutation(random, rows.length).map((i) => rows[i]),
    batchSize,
  ).map((part) => ({ rows: part }))
}

function ownPlan(
  data: EncodedData,
  { batchSize, active }: PlanOptions,
  random: RandomGenerator,
): BatchPlan[] {
  const rows = join(active.map((k) => data.tasks[k].labelled))
  const tasks = join(active.map((k) => new Int32Array(data.tasks[k].labelled.length).fill(k)))
  return cut(permutation(random, rows.length), batchSize).map((part) =>
    byTable(data, { rows: part.map((i) => rows[i]), taskOf: part.map((i) => tasks[i]) }),
  )
}

/** A task passes over its rows in an order of its own, and begins anew in another one at their end. */
function alternatingPlan(data: EncodedData, options: PlanOptions, random: RandomGenerator): BatchPlan[] {
  const { active, batchSize } = options
  const probabilities = taskProbabilities(data, options)
  const left = new Map<number, Int32Array>()
  return Array.from({ length: epochSize(data, options).batches }, () => {
    const task = active[sampleIndex(random, probabilities)]
    const { labelled } = data.tasks[task]
    const rest = left.get(task)
    const order = rest?.length ? rest : permutation(random, labelled.length).map((i) => labelled[i])
    left.set(task, order.subarray(batchSize))
    const rows = order.slice(0, batchSize)
    return { rows, taskOf: new Int32Array(rows.length).fill(task) }
  })
}

/** Rows of table 0 first, then those of table 1, ..., as a batch wants them. */
export function byTable({ shape }: EncodedData, plan: Required<BatchPlan>): Required<BatchPlan> {
  const { rows, taskOf } = plan
  if (shape.tables.length === 1) return plan
  const tableOf = (i: number): number => shape.tasks[taskOf[i]].table
  const order = Array.from(rows.keys()).sort((a, b) => tableOf(a) - tableOf(b))
  return { rows: Int32Array.from(order, (i) => rows[i]), taskOf: Int32Array.from(order, (i) => taskOf[i]) }
}

function cut(order: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
    order.slice(i * size, (i + 1) * size),
  )
}

function join(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
