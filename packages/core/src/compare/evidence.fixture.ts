import type { Metric } from '../metric/types.ts'
import type { Evidence } from './evidence.ts'
import type { TargetGroup } from './layout.ts'
import { scoreAt } from './score-table.ts'
import type { ScoreTable } from './types.ts'

/** A metric that is only asked for its traits. */
export function metric(name: string, traits: Partial<Metric> = {}): Metric {
  return { name, kinds: ['regression'], better: 'lower', ratio: true, evaluate: () => NaN, ...traits }
}

interface Given {
  /** [estimator][task][split][metric] */
  readonly scores: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>>
  readonly metrics: readonly Metric[]
  /** Tasks of each target; default all of one. */
  readonly targets?: readonly (readonly number[])[]
  /** Of the first metric on rows together: [estimator][split][target]; default the mean over the target's tasks. */
  readonly together?: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly testedByTrained?: number
}

/** Evidence from tables that are written out. */
export function evidence({ scores, metrics, targets, together, testedByTrained = 1 / 3 }: Given): Evidence {
  const estimators = Object.keys(scores)
  const tables = Object.values(scores)
  const count = tables[0].length
  const splits = tables[0][0].length
  const table: ScoreTable = {
    estimators,
    tasks: Array.from({ length: count }, (_, t) => `task-${t}`),
    splits,
    metrics: metrics.map(({ name }) => name),
    values: Float64Array.from(tables.flat(3)),
  }
  const positions = targets ?? [[...table.tasks.keys()]]
  const groups = positions.map(
    (tasks, g): TargetGroup => ({ target: `target-${g}`, kind: 'regression', tasks, metrics }),
  )
  const mean = (e: number, s: number, tasks: readonly number[]): number =>
    tasks.reduce((sum, t) => sum + table.values[scoreAt(table, e, t, s, 0)], 0) / tasks.length
  const alike = estimators.map((_, e) =>
    Array.from({ length: splits }, (_s, s) => positions.map((tasks) => mean(e, s, tasks))),
  )
  return {
    scores: table,
    metrics,
    groups,
    together: Float64Array.from((together ? Object.values(together) : alike).flat(2)),
    sizes: {
      testedByTrained,
      taskTestedByTrained: new Float64Array(count).fill(testedByTrained),
      testRows: new Float64Array(count).fill(10),
      rows: new Float64Array(count).fill(40),
    },
    confidence: 0.95,
  }
}
