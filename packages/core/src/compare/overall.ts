import { weightsOf } from '../data/scaling.ts'
import type { Task } from '../data/types.ts'
import { concatenate } from '../distribution/concatenate.ts'
import { isReal } from '../distribution/kind.ts'
import type { Distribution } from '../distribution/types.ts'
import { join } from '../linalg/join.ts'
import { r2 } from '../metric/regression.ts'
import { addInPlace, meanOf } from './gains.ts'
import type { TargetGroup } from './layout.ts'

/** The test rows of a task, predicted. */
export interface Judged {
  readonly prediction: Distribution
  /** NaN: not observed. */
  readonly targets: Float64Array
  readonly weights?: Float64Array
}

/** What is said of a group, in order: each metric on all rows and its mean over tasks, first metric first. */
export function overallNames({ metrics, kind }: TargetGroup): readonly string[] {
  const names = metrics.flatMap(({ name }) => [name, `${name}-task-mean`])
  return kind === 'regression' ? [...names, 'explained-variance-pooled', 'explained-variance-within'] : names
}

/** Where each group's names begin in the list of all. */
export function overallStarts(groups: readonly TargetGroup[]): readonly number[] {
  let next = 0
  return groups.map((group) => {
    const start = next
    next += overallNames(group).length
    return start
  })
}

/**
 * Values of `overallNames`. `judged` by task position, undefined where none of its rows was tested; `scores` holds the
 * tasks' own, tasks x metrics in the order of `columns`.
 */
export function overallValues(
  group: TargetGroup,
  judged: readonly (Judged | undefined)[],
  scores: Float64Array,
  columns: readonly string[],
): readonly number[] {
  const parts = group.tasks.flatMap((t) => judged[t] ?? [])
  if (parts.length === 0) return overallNames(group).map(() => NaN)
  const { prediction, targets, weights } = together(parts)
  const values = group.metrics.flatMap((metric) => {
    const taskMean = { sum: 0, count: 0 }
    const m = columns.indexOf(metric.name)
    for (const t of group.tasks) addInPlace(taskMean, scores[t * columns.length + m])
    return [metric.evaluate(prediction, targets, weights), meanOf(taskMean)]
  })
  if (group.kind !== 'regression') return values
  return [...values, r2.evaluate(prediction, targets, weights), explainedVarianceWithin(parts)]
}

function together(parts: readonly Judged[]): Judged {
  const weighted = parts.some(({ weights }) => weights !== undefined)
  return {
    prediction: concatenate(parts.map(({ prediction }) => prediction)),
    targets: join(parts.map(({ targets }) => targets)),
    ...(weighted && {
      weights: weightsOf(parts),
    }),
  }
}

/** 1 - SSE / SST with SST around each task's own mean of test targets; NaN where that is 0. */
function explainedVarianceWithin(parts: readonly Judged[]): number {
  let errors = 0
  let total = 0
  for (const { prediction, targets, weights } of parts) {
    const { mean } = isReal(prediction) ? prediction : { mean: prediction.point }
    const weight = (i: number): number => (Number.isNaN(targets[i]) ? 0 : (weights?.[i] ?? 1))
    let sum = 0
    let rows = 0
    for (let i = 0; i < targets.length; i++) {
      if (weight(i) === 0) continue
      sum += weight(i) * targets[i]
      rows += weight(i)
    }
    for (let i = 0; i < targets.length; i++) {
      if (weight(i) === 0) continue
      errors += weight(i) * (targets[i] - mean[i]) ** 2
      total += weight(i) * (targets[i] - sum / rows) ** 2
    }
  }
  return total === 0 ? NaN : 1 - errors / total
}

/** Whether a task has a row to be judged. */
export function hasLabels({ targets, weights }: Task): boolean {
  return targets.some((target, i) => !Number.isNaN(target) && weights?.[i] !== 0)
}
