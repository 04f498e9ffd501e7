import { permutation } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import { groupBy } from './group-by.ts'
import type { SplitOptions, Task } from './types.ts'

/** Rows that are alike to a split, in random order. */
export type Stratum = readonly number[]

/**
 * The rows that any of the tasks, which share their inputs, has a label of; those with the same labels stand
 * together. All labels of numbers are alike, and all of classes where `stratify` is 'task'.
 */
export function strataOf(
  tasks: readonly Task[],
  random: RandomGenerator,
  stratify: SplitOptions['stratify'] = 'class',
): readonly Stratum[] {
  const known = (task: Task, row: number): string => labelOf(task, row, stratify)
  const labelled = permutation(random, tasks[0].targets.length).filter((row) =>
    tasks.some(({ targets }) => !Number.isNaN(targets[row])),
  )
  // Where all labels are alike there is nothing to tell apart.
  if (tasks.length === 1 && (tasks[0].kind === 'regression' || stratify === 'task'))
    return labelled.length === 0 ? [] : [[...labelled]]
  return [...groupBy(labelled, (row) => tasks.map((task) => known(task, row)).join()).values()]
}

/** '' for a missing label. */
function labelOf({ kind, targets }: Task, row: number, stratify: SplitOptions['stratify']): string {
  if (Number.isNaN(targets[row])) return ''
  return kind === 'regression' || stratify === 'task' ? 'any' : String(targets[row])
}

/** `count` of the rows: of each stratum its share, rounded by the largest remainders. */
export function shareOf(strata: readonly Stratum[], count: number): readonly number[] {
  const rows = strata.reduce((sum, { length }) => sum + length, 0)
  const shares = strata.map(({ length }) => Math.floor((count * length) / rows))
  const left = count - shares.reduce((sum, share) => sum + share, 0)
  const remainder = (k: number): number => (count * strata[k].length) % rows
  const byRemainder = Array.from(strata.keys()).sort((a, b) => remainder(b) - remainder(a))
  for (const k of byRemainder.slice(0, left)) shares[k] += 1
  return strata.flatMap((stratum, k) => stratum.slice(0, shares[k]))
}

/** Deals the members to `folds` hands in turn: sizes, and counts of each stratum, differ by one at most. */
export function deal(strata: readonly Stratum[], folds: number, first: number): readonly number[][] {
  const hands = Array.from({ length: folds }, (): number[] => [])
  strata.flat().forEach((member, i) => hands[(first + i) % folds].push(member))
  return hands
}
