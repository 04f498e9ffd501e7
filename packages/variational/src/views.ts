import type { Matrix, ModelScaling, TaskInfo, View } from '@mtl/core'
import type { VariationalParameters } from './parameters.ts'
import { outputsOf } from './task-rows.ts'

/** Who learns of whom, what led to the rule, the weights, and how the fit went. */
export function variationalViews(
  parameters: VariationalParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): readonly View[] {
  const { relatedness } = parameters
  const shared = relatedness.rows > 1 && parameters.outer.length > 1
  return [
    ...(shared
      ? [
          relatednessView(
            'What each task takes from the others: learned weight, not a probability',
            relatedness,
            tasks,
          ),
        ]
      : []),
    ...choiceBars(parameters),
    ...weightPoints(parameters, tasks),
    ...(shared ? [anchorBars(relatedness, tasks), ...changedPairs(parameters, tasks)] : []),
    fitTable(parameters, tasks, scaling),
  ]
}

/** Mixing weights, T x T or with a last column for the anchor. */
export function relatednessView(title: string, values: Matrix, tasks: readonly TaskInfo[]): View {
  const names = tasks.map(({ name }) => name)
  const isAnchored = values.columns > names.length
  return {
    kind: 'matrix',
    title,
    reading: `A row is one task; its weights sum to 1${isAnchored ? ', the last column being the prior that knows no task' : ''}. It need not be symmetric.`,
    rows: names,
    columns: isAnchored ? [...names, 'no task'] : names,
    values,
  }
}

function choiceBars({ choice, priorRule }: VariationalParameters): View[] {
  if (choice === undefined) return []
  const { rules, priorVariances, logLoss, standardError } = choice
  const varianceLabel = (variance: 'learn' | number): string =>
    variance === 'learn' ? 'variance learnt' : `variance ${variance}`
  return [
    {
      kind: 'bars',
      title: 'Held-out log loss by rule, with a standard error over folds',
      reading: `The lower was taken: ${priorRule}.`,
      labels: rules.map((rule, r) => `${rule}, ${varianceLabel(priorVariances[r])}`),
      values: logLoss,
      lower: logLoss.map((value, r) => value - standardError[r]),
      upper: logLoss.map((value, r) => value + standardError[r]),
    },
  ]
}

/** The two inputs of which tasks differ most, in units of their uncertainty. */
function weightPoints({ posteriors }: VariationalParameters, tasks: readonly TaskInfo[]): View[] {
  const { features } = tasks[0]
  const rows = posteriors.flatMap(({ means, deviations }, t) =>
    outputsOf(tasks[t]).map((output, k) => ({
      label: output === '' ? tasks[t].name : `${tasks[t].name}: ${output}`,
      task: tasks[t].name,
      mean: (j: number) => means.data[k * means.columns + j],
      deviation: (j: number) => deviations.data[k * means.columns + j],
    })),
  )
  const contrast = (j: number): number => {
    const centre = rows.reduce((sum, row) => sum + row.mean(j), 0) / rows.length
    return rows.reduce((sum, row) => sum + ((row.mean(j) - centre) / row.deviation(j)) ** 2, 0)
  }
  const names = [...features.map(({ name }) => name), 'constant']
  if (names.length < 2) return []
  const [first, second] = names
    .map((name, j) => ({ name, j, size: contrast(j) }))
    .sort((a, b) => b.size - a.size)
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, of)
  return [
    {
      kind: 'points',
      title: `Weights of ${first.name} and ${second.name}, for one standard deviation of the input, with one of their own`,
      reading: 'Tasks whose crosses overlap do not differ on these two, on which tasks differ most.',
      labels: rows.map(({ label }) => label),
      x: column((row) => row.mean(first.j)),
      y: column((row) => row.mean(second.j)),
      xErrors: column((row) => row.deviation(first.j)),
      yErrors: column((row) => row.deviation(second.j)),
      groups: rows.map(({ task }) => task),
    },
  ]
}

function anchorBars({ rows, columns, data }: Matrix, tasks: readonly TaskInfo[]): View {
  return {
    kind: 'bars',
    title: 'What each task takes from no other: 0 nothing, 1 all',
    reading: 'A long bar is a task that refuses the others.',
    labels: tasks.map(({ name }) => name),
    values: Float64Array.from({ length: rows }, (_, t) => data[t * columns + rows]),
    sorted: true,
  }
}

const mostPairs = 6

function changedPairs(
  { relatednessHistory: history }: VariationalParameters,
  tasks: readonly TaskInfo[],
): View[] {
  if (history.length < 3) return []
  // In the first outer step everything comes from the anchor.
  const steps = history.slice(1)
  const { columns } = steps[0]
  const series = Array.from(steps[0].data, (_, at) => ({
    at,
    values: Float64Array.from(steps, ({ data }) => data[at]),
  }))
    .map((pair) => ({ ...pair, change: Math.max(...pair.values) - Math.min(...pair.values) }))
    .sort((a, b) => b.change - a.change)
    .slice(0, mostPairs)
  const nameOf = (t: number): string => (t < tasks.length ? tasks[t].name : 'no task')
  return [
    {
      kind: 'lines',
      title: 'Weights that changed most over the outer steps',
      reading: 'A line that has not settled is a weight not to rely on.',
      x: Float64Array.from(steps, (_, e) => e + 2),
      series: series.map(({ at, values }) => ({
        name: `${tasks[Math.floor(at / columns)].name} from ${nameOf(at % columns)}`,
        values,
      })),
    },
  ]
}

function fitTable(
  { outer, noiseVariance }: VariationalParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): View {
  const last = outer[outer.length - 1]
  const numeric = tasks[0].kind === 'regression'
  return {
    kind: 'table',
    title: `Fit of each task${numeric ? '; noise in units of the target' : ''}`,
    reading:
      'The bound is of the log probability of the rows, less what the weights differ from their prior.',
    columns: [
      'task',
      'bound',
      'log likelihood',
      'divergence',
      'sweeps',
      ...(numeric ? ['noise deviation'] : []),
    ],
    rows: tasks.map(({ name }, t) => [
      name,
      rounded(last.bound[t]),
      rounded(last.logLikelihood[t]),
      rounded(last.divergence[t]),
      last.sweeps[t],
      ...(numeric ? [rounded(Math.sqrt(noiseVariance[t]) * (scaling?.targets.deviations[t] ?? 1))] : []),
    ]),
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(5))
}
