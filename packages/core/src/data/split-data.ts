import { check } from '../error/mtl-error.ts'
import { selectRows } from '../linalg/matrix.ts'
import { groupBy } from './group-by.ts'
import { withRows } from './rows.ts'
import type { Dataset, Split, SplitData, Task } from './types.ts'

/**
 * The two sides of a split. Tasks that share their inputs still do on either side: where they test the same
 * rows these are taken out of the one matrix, else both sides keep it and hide the other's targets. `test` has
 * all tasks of the data in their order, with no labels where none are tested; `train` all but the unseen, and
 * `examples` those of the unseen that have other labels.
 * @throws MtlError 'dimension-mismatch' (the split is of another number of tasks, or of tasks or rows that it lacks),
 *   'invalid-data' (rows that do not ascend)
 */
export function splitData<Name extends string>(data: Dataset<Name>, split: Split): SplitData<Name> {
  const { tasks } = data
  checkSplit(data, split)
  const unseen = new Set(split.unseen)
  const all = [...tasks.keys()]
  const tested = (k: number): Int32Array => split.test[k]
  const others = (k: number): Int32Array => complement(split.test[k], tasks[k].targets.length)
  const examples = tasksWithRows(
    tasks,
    all.filter((k) => unseen.has(k)),
    others,
  )
  return {
    train: {
      tasks: tasksWithRows(
        tasks,
        all.filter((k) => !unseen.has(k)),
        others,
      ),
    },
    test: { tasks: tasksWithRows(tasks, all, tested) },
    examples: { tasks: examples.filter(({ targets }) => targets.some((value) => !Number.isNaN(value))) },
  }
}

/** @throws as `splitData` */
export function checkSplit({ tasks }: Dataset, { test, unseen = [] }: Split): void {
  const text = `a split of ${test.length} tasks does not fit data of ${tasks.length}`
  check(test.length === tasks.length, 'dimension-mismatch', text)
  tasks.forEach((task, k) => checkRows(task, test[k]))
  const outside = unseen.find((k) => !(k in tasks))
  const lacks = `a split leaves out the task at position ${outside}, where there are ${tasks.length} tasks`
  check(outside === undefined, 'dimension-mismatch', lacks)
}

/** A row given out of order would be trained on as well as tested. */
function checkRows({ name: task, targets }: Task, rows: Int32Array): void {
  const outside = rows.find((row) => !(row >= 0 && row < targets.length))
  const lacks = `a split tests position ${outside} of task "${task}", which has ${targets.length} rows`
  check(outside === undefined, 'dimension-mismatch', lacks, { task })
  const ascend = rows.every((row, i) => i === 0 || row > rows[i - 1])
  check(ascend, 'invalid-data', `the test rows of task "${task}" do not ascend`, { task })
}

/** The tasks at these positions, with no other rows. */
function tasksWithRows<Name extends string>(
  tasks: readonly Task<Name>[],
  positions: readonly number[],
  rowsOf: (k: number) => Int32Array,
): readonly Task<Name>[] {
  const result = new Map<number, Task<Name>>()
  const sharing = groupBy(positions, (k) => tasks[k].inputs)
  for (const [inputs, group] of sharing) {
    const rows = group.map(rowsOf)
    const alike = rows.every((list) => equal(list, rows[0]))
    if (alike && rows[0].length === inputs.rows) {
      for (const k of group) result.set(k, tasks[k])
    } else if (alike) {
      const taken = selectRows(inputs, rows[0])
      for (const k of group) result.set(k, withRows(tasks[k], rows[0], taken))
    } else {
      group.forEach((k, at) => result.set(k, withTargets(tasks[k], rows[at])))
    }
  }
  return positions.map((k) => result.get(k) ?? tasks[k])
}

/** All rows, but labels of the listed ones alone. */
function withTargets<Name extends string>(task: Task<Name>, rows: Int32Array): Task<Name> {
  const targets = new Float64Array(task.targets.length).fill(NaN)
  for (const i of rows) targets[i] = task.targets[i]
  return { ...task, targets }
}

/** The positions below `length` that an ascending list lacks. */
function complement(rows: Int32Array, length: number): Int32Array {
  const others = new Int32Array(length - rows.length)
  let next = 0
  let at = 0
  for (let i = 0; i < length; i++) {
    if (rows[next] === i) next += 1
    else others[at++] = i
  }
  return others
}

function equal(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]))
}
