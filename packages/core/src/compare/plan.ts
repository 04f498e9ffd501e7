import { pooled } from '../baseline/pooled.ts'
import { singleTask } from '../baseline/single-task.ts'
import { checkSplit } from '../data/split-data.ts'
import { holdout, kFold, leaveTasksOut } from '../data/splits.ts'
import { tablesOf } from '../data/tables.ts'
import type { Dataset, Split } from '../data/types.ts'
import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { breather } from '../executor/breather.ts'
import { defaultMetrics } from '../metric/default-metrics.ts'
import type { Metric } from '../metric/types.ts'
import type { Estimator } from '../model/types.ts'
import type { RandomGenerator } from '../random/types.ts'
import type { CompareOptions, SplitPlan } from './types.ts'

/**
 * Ready splits as they are, or those of a plan; many of them on much data take long, and are interrupted.
 * @throws `signal.reason` when aborted; MtlError 'invalid-option', 'dimension-mismatch', 'invalid-data' (test rows that
 * do not ascend)
 */
export async function makeSplits(
  data: Dataset,
  given: CompareOptions['splits'] = { repeats: 5, testFraction: 0.25 },
  random: RandomGenerator,
  signal?: AbortSignal,
): Promise<readonly Split[]> {
  if (isPlan(given)) return planned(data, given, random, signal)
  check(given.length > 0, 'invalid-option', 'a comparison needs at least one split')
  for (const split of given) checkSplit(data, split)
  return given
}

function isPlan(given: readonly Split[] | SplitPlan): given is SplitPlan {
  return !Array.isArray(given)
}

// By class, a task's shares in training would tell those of its test rows: methods that learn levels of tasks would gain by it.
const stratify = 'task'

async function planned(
  data: Dataset,
  plan: SplitPlan,
  random: RandomGenerator,
  signal?: AbortSignal,
): Promise<readonly Split[]> {
  if ('taskFolds' in plan) return leaveTasksOut(data, { random, ...plan, folds: plan.taskFolds })
  if ('folds' in plan) return kFold(data, { random, stratify, folds: plan.folds })
  const repeats = checkNumber('repeats', plan.repeats, { min: 1, integer: true })
  const breathe = breather()
  const splits: Split[] = []
  for (let s = 0; s < repeats; s++) {
    splits.push(holdout(data, { ...plan, stratify, random: random.fork(s) }))
    await breathe()
    signal?.throwIfAborted()
  }
  return splits
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
