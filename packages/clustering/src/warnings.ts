import { dataWarnings } from '@mtl/core'
import type { Dataset, Warning } from '@mtl/core'
import { listOf, type Settings } from './options.ts'
import type { OutputPrior, TaskClusteringParameters } from './parameters.ts'
import { tasksWithRows } from './problem.ts'

/** A margin of the BIC below this leaves the choice open. */
const clearMargin = 10
/** A standard deviation along some direction, as a share of the largest, that counts as 0. */
const singularShare = 1e-4

/** What a user should know of this fit. */
export function clusteringWarnings(
  parameters: TaskClusteringParameters,
  data: Dataset,
  settings: Settings,
): readonly Warning[] {
  return [...dataWarnings(data), ...ofData(data, settings), ...ofChoice(parameters), ...ofFit(parameters)]
}

function ofData(data: Dataset, { clusters }: Settings): Warning[] {
  const withRows = tasksWithRows(data)
  const most = Math.max(...listOf(clusters))
  const rows = withRows.map((t) => data.tasks[t].targets.filter((y) => !Number.isNaN(y)).length)
  const numeric = data.tasks[0].kind === 'regression'
  const absent = absentClasses(data)
  return [
    ...when(
      most > 1 && most >= withRows.length / 3,
      'many-clusters',
      `${most} clusters of ${withRows.length} tasks: fewer than three tasks for each say little of a cluster's spread`,
    ),
    ...when(
      numeric && rows.length > 0 && rows.every((count) => count === 1),
      'one-row-each',
      'every task has one row: the variance of noise and that of levels are known as a sum only',
    ),
    ...when(
      absent.length > 0,
      'absent-class',
      `no labelled row of any task has the class ${absent.map((name) => `"${name}"`).join(', ')}: it is predicted as all but impossible`,
    ),
  ]
}

/** Of several classes those without a row; of two, a task of one class is a warning of its own. */
function absentClasses({ tasks }: Dataset): readonly string[] {
  if (tasks[0].kind !== 'multiclass') return []
  const met = new Set(tasks.flatMap(({ targets }) => [...targets]))
  const classes = tasks[0].classes.filter((_, c) => !met.has(c))
  return classes.length < tasks[0].classes.length ? classes : []
}

function ofChoice({ choice }: TaskClusteringParameters): Warning[] {
  const { candidates, chosen, criterion, margin } = choice
  const { clusters, effectiveClusters } = candidates[chosen]
  return [
    ...when(
      effectiveClusters < clusters,
      'dead-cluster',
      `only ${effectiveClusters} of ${clusters} clusters have tasks: fewer clusters say the same`,
    ),
    ...when(
      criterion === 'bic' && margin < clearMargin,
      'close-choice',
      `the next best candidate is worse by ${margin.toPrecision(2)} in BIC alone, and below ${clearMargin} is no clear choice`,
    ),
  ]
}

function ofFit({ outputs }: TaskClusteringParameters): Warning[] {
  return when(
    outputs.some(isSingular),
    'singular-covariance',
    'the weights of tasks do not vary at all along some direction within a cluster: that is a result, no failure',
  )
}

/** Diagonals of L tell: they are the deviations given the units before. */
function isSingular({ clusterFactors }: OutputPrior): boolean {
  const { rows, columns, data } = clusterFactors
  const p = Math.round(Math.sqrt(columns))
  return Array.from({ length: rows }, (_, a) =>
    Array.from({ length: p }, (__, j) => data[a * columns + j * p + j]),
  ).some((diagonal) => Math.min(...diagonal) <= singularShare * Math.max(...diagonal))
}

function when(condition: boolean, code: string, message: string): Warning[] {
  return condition ? [{ code, message }] : []
}
