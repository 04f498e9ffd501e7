import { memoised } from '../../data/memoised.ts'
import { sharedInputs } from '../../data/rows.ts'
import { groupByTable, tablesOf } from '../../data/tables.ts'
import type { Dataset, Task } from '../../data/types.ts'
import type { Matrix } from '../../linalg/types.ts'
import { scaleData, scalingOf } from '../../model/scaling.ts'
import type { ModelScaling } from '../../model/types.ts'
import type { DataShape } from '../types.ts'

/** Rows as a network takes them: in scaled units, inputs in float32, once for all epochs. */
export interface EncodedData {
  readonly shape: DataShape
  readonly scaling: ModelScaling
  readonly tasks: readonly EncodedTask[]
  /** All tasks stand in the same rows. */
  readonly isShared: boolean
  /** Tasks x length; of length 0 without descriptors. */
  readonly descriptors: Float32Array
}

export interface EncodedTask {
  /** What is measured; tasks that share it share a scale and a residual variance. */
  readonly target: string
  /** Row by row; the same array in tasks that share their rows. */
  readonly inputs: Float32Array
  readonly columns: number
  /** Scaled number or class index, NaN where not observed. */
  readonly targets: Float64Array
  /** Case weights; 0 where not observed. */
  readonly weights: Float64Array
  /** Rows that count: observed, and of positive weight. */
  readonly labelled: Int32Array
}

/** Data in the units of `scaling`, which is its own unless it was learnt from other rows. */
export function encodeData(data: Dataset, scaling: ModelScaling = scalingOf(data)): EncodedData {
  const scaled = scaleData(data, scaling)
  const single = memoised(({ data: values }: Matrix) => Float32Array.from(values))
  const common = commonInputs(scaled)
  return {
    shape: shapeOf(data),
    scaling,
    tasks: scaled.tasks.map((task) =>
      encodeTask(common === undefined ? task : onRowsOf(common, task), single(common ?? task.inputs)),
    ),
    isShared: common !== undefined,
    descriptors: Float32Array.from(scaled.tasks.flatMap(({ descriptor }) => [...(descriptor ?? [])])),
  }
}

/** The rows that all tasks with labels share, in the features of all tasks. */
function commonInputs({ tasks }: Dataset): Matrix | undefined {
  const labelled = tasks.filter(({ targets }) => targets.some((value) => !Number.isNaN(value)))
  const isOneTable = tablesOf(tasks).every((table) => table === 0)
  return isOneTable ? sharedInputs({ tasks: labelled.length > 0 ? labelled : tasks }) : undefined
}

/** A task without labels stands in the rows of the others, so that it changes nothing for them. */
function onRowsOf(inputs: Matrix, task: Task): Task {
  if (task.inputs === inputs) return task
  return { ...task, inputs, targets: new Float64Array(inputs.rows).fill(NaN), weights: undefined }
}

/** What a network is built for. */
export function shapeOf({ tasks }: Dataset): DataShape {
  const tables = tablesOf(tasks)
  const shares = sharesOf(tasks)
  return {
    tables: groupByTable(tasks).map(([{ features }]) =>
      features.map(({ vocabulary }) => vocabulary?.length ?? 0),
    ),
    tasks: tasks.map(({ name, kind }, k) => ({ name, kind, table: tables[k], classShares: shares[k] })),
    descriptor: tasks[0]?.descriptor?.length ?? 0,
  }
}

/**
 * Share of each class in each task, with half a row more of each class, so that logarithms are finite. A task without
 * labels has the geometric mean of those with as many classes: the mean of their logits, so that it moves no start.
 */
function sharesOf(tasks: readonly Task[]): readonly (readonly number[])[] {
  const counted = tasks.map((task) => ({ ...task, ...countedRows(task) }))
  const shares = counted.map((task) => {
    const counts = classCounts(task, task.classes.length)
    const total = counts.reduce((sum, count) => sum + count + 0.5, 0)
    return Array.from(counts, (count) => (count + 0.5) / total)
  })
  const means = memoised((classes: number) =>
    geometricMean(shares.filter((own, k) => own.length === classes && counted[k].labelled.length > 0)),
  )
  return shares.map((own, k) => (counted[k].labelled.length > 0 ? own : (means(own.length) ?? own)))
}

function geometricMean(shares: readonly (readonly number[])[]): readonly number[] | undefined {
  if (shares.length === 0) return undefined
  const means = shares[0].map((_, j) =>
    Math.exp(shares.reduce((sum, own) => sum + Math.log(own[j]) / shares.length, 0)),
  )
  const total = means.reduce((sum, share) => sum + share, 0)
  return means.map((share) => share / total)
}

function encodeTask(task: Task, inputs: Float32Array): EncodedTask {
  const { target, targets } = task
  return { target, inputs, columns: task.inputs.columns, targets, ...countedRows(task) }
}

function countedRows({ targets, weights: given }: Task): Pick<EncodedTask, 'weights' | 'labelled'> {
  const weights = targets.map((value, i) => (Number.isNaN(value) ? 0 : (given?.[i] ?? 1)))
  return { weights, labelled: Int32Array.from(weights.keys()).filter((i) => weights[i] > 0) }
}

/** Summed case weights of each class; empty for regression. */
export function classCounts(
  { targets, weights, labelled }: Pick<EncodedTask, 'targets' | 'weights' | 'labelled'>,
  classes: number,
): Float64Array {
  const counts = new Float64Array(classes)
  if (classes > 0) for (const i of labelled) counts[targets[i]] += weights[i]
  return counts
}
