import { observed } from '../data/rows.ts'
import { groupByTable } from '../data/tables.ts'
import type { Dataset, Task } from '../data/types.ts'
import { weightedInputs } from '../data/weighted-inputs.ts'
import { row } from '../linalg/matrix.ts'
import type { Warning } from '../model/types.ts'
import { groupTasks, targetOf } from './groups.ts'
import { classCounts } from './shares.ts'

/** What in the training data keeps a baseline from learning all there is to learn. */
export function dataWarnings(data: Dataset): Warning[] {
  const constant = groupByTable(data.tasks).flatMap(constantColumns)
  const names = [...new Set(constant)].map((name) => ({ name }))
  return [
    ...targetWarnings(data),
    ...warn(
      'constant-column',
      'one and the same input in all labelled rows, so nothing is learnt of it',
      names,
    ),
  ]
}

/** The same of a baseline that takes no inputs. */
export function targetWarnings({ tasks }: Dataset): Warning[] {
  const rows = tasks.map(labelled)
  const empty = tasks.filter((_, t) => rows[t].length === 0)
  const single = tasks.filter((task) => task.kind !== 'regression' && hasOneClass(task))
  const constant = groupTasks(tasks, targetOf)
    .filter(({ positions }) => tasks[positions[0]].kind === 'regression')
    .filter(({ positions }) => isConstant(positions.flatMap((t) => rows[t])))
  return [
    ...warn('task-without-rows', 'no labelled row, so what all tasks share is predicted', empty),
    ...warn('one-class', 'rows of a single class, so a share of the other is a guess', single),
    ...warn(
      'constant-target',
      'one and the same value in all labelled rows',
      constant.map(({ positions }) => ({ name: tasks[positions[0]].target })),
    ),
  ]
}

/** How many names a message lists. */
const listed = 5

/** One warning for all that share a trouble; none for none. */
export function warn(code: string, trouble: string, among: readonly { readonly name: string }[]): Warning[] {
  if (among.length === 0) return []
  const names = among.slice(0, listed).map(({ name }) => `"${name}"`)
  const more = among.length > listed ? ` and ${among.length - listed} more` : ''
  return [{ code, message: `${trouble}: ${names.join(', ')}${more}` }]
}

/** Names of the inputs that are alike in all labelled rows of these tasks, which have the same features; none without rows. */
function constantColumns(tasks: readonly Task[]): string[] {
  const first = new Float64Array(tasks[0].features.length)
  const constant = first.map(() => 1)
  let rows = 0
  for (const { inputs, weights } of weightedInputs(tasks)) {
    for (let i = 0; i < inputs.rows; i++) {
      if (weights[i] === 0) continue
      const values = row(inputs, i)
      if (rows++ === 0) first.set(values)
      for (let j = 0; j < first.length; j++) if (values[j] !== first[j]) constant[j] = 0
    }
  }
  return tasks[0].features.filter((_, j) => rows > 0 && constant[j] === 1).map(({ name }) => name)
}

/** Targets of the rows that count. */
function labelled(task: Task): number[] {
  const { targets, weights } = observed(task)
  return [...targets].filter((_, i) => weights === undefined || weights[i] > 0)
}

function hasOneClass(task: Task): boolean {
  return classCounts(task).filter((count) => count > 0).length === 1
}

function isConstant(values: readonly number[]): boolean {
  return values.length > 0 && values.every((value) => value === values[0])
}
