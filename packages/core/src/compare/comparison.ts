import type { Dataset, Split } from '../data/types.ts'
import type { Metric } from '../metric/types.ts'
import { decide } from './decide.ts'
import type { Roles } from './decide.ts'
import type { Evidence } from './evidence.ts'
import { splitSizes, targetGroups } from './layout.ts'
import { overallStarts } from './overall.ts'
import { paretoFront } from './pareto.ts'
import { scoreAt } from './score-table.ts'
import { summarise } from './summarise.ts'
import type { Comparison, FitResult, ScoreTable } from './types.ts'
import { verdictSentences } from './verdict.ts'

/** A comparison whose fits are done. */
export interface Finished {
  readonly data: Dataset
  readonly splits: readonly Split[]
  readonly metrics: readonly Metric[]
  /** Keys in the comparison, in order. */
  readonly estimators: readonly string[]
  readonly baselines: readonly string[]
  readonly roles: Roles
  /** In the order of splits, then of estimators. */
  readonly fits: readonly FitResult[]
  /** Estimators that cannot learn such data. */
  readonly refused: Comparison['failures']
  readonly confidence: number
  readonly taskNoun: string | undefined
}

/** Judges what was measured. */
export function judge(finished: Finished): Comparison {
  const { data, splits, metrics, estimators, baselines, roles, fits, refused, confidence, taskNoun } =
    finished
  const groups = targetGroups(data.tasks, metrics)
  const scores = scoreTable(finished)
  const sizes = splitSizes(data, splits)
  const together = togetherBySplit(finished, overallStarts(groups))
  const evidence: Evidence = { scores, metrics, groups, together, sizes, confidence }
  const summaries = summarise(evidence, baselines)
  const decided = decide(summaries, roles, { splits: splits.length, testRows: sizes.testRows })
  const value: Omit<Comparison, 'toDocument'> = {
    scores,
    overall: fits.flatMap(({ overall }) => overall),
    summaries,
    pareto: paretoFront(evidence),
    views: Object.fromEntries(fits.flatMap(({ estimator, views }) => (views ? [[estimator, views]] : []))),
    seconds: Object.fromEntries(estimators.map((label) => [label, meanSeconds(label, fits)])),
    failures: [...refused, ...fits.flatMap(failureOfFit)],
    decision: decided.decision,
    recommended: decided.recommended,
    verdict: verdictSentences(evidence, summaries, roles, decided, taskNoun),
  }
  return { ...value, toDocument: () => ({ type: 'comparison', version: 1, value }) }
}

function scoreTable({ data, splits, metrics, estimators, fits }: Finished): ScoreTable {
  const tasks = data.tasks.map(({ name }) => name)
  const length = estimators.length * tasks.length * splits.length * metrics.length
  const table: ScoreTable = {
    estimators,
    tasks,
    splits: splits.length,
    metrics: metrics.map(({ name }) => name),
    values: new Float64Array(length).fill(NaN),
  }
  for (const { estimator, split, scores } of fits) {
    const e = estimators.indexOf(estimator)
    for (let t = 0; t < tasks.length; t++) {
      const start = scoreAt(table, e, t, split, 0)
      for (let m = 0; m < metrics.length; m++) table.values[start + m] = scores[t * metrics.length + m]
    }
  }
  return table
}

/** As `Evidence.together`: `starts` are where the first metrics of the groups stand in a fit's `overall`. */
function togetherBySplit({ splits, estimators, fits }: Finished, starts: readonly number[]): Float64Array {
  const together = new Float64Array(estimators.length * splits.length * starts.length).fill(NaN)
  for (const { estimator, split, overall } of fits) {
    const e = estimators.indexOf(estimator)
    starts.forEach((start, g) => {
      together[(e * splits.length + split) * starts.length + g] = overall.at(start)?.value ?? NaN
    })
  }
  return together
}

/** Of the fits that did not throw; NaN of none. */
function meanSeconds(label: string, fits: readonly FitResult[]): number {
  const done = fits.filter(({ estimator, failure }) => estimator === label && failure === undefined)
  return done.length === 0 ? NaN : done.reduce((sum, { seconds }) => sum + seconds, 0) / done.length
}

function failureOfFit({ estimator, split, failure }: FitResult): Comparison['failures'] {
  return failure === undefined ? [] : [{ estimator, split, ...failure }]
}
