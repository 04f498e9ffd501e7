import { groupByTable } from '../data/tables.ts'
import type { TaskInfo, TaskKind } from '../data/types.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import type { View } from '../view/types.ts'
import { firstOutputs, outputsOf, type Coefficients } from './outputs.ts'
import type { PenaltyChoice } from './penalties.ts'

const unitOf: Readonly<Record<TaskKind, string>> = {
  regression: 'standard deviations of the target',
  binary: 'log-odds of the second class',
  multiclass: 'score of the class',
}

/** Slopes of tasks in scaled units, a picture for each kind and table. Tasks without features have none. */
export function weightViews({ weights }: Coefficients, tasks: readonly TaskInfo[]): View[] {
  const first = firstOutputs(tasks)
  const positions = new Map(tasks.map((task, t) => [task, t]))
  const groups = groupByTable(tasks).flatMap((table) =>
    (['regression', 'binary', 'multiclass'] as const).map((kind) =>
      table.filter((task) => task.kind === kind),
    ),
  )
  return groups
    .filter((group) => group.length > 0 && group[0].features.length > 0)
    .map((group): View => {
      const { kind, features } = group[0]
      const outputs = group.flatMap((task) => {
        const at = first[positions.get(task) ?? 0]
        return Array.from({ length: outputsOf(task) }, (_, k) => ({
          label: kind === 'multiclass' ? `${task.name}: ${task.classes[k]}` : task.name,
          row: at + k,
        }))
      })
      const values = matrix(outputs.length, features.length)
      outputs.forEach(({ row }, i) => {
        const from = row * weights.columns
        values.data.set(weights.data.subarray(from, from + features.length), i * features.length)
      })
      return {
        kind: 'matrix',
        title: `Weights of each task, ${unitOf[kind]} for one standard deviation of the input`,
        reading: 'Columns of one colour mean that the tasks agree on that input.',
        rows: outputs.map(({ label }) => label),
        columns: features.map(({ name }) => name),
        values,
        diverging: true,
      }
    })
}

/** The criterion over the penalties that were tried; none where the penalty was given. */
export function penaltyView(kind: TaskKind, of: string, choice: PenaltyChoice): View[] {
  const { penalty, penalties, criteria } = choice
  if (criteria.length < 2) return []
  const measure = measureOf(kind)
  return [
    {
      kind: 'lines',
      title: `${measure}, by the logarithm (base 10) of the penalty: ${of}`,
      reading: 'The lowest point was taken; a flat line means that the penalty matters little.',
      x: penalties.map(Math.log10),
      marked: Math.log10(penalty),
      series: [{ name: measure, values: criteria }],
    },
  ]
}

/** The criterion over pairs of penalties, rows by columns; none where both were given. */
export function penaltiesView(
  kind: TaskKind,
  intercepts: Float64Array,
  slopes: Float64Array,
  criteria: Matrix,
): View[] {
  if (criteria.data.length < 2) return []
  return [
    {
      kind: 'matrix',
      title: `${measureOf(kind)}, by penalty of intercepts (rows) and slopes (columns)`,
      reading: 'The lowest was taken; many alike mean that the penalties matter little.',
      rows: Array.from(intercepts, String),
      columns: Array.from(slopes, String),
      values: criteria,
    },
  ]
}

function measureOf(kind: TaskKind): string {
  return kind === 'regression' ? 'Cross-validated squared error, target variance 1' : 'Held-out log loss'
}
