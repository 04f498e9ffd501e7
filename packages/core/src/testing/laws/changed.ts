import { memoised } from '../../data/memoised.ts'
import { selectTaskRows } from '../../data/rows.ts'
import type { Dataset, Feature, Task } from '../../data/types.ts'
import { matrix, selectRows } from '../../linalg/matrix.ts'
import type { Matrix } from '../../linalg/types.ts'

/** Changed copies of data; what tasks share they go on sharing. */

export function mapTasks({ tasks }: Dataset, change: (task: Task, k: number) => Task): Dataset {
  return { tasks: tasks.map(change) }
}

export function mapTargets(data: Dataset, change: (y: number, i: number, k: number) => number): Dataset {
  return mapTasks(data, (task, k) => ({ ...task, targets: task.targets.map((y, i) => change(y, i, k)) }))
}

/** The rows at the listed positions, in that order, of every task. */
export function mapRows(data: Dataset, rowsOf: (rows: number) => readonly number[]): Dataset {
  const select = memoised((inputs: Matrix) => selectRows(inputs, rowsOf(inputs.rows)))
  return mapTasks(data, (task) => ({
    ...selectTaskRows(task, rowsOf(task.inputs.rows)),
    inputs: select(task.inputs),
  }))
}

export function withWeights(data: Dataset, weight: (i: number) => number): Dataset {
  return mapTasks(data, (task) => ({ ...task, weights: task.targets.map((_, i) => weight(i)) }))
}

/** Column j of the result is made of row i of the inputs by `columns[j]`. */
export function mapColumns(
  data: Dataset,
  columnsOf: (features: readonly Feature[]) => readonly Column[],
): Dataset {
  const columns = memoised(columnsOf)
  const features = memoised((given: readonly Feature[]) => columns(given).map(({ feature }) => feature))
  const inputs = memoised((given: readonly Feature[]) =>
    memoised((from: Matrix) => {
      const made = columns(given)
      const data = Array.from({ length: from.rows }, (_, i) => {
        const cells = from.data.subarray(i * from.columns, (i + 1) * from.columns)
        return made.map(({ value }) => value(cells, i))
      })
      return matrix(from.rows, made.length, Float64Array.from(data.flat()))
    }),
  )
  return mapTasks(data, (task) => ({
    ...task,
    features: features(task.features),
    inputs: inputs(task.features)(task.inputs),
  }))
}

export interface Column {
  readonly feature: Feature
  readonly value: (cells: Float64Array, i: number) => number
}

/** The columns as they are. */
export function columnsOf(features: readonly Feature[]): Column[] {
  return features.map((feature, j) => ({ feature, value: (cells) => cells[j] }))
}

/** Whether tasks of the data stand on one matrix. */
function sharesRows({ tasks }: Dataset): boolean {
  return new Set(tasks.map(({ inputs }) => inputs)).size < tasks.length
}

/** The data where task k keeps its first `rows` rows alone: the labels of these, where rows are shared. */
export function shortened(data: Dataset, k: number, rows: number): Dataset {
  if (sharesRows(data)) return mapTargets(data, (y, i, at) => (at === k && i >= rows ? NaN : y))
  return mapTasks(data, (task, at) => (at === k ? selectTaskRows(task, [...Array(rows).keys()]) : task))
}
