import { checkNumber } from '../error/check-number.ts'
import { permutation } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import { groupBy } from './group-by.ts'
import { deal, shareOf, strataOf } from './strata.ts'
import type { Dataset, Split, SplitOptions, Task } from './types.ts'

/**
 * Stratified by task and, for classification, by class unless `stratify` says otherwise. Of n observed rows min(floor(n testFraction + 1/2), n
 * - 1) are tested, so a task keeps one in train whenever it has any. A task's test rows depend on its name and
 * data alone, not on other tasks. By 'row', n counts the rows with any label, strata are rows labelled alike
 * in all tasks, and a row is tested less where a task would keep no label. Rows without labels train.
 * @throws MtlError 'invalid-option' (testFraction outside 0..1, exclusive)
 */
export function holdout(
  data: Dataset,
  { random, by = 'row', stratify, testFraction }: SplitOptions & { readonly testFraction: number },
): Split {
  checkNumber('testFraction', testFraction, { above: 0, below: 1 })
  const [split] = splitUnits(data, 1, by, (tasks) => {
    const strata = strataOf(tasks, random.fork(tasks[0].name), stratify)
    const n = strata.flat().length
    return [shareOf(strata, Math.max(0, Math.min(Math.floor(n * testFraction + 0.5), n - 1)))]
  })
  return split
}

/**
 * Each labelled row is tested once, in one of `folds` splits that are stratified as those of `holdout`. Sizes
 * within a task differ by one at most. The only label of a task always trains.
 * @throws MtlError 'invalid-option' (folds below 2)
 */
export function kFold(
  data: Dataset,
  { random, by = 'row', stratify, folds }: SplitOptions & { readonly folds: number },
): readonly Split[] {
  checkNumber('folds', folds, { min: 2, integer: true })
  return splitUnits(data, folds, by, (tasks) => {
    const stream = random.fork(tasks[0].name)
    // Tasks of fewer rows than folds start anywhere, else the first folds would test them all.
    return deal(strataOf(tasks, stream, stratify), folds, Math.floor(stream.next() * folds))
  })
}

/**
 * Whole tasks are tested, each once, those of a target dealt evenly to the folds; `examples` of their labelled
 * rows (default 0; all but one at most), stratified by class, are given at prediction.
 * @throws MtlError 'invalid-option' (folds below 2 or above the number of tasks)
 */
export function leaveTasksOut(
  data: Dataset,
  options: { readonly random: RandomGenerator; readonly folds: number; readonly examples?: number },
): readonly Split[] {
  const { random, folds, examples = 0 } = options
  const { tasks } = data
  checkNumber('folds', folds, { min: 2, max: tasks.length, integer: true })
  checkNumber('examples', examples, { min: 0, integer: true })
  const tested = tasks.map((task) => {
    const strata = strataOf([task], random.fork(task.name))
    const rows = strata.flat()
    const given = new Set(shareOf(strata, Math.max(0, Math.min(examples, rows.length - 1))))
    return ascending(rows.filter((row) => !given.has(row)))
  })
  // A number as label: no task's name gives the same stream.
  const order = [...permutation(random.fork(0), tasks.length)]
  const byTarget = groupBy(order, (k) => tasks[k].target)
  return deal([...byTarget.values()], folds, 0).map((hand) => {
    const left = new Set(hand)
    const none = new Int32Array(0)
    return { test: tested.map((rows, k) => (left.has(k) ? rows : none)), unseen: hand.sort((a, b) => a - b) }
  })
}

/** A split of one's own: `isTest` by position in the table (else in the task) and task. */
export function splitWhere(data: Dataset, isTest: (row: number, task: string) => boolean): Split {
  const test = data.tasks.map(({ name, targets, rows }) =>
    Int32Array.from(targets.keys()).filter((i) => isTest(rows?.[i] ?? i, name)),
  )
  return { test }
}

/**
 * `count` splits, made for each unit of tasks whose rows are split as one: those that share their inputs, or
 * each for itself.
 */
function splitUnits(
  data: Dataset,
  count: number,
  by: 'row' | 'target',
  testRows: (tasks: readonly Task[]) => readonly (readonly number[])[],
): readonly Split[] {
  const splits = Array.from({ length: count }, (): Int32Array[] => [])
  const units = groupBy(data.tasks.keys(), (k) => (by === 'row' ? data.tasks[k].inputs : k))
  for (const positions of units.values()) {
    const tasks = positions.map((k) => data.tasks[k])
    testRows(tasks).forEach((drawn, s) => {
      const rows = ascending(leavingLabels(tasks, drawn))
      for (const k of positions) splits[s][k] = rows
    })
  }
  return splits.map((test) => ({ test }))
}

/** The test rows without those that hold all labels of a task. */
function leavingLabels(tasks: readonly Task[], test: readonly number[]): Iterable<number> {
  const tested = new Set(test)
  for (const { targets } of tasks) {
    if (targets.some((value, row) => !Number.isNaN(value) && !tested.has(row))) continue
    const kept = test.find((row) => !Number.isNaN(targets[row]))
    if (kept !== undefined) tested.delete(kept)
  }
  return tested
}

function ascending(rows: Iterable<number>): Int32Array {
  return Int32Array.from(rows).sort()
}
