import type { TaskInfo, View } from '@mtl/core'
import { meanByTask } from './mean-by-task.ts'
import { taskSimilarity } from './task-similarity.ts'

/** Masks by block, [cells, units]: cells in the order of rows and within a row of tasks, or of `taskOf`. */
export function maskViews(
  tasks: readonly TaskInfo[],
  masks: readonly ArrayLike<number>[],
  widths: readonly number[],
  taskOf: Int32Array | undefined,
): readonly View[] {
  const names = tasks.map(({ name }) => name)
  const means = masks.map((mask, l) => meanByTask(mask, names.length, widths[l], taskOf))
  return [
    ...means.map((values, l) => ({
      kind: 'matrix' as const,
      title: `Masks of block ${l + 1}`,
      reading:
        'Mean share of each unit of the trunk that a task lets pass; columns that differ are where tasks part.',
      rows: names,
      columns: Array.from({ length: values.columns }, (_, unit) => `unit ${unit + 1}`),
      values,
    })),
    taskSimilarity(names, means),
  ]
}
