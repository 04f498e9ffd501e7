import type { Matrix, TaskInfo, View } from '@mtl/core'
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
  const { means, deviations } = moments(shares, labels.length, names.length, taskOf)
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
      values: deviations,
    },
    taskSimilarity(names, [means]),
  ]
}

function moments(
  shares: ArrayLike<number>,
  tokens: number,
  tasks: number,
  taskOf: Int32Array | undefined,
): { readonly means: Matrix; readonly deviations: Matrix } {
  const sums = new Float64Array(tasks * tokens)
  const squares = new Float64Array(tasks * tokens)
  const counts = new Float64Array(tasks)
  for (let cell = 0; cell < shares.length / tokens; cell++) {
    const task = taskOf ? taskOf[cell] : cell % tasks
    counts[task]++
    for (let f = 0; f < tokens; f++) {
      const share = shares[cell * tokens + f]
      sums[task * tokens + f] += share
      squares[task * tokens + f] += share * share
    }
  }
  const countAt = (at: number): number => Math.max(1, counts[Math.floor(at / tokens)])
  const means = sums.map((sum, at) => sum / countAt(at))
  // Rounding may leave a variance just below 0.
  const deviations = squares.map((sum, at) => Math.sqrt(Math.max(0, sum / countAt(at) - means[at] ** 2)))
  return {
    means: { rows: tasks, columns: tokens, data: means },
    deviations: { rows: tasks, columns: tokens, data: deviations },
  }
}
