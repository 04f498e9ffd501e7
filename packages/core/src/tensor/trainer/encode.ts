import { memoised } from '../../data/memoised.ts'
import { sharedInputs } from '../../data/rows.ts'
import { groupByTable, tablesOf } from '../../data/tables.ts'
import type { Dataset, Task } from '../../data/types.ts'
import type { Matrix } from '../../linalg/types.ts'
import { scaleData, scalingOf } from '../../model/scaling.ts'
import type { ModelScaling } from '../../model/types.ts'
import type { DataShape, TaskShape } from '../types.ts'

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
  const tasks = scaled.tasks.map((task) => encodeTask(task, single(task.inputs)))
  return {
    shape: shapeOf(data),
    scaling,
    tasks,
    isShared: sharedInputs(data) !== undefined,
    descriptors: Float32Array.from(scaled.tasks.flatMap(({ descriptor }) => [...(descriptor ?? [])])),
  }
}

/** What a network is built for. */
export function shapeOf({ tasks }: Dataset): DataShape {
  const tables = tablesOf(tasks)
  return {
    tables: groupByTable(tasks).map(([{ features }]) =>
      features.map(({ vocabulary }) => vocabulary?.length ?? 0),
    ),
    tasks: tasks.map((task, k) => taskShape(task, tables[k])),
    descriptor: tasks[0]?.descriptor?.length ?? 0,
  }
}

/** Half a row more of each class, so that logarithms of shares are finite. */
function taskShape(task: Task, table: number): TaskShape {
  const { name, kind, classes } = task
  const counts = classCounts({ ...task, ...countedRows(task) }, classes.length)
  const total = counts.reduce((sum, count) => sum + count + 0.5, 0)
  return { name, kind, table, classShares: Array.from(counts, (count) => (count + 0.5) / total) }
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
