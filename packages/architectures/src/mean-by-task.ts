import type { Matrix } from '@mtl/core'

/** Means of [cells, units] by task, tasks x units; cells follow one another by row and task, or belong to `taskOf`. */
export function meanByTask(
  values: ArrayLike<number>,
  tasks: number,
  units: number,
  taskOf: Int32Array | undefined,
): Matrix {
  const sums = new Float64Array(tasks * units)
  const counts = new Float64Array(tasks)
  for (let cell = 0; cell < values.length / units; cell++) {
    const task = taskOf ? taskOf[cell] : cell % tasks
    counts[task]++
    for (let j = 0; j < units; j++) sums[task * units + j] += values[cell * units + j]
  }
  const data = sums.map((sum, at) => sum / Math.max(1, counts[Math.floor(at / units)]))
  return { rows: tasks, columns: units, data }
}
