import { matrix, symmetricEigen } from '@mtl/core'
import type { Matrix, ModelScaling, TaskInfo, View } from '@mtl/core'
import { criterionOf } from './choice.ts'
import { coordinatesOf, type Coordinates } from './coordinates.ts'
import { layoutOf, type OutputPrior, type TaskClusteringParameters } from './parameters.ts'
import { spreadViews } from './spread-views.ts'

/** Pictures of the clusters, of what tasks have of them, and of what led to the choice. */
export function clusteringViews(
  parameters: TaskClusteringParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): readonly View[] {
  const of = outputNames(parameters, tasks)
  const outputs = parameters.outputs.map((output, o) => ({ output, of: of[o] }))
  const coordinates = coordinatesOf(parameters, tasks, scaling)
  return [
    ...outputs.flatMap(({ output, of: name }) => [
      clusterTable(output, coordinates, tasks, name, scaling),
      ...spreadViews(output, coordinates, clusterNames(output), name),
      ...responsibilityMatrix(output, tasks, name),
      weightPoints(output, coordinates, tasks, name),
      shrinkageBars(output, tasks, name),
      ...gateMatrix(output, tasks, name),
    ]),
    ...hiddenMatrix(parameters, tasks),
    ...criterionLines(parameters),
  ]
}

/** What distinguishes the outputs' titles: the class, of several. */
function outputNames({ outputs }: TaskClusteringParameters, tasks: readonly TaskInfo[]): readonly string[] {
  return outputs.map((_, o) => (outputs.length > 1 ? `, ${tasks[0].classes[o]} against the rest` : ''))
}

/** Mean weights at the mean descriptor. */
function meanWeights({ clusterMeans, clusterFactors }: OutputPrior): Matrix {
  const p = Math.round(Math.sqrt(clusterFactors.columns))
  const terms = clusterMeans.columns / p
  return matrix(
    clusterMeans.rows,
    p,
    Float64Array.from({ length: clusterMeans.rows * p }, (_, k) => clusterMeans.data[k * terms]),
  )
}

function labelsOf({ responsibilities: { rows, columns, data } }: OutputPrior): readonly number[] {
  return Array.from({ length: rows }, (_, i) => {
    const own = data.subarray(i * columns, (i + 1) * columns)
    return own.indexOf(Math.max(...own))
  })
}

function clusterName(a: number): string {
  return `cluster ${a + 1}`
}

function clusterNames({ clusterFactors }: OutputPrior): readonly string[] {
  return Array.from({ length: clusterFactors.rows }, (_, a) => clusterName(a))
}

function clusterTable(
  output: OutputPrior,
  coordinates: Coordinates,
  tasks: readonly TaskInfo[],
  of: string,
  scaling?: ModelScaling,
): View {
  const means = coordinates.of(meanWeights(output))
  const labels = labelsOf(output)
  const numeric = tasks[0].kind === 'regression'
  const noise = Math.sqrt(output.noiseVariance) * (numeric ? (scaling?.targets.deviations[0] ?? 1) : 1)
  return {
    kind: 'table',
    title: `Clusters and their mean weights, ${coordinates.unit}${of}`,
    reading: 'Tasks are counted in their most probable cluster; each task scatters around its cluster.',
    columns: ['cluster', 'tasks', ...coordinates.names, ...(numeric ? ['noise deviation'] : [])],
    rows: Array.from({ length: means.rows }, (_, a) => [
      clusterName(a),
      labels.filter((label) => label === a).length,
      ...Array.from(means.data.subarray(a * means.columns, (a + 1) * means.columns), rounded),
      ...(numeric ? [rounded(noise)] : []),
    ]),
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(5))
}

/** Rows that a picture holds. */
const mostRows = 160

function responsibilityMatrix(
  { responsibilities }: OutputPrior,
  tasks: readonly TaskInfo[],
  of: string,
): View[] {
  const { columns, data, rows } = responsibilities
  if (columns === 1) return []
  const size = Math.ceil(rows / mostRows)
  const groups = Array.from({ length: Math.ceil(rows / size) }, (_, g) => g * size)
  const values = matrix(groups.length, columns)
  groups.forEach((from, g) => {
    const to = Math.min(rows, from + size)
    for (let i = from; i < to; i++)
      for (let a = 0; a < columns; a++) values.data[g * columns + a] += data[i * columns + a] / (to - from)
  })
  return [
    {
      kind: 'matrix',
      title: `Probability of each cluster${of}`,
      reading: 'A row of one dark cell is a task whose cluster is sure.',
      rows: groups.map((from) =>
        size === 1
          ? tasks[from].name
          : `${tasks[from].name} to ${tasks[Math.min(rows, from + size) - 1].name}`,
      ),
      columns: Array.from({ length: columns }, (_, a) => clusterName(a)),
      values,
    },
  ]
}

function weightPoints(
  output: OutputPrior,
  coordinates: Coordinates,
  tasks: readonly TaskInfo[],
  of: string,
): View {
  const { columns: clusters, data: z } = output.responsibilities
  const p = output.taskMeans.columns
  const averages = matrix(tasks.length, p)
  averages.data.forEach((_, at) => {
    const i = Math.floor(at / p)
    for (let a = 0; a < clusters; a++)
      averages.data[at] += z[i * clusters + a] * output.taskMeans.data[(i * clusters + a) * p + (at % p)]
  })
  const raw = coordinates.of(averages)
  const column = (j: number): Float64Array =>
    Float64Array.from({ length: raw.rows }, (_, i) => (j < raw.columns ? raw.data[i * raw.columns + j] : 0))
  const [first, second = 'nothing else'] = coordinates.names
  return {
    kind: 'points',
    title: `Tasks by ${first} and ${second}, ${coordinates.unit}${of}`,
    reading: 'Each point is a task; colours are the most probable clusters.',
    labels: tasks.map(({ name }) => name),
    x: column(0),
    y: column(1),
    groups: labelsOf(output).map(clusterName),
  }
}

function shrinkageBars(output: OutputPrior, tasks: readonly TaskInfo[], of: string): View {
  return {
    kind: 'bars',
    title: `How much each task learnt from its own rows${of}: 0 nothing, 1 all`,
    reading: 'Short bars are tasks whose weights are mostly those of their cluster.',
    labels: tasks.map(({ name }) => name),
    values: ownShares(output),
    sorted: true,
  }
}

/** A direction of less variance than this share of the largest has none. */
const leastVariance = 1e-12

/** 1 - tr(V Sigma^-1) / P of each task, in the mean over its clusters; directions without variance learn nothing. */
function ownShares({ responsibilities, taskCovariances, clusterFactors }: OutputPrior): Float64Array {
  const { rows, columns: clusters, data: z } = responsibilities
  const p = Math.round(Math.sqrt(clusterFactors.columns))
  const shares = new Float64Array(rows)
  for (let a = 0; a < clusters; a++) {
    const lower = clusterFactors.data.subarray(a * p * p, (a + 1) * p * p)
    const covariance = matrix(p, p)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++)
        for (let k = 0; k < p; k++) covariance.data[i * p + j] += lower[i * p + k] * lower[j * p + k]
    const { values, vectors } = symmetricEigen(covariance)
    for (let e = 0; e < p; e++) {
      if (values[e] <= leastVariance * values[p - 1]) continue
      const direction = Float64Array.from({ length: p }, (_, j) => vectors.data[j * p + e])
      for (let i = 0; i < rows; i++) {
        const left = quadratic(taskCovariances.data, (i * clusters + a) * p * p, direction) / values[e]
        shares[i] += (z[i * clusters + a] * (1 - left)) / p
      }
    }
  }
  return shares.map((share) => Math.min(1, Math.max(0, share)))
}

function quadratic(v: Float64Array, at: number, direction: Float64Array): number {
  const p = direction.length
  let sum = 0
  for (let j = 0; j < p; j++)
    for (let k = 0; k < p; k++) sum += direction[j] * v[at + j * p + k] * direction[k]
  return sum
}

function gateMatrix({ gateWeights }: OutputPrior, tasks: readonly TaskInfo[], of: string): View[] {
  if (gateWeights.columns === 1) return []
  return [
    {
      kind: 'matrix',
      title: `Gate: log-odds of a cluster for one standard deviation of the descriptor${of}`,
      reading: 'A cluster is likelier for tasks that have much of what its row shows positive.',
      rows: Array.from({ length: gateWeights.rows }, (_, a) => clusterName(a)),
      columns: ['constant', ...(tasks[0].descriptorFeatures ?? []).map(({ name }) => name)],
      values: gateWeights,
      diverging: true,
    },
  ]
}

function hiddenMatrix(parameters: TaskClusteringParameters, tasks: readonly TaskInfo[]): View[] {
  const { activation, hiddenWeights } = parameters
  const features = tasks[0].features.map(({ name }) => name)
  if (activation === 'identity' || features.length === 0 || hiddenWeights.rows === 0) return []
  const values = matrix(hiddenWeights.rows, features.length)
  values.data.forEach((_, at) => {
    const [j, k] = [Math.floor(at / features.length), at % features.length]
    values.data[at] = hiddenWeights.data[j * layoutOf(parameters).inputs + k + 1]
  })
  return [
    {
      kind: 'matrix',
      title: `What the ${activation} hidden units respond to, for one standard deviation of the input`,
      reading: 'All tasks share these units; what they make of them is their own.',
      rows: Array.from({ length: hiddenWeights.rows }, (_, j) => `unit ${j + 1}`),
      columns: features,
      values,
      diverging: true,
    },
  ]
}

function criterionLines({ choice }: TaskClusteringParameters): View[] {
  const { candidates, chosen, criterion } = choice
  if (candidates.length < 2) return []
  const values = Float64Array.from(candidates, (candidate) => criterionOf(criterion, candidate))
  const what = criterion === 'bic' ? 'BIC' : 'Minus the log likelihood of a task left out'
  const names = candidates.map(({ activation, hiddenUnits, clusters }) => {
    const units = activation === 'identity' ? '' : ` ${hiddenUnits}`
    return `${activation}${units}, ${clusters} cluster${clusters === 1 ? '' : 's'}`
  })
  return [
    {
      kind: 'lines',
      title: `${what} by candidate: ${names.map((name, c) => `${c + 1} ${name}`).join('; ')}`,
      reading: 'The lowest point was taken; points less than 10 apart in BIC are no clear choice.',
      x: Float64Array.from(candidates, (_, c) => c + 1),
      marked: chosen + 1,
      series: [{ name: what, values }],
    },
  ]
}
