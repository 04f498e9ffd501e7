import type { Matrix, TaskInfo, View } from '@mtl/core'
import { meanByTask } from './mean-by-task.ts'
import { taskSimilarity } from './task-similarity.ts'

/**
 * What each task looks at. `shares` are [cells, tokens], cells in the order of rows and within a row of tasks, or of
 * `taskOf`; tokens are first the numbers of a table, then its level ids.
 */
export function attentionViews(
  tasks: readonly TaskInfo[],
  shares: ArrayLike<number>,
  taskOf: Int32Array | undefined,
): readonly View[] {
  const names = tasks.map(({ name }) => name)
  const { features } = tasks[0]
  const isOneTable = tasks.every((task) => task.features === features)
  const tokens = [
    ...features.filter(({ vocabulary }) => vocabulary === undefined),
    ...features.filter(({ vocabulary }) => vocabulary !== undefined),
  ]
  const count = isOneTable ? tokens.length : Math.max(...tasks.map((task) => task.features.length))
  const labels = isOneTable
    ? tokens.map(({ name }) => name)
    : Array.from({ length: count }, (_, f) => `common input ${f + 1}`)
  const of = (values: ArrayLike<number>): Matrix => meanByTask(values, names.length, labels.length, taskOf)
  const means = of(shares)
  const squares = of(Float64Array.from(shares, (share) => share ** 2))
  // Rounding may leave a variance just below 0.
  const spread = squares.data.map((square, at) => Math.sqrt(Math.max(0, square - means.data[at] ** 2)))
  const picture = { kind: 'matrix' as const, rows: names, columns: labels }
  return [
    {
      ...picture,
      title: 'Attention by feature',
      reading:
        'Mean share of each input in what a task looks at; lines sum to 1. What is looked at need not be what causes.',
      values: means,
    },
    {
      ...picture,
      title: 'Attention by feature, spread over rows',
      reading: 'Standard deviation of the shares over rows: 0 where a task looks at all rows alike.',
      values: { ...means, data: spread },
    },
    taskSimilarity(names, [means]),
  ]
}
