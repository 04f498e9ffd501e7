import { check } from '../error/mtl-error.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import type { Batch, Network } from './types.ts'

/** Task of each cell, by group: the order of a network's outputs. */
export function tasksOfCells({ groups }: Network, { taskOf, inputs }: Batch): Int32Array[] {
  return groups.map(({ tasks }) => {
    if (!taskOf)
      return Int32Array.from({ length: inputs[0].shape[0] * tasks.length }, (_, c) => tasks[c % tasks.length])
    const inside = new Set(tasks)
    return taskOf.filter((task) => inside.has(task))
  })
}

/** Rows of a stacked variable whose tasks are among these, undefined for all rows, empty for none. */
export function rowsOfTasks({ groups }: Network, name: string, tasks: Int32Array): Int32Array | undefined {
  const owner = name.slice(0, name.indexOf('/'))
  if (owner === 'tasks') return tasks
  if (owner.startsWith('task:'))
    return tasks.includes(Number(owner.slice('task:'.length))) ? undefined : new Int32Array()
  if (!owner.startsWith('tasks:')) return undefined
  const group = groups[Number(owner.slice('tasks:'.length))] as Network['groups'][number] | undefined
  check(group !== undefined, 'unknown-name', `the variable ${name} belongs to a group that is not there`, {
    name,
  })
  const present = new Set(tasks)
  return Int32Array.from(group.tasks.keys()).filter((row) => present.has(group.tasks[row]))
}

/** Adds the inner products of some vectors to a symmetric matrix, in float64. */
export function addInnerProducts(to: Matrix, vectors: readonly (Float32Array | undefined)[]): Matrix {
  const result = matrix(to.rows, to.columns, to.data.slice())
  for (let a = 0; a < to.rows; a++)
    for (let b = 0; b <= a; b++) {
      const sum = innerProduct(vectors[a], vectors[b])
      result.data[a * to.columns + b] += sum
      if (a !== b) result.data[b * to.columns + a] += sum
    }
  return result
}

function innerProduct(x: Float32Array | undefined, y: Float32Array | undefined): number {
  let sum = 0
  if (x && y) for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}
