import * as tf from '@tensorflow/tfjs'
import type { LabelledBatch, Network } from '../types.ts'
import type { EncodedData } from './encode.ts'
import type { BatchPlan } from './plan.ts'

/** What turns rows into labelled cells; the same for all batches of an epoch. */
export interface Labelling {
  readonly network: Network
  readonly reduction: 'task' | 'label'
  /** By task: case weights of its rows, 0 each of a task that does not train. */
  readonly weights: readonly Float64Array[]
  /** By task: further factors by class, 1 on average over rows, so that batches are not normalised by them. */
  readonly classWeights?: readonly Float64Array[]
  /** By task: factor of its loss. */
  readonly lossWeights: ArrayLike<number>
  /** By task: what `taskShare` is for a batch with labels of that weight. */
  share(task: number, labels: number): number
}

interface Cells {
  readonly tasks: Int32Array
  readonly rows: Int32Array
}

/** The batch of a plan; its tensors are the caller's, by disposing it. */
export function batchOf(data: EncodedData, labelling: Labelling, plan: BatchPlan): LabelledBatch {
  const { network, reduction, weights, lossWeights, classWeights } = labelling
  const cells = plan.taskOf ? ownCells(network, plan.rows, plan.taskOf) : sharedCells(network, plan.rows)
  const sums = new Float64Array(data.tasks.length)
  for (const { tasks, rows } of cells)
    for (let i = 0; i < tasks.length; i++) sums[tasks[i]] += weights[tasks[i]][rows[i]]
  const present = Int32Array.from(sums.keys()).filter((k) => sums[k] > 0)
  const total = present.reduce((sum, k) => sum + sums[k], 0)
  const taskShare = new Float32Array(sums.length)
  for (const k of present) taskShare[k] = labelling.share(k, sums[k])

  const cellWeight = (task: number, row: number): number => {
    const weight = weights[task][row]
    if (weight === 0) return 0
    const ofClass = classWeights?.[task][data.tasks[task].targets[row]] ?? 1
    return (weight * ofClass * lossWeights[task]) / (reduction === 'task' ? sums[task] : total)
  }
  const cellTarget = (task: number, row: number): number =>
    weights[task][row] === 0 ? 0 : data.tasks[task].targets[row]
  const inputs = inputTensors(data, plan)
  const descriptors = descriptorTensor(data)
  return {
    inputs,
    ...(plan.taskOf && { taskOf: plan.taskOf }),
    ...(descriptors && { descriptors }),
    targets: cells.map((group) => perCell(group, cellTarget)),
    weights: cells.map((group) => perCell(group, cellWeight)),
    present,
    labels: Float64Array.from(present, (k) => sums[k]),
    taskShare,
    [Symbol.dispose]: () => tf.dispose([...inputs, ...(descriptors ? [descriptors] : [])]),
  }
}

function perCell({ tasks, rows }: Cells, value: (task: number, row: number) => number): Float32Array {
  const values = new Float32Array(tasks.length)
  for (let i = 0; i < values.length; i++) values[i] = value(tasks[i], rows[i])
  return values
}

/** In the order of rows, within a row in the order of the group's tasks. */
function sharedCells({ groups }: Network, rows: Int32Array): Cells[] {
  return groups.map(({ tasks }) => {
    const cells = {
      tasks: new Int32Array(rows.length * tasks.length),
      rows: new Int32Array(rows.length * tasks.length),
    }
    let at = 0
    for (const row of rows) {
      for (const task of tasks) {
        cells.tasks[at] = task
        cells.rows[at++] = row
      }
    }
    return cells
  })
}

/** The rows of the group's tasks, in the batch's order. */
function ownCells({ groups }: Network, rows: Int32Array, taskOf: Int32Array): Cells[] {
  if (groups.length === 1) return [{ tasks: taskOf, rows }]
  const groupOf = new Map(groups.flatMap(({ tasks }, g) => tasks.map((k) => [k, g] as const)))
  return groups.map((_, g) => {
    const inside = (i: number): boolean => groupOf.get(taskOf[i]) === g
    return { tasks: taskOf.filter((__, i) => inside(i)), rows: rows.filter((__, i) => inside(i)) }
  })
}

/** One for each table. */
export function inputTensors(data: EncodedData, { rows, taskOf }: BatchPlan): tf.Tensor2D[] {
  const { shape, tasks } = data
  if (!taskOf) return [rowTensor(tasks[0].columns, rows, () => tasks[0].inputs)]
  let from = 0
  return shape.tables.map(({ length: columns }, table) => {
    let to = from
    while (to < rows.length && shape.tasks[taskOf[to]].table === table) to++
    const first = from
    from = to
    return rowTensor(columns, rows.subarray(first, to), (i) => tasks[taskOf[first + i]].inputs)
  })
}

/** A fresh array for each tensor: the cpu backend keeps the array itself. */
function rowTensor(columns: number, rows: Int32Array, inputsOf: (i: number) => Float32Array): tf.Tensor2D {
  const values = new Float32Array(rows.length * columns)
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * columns
    values.set(inputsOf(i).subarray(start, start + columns), i * columns)
  }
  return tf.tensor2d(values, [rows.length, columns], 'float32')
}

export function descriptorTensor({ shape, descriptors }: EncodedData): tf.Tensor2D | undefined {
  if (shape.descriptor === 0) return undefined
  return tf.tensor2d(descriptors, [shape.tasks.length, shape.descriptor], 'float32')
}
