import type { Columns } from '@mtl/core'

/** Of the candidates, those with one value in each task and several over all: traits of the task itself. */
export function constantWithinTasks(
  columns: Columns,
  task: string,
  candidates: readonly string[],
): readonly string[] {
  const tasks = Array.from(columns[task], String)
  if (new Set(tasks).size === tasks.length) return []
  return candidates.filter((name) => {
    const cells = Array.from(columns[name], String)
    const first = new Map<string, string>()
    const constant = cells.every((cell, row) => {
      if (!first.has(tasks[row])) first.set(tasks[row], cell)
      return first.get(tasks[row]) === cell
    })
    return constant && new Set(first.values()).size > 1
  })
}
