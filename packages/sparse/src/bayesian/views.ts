import { matrix, row } from '@mtl/core'
import type { Matrix, ModelScaling, TaskInfo, View } from '@mtl/core'
import { coefficientsView } from './coefficients-view.ts'
import type { SparseBayesianParameters } from './parameters.ts'

/** Standard deviations on either side of an interval of 90 %. */
const ninety = 1.6449

/** Most groups and tasks that a picture shows. */
const mostShown = 60

export function sparseViews(
  parameters: SparseBayesianParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): readonly View[] {
  return [
    ...relevanceView(parameters, tasks),
    ...weightsView(parameters, tasks),
    coefficientsView(parameters, tasks, scaling),
    ...correlationView(parameters, tasks),
    settingsView(parameters, tasks, scaling),
    ...profileView(parameters),
    ...startsView(parameters),
  ]
}

function relevanceView({ groups }: SparseBayesianParameters, tasks: readonly TaskInfo[]): View[] {
  const shown = [...groups].sort((a, b) => b.relevance - a.relevance).slice(0, mostShown)
  if (shown.length === 0) return []
  const error = (sign: number): Float64Array =>
    Float64Array.from(shown, ({ relevance, relevanceError }) =>
      Math.max(0, relevance + sign * ninety * relevanceError),
    )
  return [
    {
      kind: 'bars',
      title: `Relevance of each group of features: root mean square of its weights over tasks, ${unitOf(tasks)} for one of the input`,
      reading: 'Groups near zero matter to no task; the lines are intervals of 90 %.',
      labels: shown.map(({ features }) => labelOf(features)),
      values: Float64Array.from(shown, ({ relevance }) => relevance),
      lower: error(-1),
      upper: error(1),
      sorted: true,
    },
  ]
}

function weightsView({ taskWeights }: SparseBayesianParameters, tasks: readonly TaskInfo[]): View[] {
  const { features } = tasks[0]
  if (features.length === 0) return []
  const values = matrix(tasks.length, features.length)
  tasks.forEach((_, t) => row(values, t).set(row(taskWeights, t).subarray(0, features.length)))
  return [
    {
      kind: 'matrix',
      title: `Weights of each task, ${unitOf(tasks)} for one standard deviation of the input`,
      reading:
        'Columns of one colour mean that the tasks agree on that input; pale ones that it does not matter.',
      rows: tasks.map(({ name }) => name),
      columns: features.map(({ name }) => name),
      values,
      diverging: true,
    },
  ]
}

function unitOf([{ kind }]: readonly TaskInfo[]): string {
  return kind === 'binary' ? 'log-odds of the second class' : 'standard deviations of the target'
}

function labelOf(features: readonly string[]): string {
  return features.length <= 3
    ? features.join(' + ')
    : `${features.slice(0, 2).join(' + ')} and ${features.length - 2} more`
}

/** Of a task covariance that tells tasks apart its own; of one that does not what the weights themselves say. */
function correlationView(
  { taskCovariance, taskWeights }: SparseBayesianParameters,
  tasks: readonly TaskInfo[],
): View[] {
  const { kind, matrix: covariance, tasks: positions } = taskCovariance
  const features = tasks[0].features.length
  const alike = kind === 'identity' || kind === 'exchangeable'
  if (covariance === undefined || covariance.rows < 2 || (alike && features === 0)) return []
  const names = Array.from(positions, (t) => tasks[t].name)
  return [
    {
      kind: 'matrix',
      title: alike ? 'Likeness of the tasks’ estimated weights' : 'Correlation of the tasks’ weights',
      reading: alike
        ? 'Cosine of the angle between two tasks’ weights: 1 where they weigh all inputs alike, below 0 where opposite. The model itself holds one correlation for all pairs: see the table.'
        : 'Near 1: what holds for one task holds for the other; below 0: the opposite does.',
      rows: names,
      columns: names,
      values: correlations(alike ? products(taskWeights, positions, features) : covariance),
      diverging: true,
    },
  ]
}

/** m_s'm_t over the features, the constant left out. */
function products(taskWeights: Matrix, positions: Int32Array, features: number): Matrix {
  const result = matrix(positions.length, positions.length)
  positions.forEach((s, i) => {
    positions.forEach((t, j) => {
      const [left, right] = [row(taskWeights, s), row(taskWeights, t)]
      for (let k = 0; k < features; k++) result.data[i * positions.length + j] += left[k] * right[k]
    })
  })
  return result
}

/** Of a covariance; 0 to and from what does not vary. */
function correlations({ rows: count, data }: Matrix): Matrix {
  const deviation = (t: number): number => Math.sqrt(data[t * (count + 1)])
  const between = (s: number, t: number): number =>
    data[s * count + t] === 0 ? Number(s === t) : data[s * count + t] / deviation(s) / deviation(t)
  return matrix(
    count,
    count,
    data.map((_, at) => between(Math.floor(at / count), at % count)),
  )
}

function settingsView(
  { taskCovariance, posterior, noiseVariance, bound, choice, groups }: SparseBayesianParameters,
  tasks: readonly TaskInfo[],
  scaling: ModelScaling | undefined,
): View {
  const count = taskCovariance.tasks.length
  const ratio = taskCovariance.commonEigenvalue[0] / taskCovariance.deviationEigenvalue[0]
  const r = (ratio - 1) / count
  const deviation = scaling?.targets.deviations[0] ?? 1
  const selected = groups.filter(({ relevance }) => relevance > 0.1 * largestRelevance(groups))
  const rows: (string | number)[][] = [
    ['task covariance', taskCovariance.kind],
    ['posterior of the weights', posterior],
    ['groups above a tenth of the most relevant', `${selected.length} of ${groups.length}`],
    ['lower bound of the log evidence', bound],
  ]
  if (taskCovariance.kind === 'exchangeable' && count > 1)
    rows.push(['correlation of any two tasks’ weights', r / (1 + r)])
  if (tasks[0].kind === 'regression')
    rows.push(['standard deviation of the noise, first task', Math.sqrt(noiseVariance[0]) * deviation])
  if (choice)
    rows.push(
      ['held-out log density of a row, exchangeable', choice.exchangeable],
      ['held-out log density of a row, inverse Wishart', choice.inverseWishart],
      ['standard error of their difference', choice.standardError],
    )
  return {
    kind: 'table',
    title: 'What was fitted',
    reading: 'The correlation says how much tasks have in common: 0 nothing, 1 one model for all.',
    columns: ['quantity', 'value'],
    rows,
  }
}

export function largestRelevance(groups: SparseBayesianParameters['groups']): number {
  return groups.reduce((most, { relevance }) => Math.max(most, relevance), 0)
}

/** Logarithms are of base 10. */
function profileView({ ratioProfile, taskCovariance }: SparseBayesianParameters): View[] {
  const { logRatio, bound } = ratioProfile
  if (logRatio.length === 0) return []
  const { commonEigenvalue, deviationEigenvalue } = taskCovariance
  return [
    {
      kind: 'lines',
      title: 'Lower bound by the logarithm (base 10) of the ratio of what tasks have in common to deviations',
      reading:
        'The marked ratio was taken, 0 where tasks have nothing in common; a flat line leaves it open.',
      x: logRatio.map((u) => u / Math.LN10),
      marked: Math.log10(commonEigenvalue[0] / deviationEigenvalue[0]),
      series: [{ name: 'bound', values: bound }],
    },
  ]
}

function startsView({ ratioStarts, startBounds }: SparseBayesianParameters): View[] {
  if (startBounds.length < 2) return []
  const best = startBounds.indexOf(Math.max(...startBounds))
  return [
    {
      kind: 'lines',
      title:
        'Lower bound after 20 steps, by logarithm (base 10) of the first ratio of what is common to deviations',
      reading: 'The highest went on; a flat line means that the beginning does not matter.',
      x: ratioStarts.map((ratio) => Math.log10(Math.max(ratio, 1e-6))),
      marked: Math.log10(Math.max(ratioStarts[best], 1e-6)),
      series: [{ name: 'bound', values: startBounds }],
    },
  ]
}
