import { pooled } from '../baseline/pooled.ts'
import { singleTask } from '../baseline/single-task.ts'
import { holdout, kFold, leaveTasksOut } from '../data/splits.ts'
import { tablesOf } from '../data/tables.ts'
import type { Dataset, Split } from '../data/types.ts'
import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { defaultMetrics } from '../metric/default-metrics.ts'
import type { Metric } from '../metric/types.ts'
import type { Estimator } from '../model/types.ts'
import type { RandomGenerator } from '../random/types.ts'
import type { CompareOptions, SplitPlan } from './types.ts'

/**
 * Ready splits as they are, or those of a plan.
 * @throws MtlError 'invalid-option', 'dimension-mismatch'
 */
export function makeSplits(
  data: Dataset,
  given: CompareOptions['splits'] = { repeats: 5, testFraction: 0.25 },
  random: RandomGenerator,
): readonly Split[] {
  if (isPlan(given)) return planned(data, given, random)
  check(given.length > 0, 'invalid-option', 'a comparison needs at least one split')
  given.forEach((split, s) => checkSplit(split, s, data))
  return given
}

/** Rows that are out of order, or named twice, would train and be tested. */
function checkSplit({ test, unseen = [] }: Split, split: number, { tasks }: Dataset): void {
  const text = `a split of ${test.length} tasks does not fit data of ${tasks.length}`
  check(test.length === tasks.length, 'dimension-mismatch', text)
  const stranger = unseen.find((k) => !(k in tasks))
  const known = `a position below ${tasks.length}`
  check(stranger === undefined, 'invalid-option', `splits[${split}].unseen must be ${known}, got ${stranger}`)
  tasks.forEach(({ name, targets }, t) => {
    let last = -1
    for (const row of test[t]) {
      const fits = Number.isInteger(row) && row > last && row < targets.length
      const must = `splits[${split}].test[${t}] ("${name}") must be ascending positions below ${targets.length}`
      check(fits, 'invalid-option', `${must}, got ${row} after ${last}`, { split, task: name })
      last = row
    }
  })
}

function isPlan(given: readonly Split[] | SplitPlan): given is SplitPlan {
  return !Array.isArray(given)
}

function planned(data: Dataset, plan: SplitPlan, random: RandomGenerator): readonly Split[] {
  if ('taskFolds' in plan) return leaveTasksOut(data, { random, ...plan, folds: plan.taskFolds })
  if ('folds' in plan) return kFold(data, { random, folds: plan.folds })
  const length = checkNumber('repeats', plan.repeats, { min: 1, integer: true })
  return Array.from({ length }, (_, s) => holdout(data, { ...plan, random: random.fork(s) }))
}

/** `defaultMetrics` of each kind, each metric once; those that come first of their kind before all others. */
export function metricsFor({ tasks }: Dataset): readonly Metric[] {
  const kinds = [...new Set(tasks.map(({ kind }) => kind))].map((kind) => defaultMetrics(kind))
  return [...new Set([...kinds.map(([first]) => first), ...kinds.flat()])]
}

/** One model for all is left out where every target has one task or features differ. */
export function defaultBaselines({ tasks }: Dataset): Readonly<Record<string, Estimator>> {
  const targets = new Set(tasks.map(({ target }) => target))
  const alike = tablesOf(tasks).every((table) => table === 0)
  const poolable = targets.size < tasks.length && alike
  return { 'single-task': singleTask(), ...(poolable && { pooled: pooled() }) }
}
