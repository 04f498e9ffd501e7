import type { TaskInfo, View } from '@mtl/core'
import { columnNorms } from './norms.ts'
import type { RegularisedParameters } from './types.ts'

/** The path, where there is one, the weights, and the features by their part in all tasks. */
export function commonViews(parameters: RegularisedParameters, tasks: readonly TaskInfo[]): View[] {
  const { features, kind } = tasks[0]
  const unit = kind === 'regression' ? 'standard deviations of the target' : 'log-odds of the second class'
  if (features.length === 0) return errorViews(parameters, kind)
  return [
    ...errorViews(parameters, kind),
    {
      kind: 'matrix',
      title: `Weights of each task, ${unit} for one standard deviation of the input`,
      reading:
        'A column of zeros is a feature that no task uses; columns of one colour mean that the tasks agree.',
      rows: tasks.map(({ name }) => name),
      columns: features.map(({ name }) => name),
      values: parameters.taskWeights,
      diverging: true,
    },
    {
      kind: 'bars',
      title: `Features by the norm of their weights over tasks, ${unit}`,
      reading: 'A feature of 0 is used by no task.',
      labels: features.map(({ name }) => name),
      values: columnNorms(parameters.taskWeights),
      sorted: true,
    },
  ]
}

/** The held-out error over the path with one standard error to each side. */
function errorViews({ path, penalty }: RegularisedParameters, kind: TaskInfo['kind']): View[] {
  const { penalties, heldOutError, standardError } = path
  // Of a zero there is no logarithm, of a single point no line.
  if (penalties.length < 2 || Number.isNaN(heldOutError[0])) return []
  const measure = kind === 'regression' ? 'Held-out squared error, target variance 1' : 'Held-out log loss'
  const bounds = standardError.some(Number.isNaN)
    ? {}
    : {
        lower: heldOutError.map((error, k) => error - standardError[k]),
        upper: heldOutError.map((error, k) => error + standardError[k]),
      }
  return [
    {
      kind: 'lines',
      title: `${measure}, by the logarithm (base 10) of the penalty`,
      reading: 'The marked penalty was taken; the band is one standard error over folds to each side.',
      x: penalties.map(Math.log10),
      marked: Math.log10(penalty),
      series: [{ name: measure, values: heldOutError, ...bounds }],
    },
  ]
}

/** How many features are named in a picture of lines. */
const named = 6

/** The norm of the weights of the features that matter most, over the path. */
export function pathView({ path, taskWeights }: RegularisedParameters, tasks: readonly TaskInfo[]): View[] {
  const { penalties, columnNorms: norms } = path
  if (penalties.length < 2 || norms.columns === 0) return []
  const final = columnNorms(taskWeights)
  const order = [...final.keys()].sort((i, j) => final[j] - final[i]).slice(0, named)
  return [
    {
      kind: 'lines',
      title: `Norm of a feature's weights over tasks, by the logarithm (base 10) of the penalty`,
      reading: 'From the right, features enter in the order in which they matter to all tasks.',
      x: penalties.map(Math.log10),
      series: order.map((j) => ({
        name: tasks[0].features[j].name,
        values: Float64Array.from(penalties, (_, k) => norms.data[k * norms.columns + j]),
      })),
    },
  ]
}

/** Tasks by their own part, of families whose second part is a task's alone. */
export function outlierView(norms: Float64Array, tasks: readonly TaskInfo[]): View {
  return {
    kind: 'bars',
    title: 'Tasks by the norm of their own weights, standard deviations of the target',
    reading: 'A task above 0 departs from what the others share: an outlier.',
    labels: tasks.map(({ name }) => name),
    values: norms,
    sorted: true,
  }
}

/** Singular values, the largest first. */
export function rankView(values: Float64Array): View {
  return {
    kind: 'bars',
    title: 'Singular values of the shared weights',
    reading: 'As many as are above 0, so many directions of weights do all tasks share.',
    labels: Array.from(values, (_, k) => `direction ${k + 1}`),
    values,
  }
}

/** Tasks by clusters. */
export function clusterView(clusters: Int32Array, tasks: readonly TaskInfo[]): View {
  const count = Math.max(...clusters) + 1
  const values = new Float64Array(tasks.length * count)
  clusters.forEach((cluster, t) => (values[t * count + cluster] = 1))
  return {
    kind: 'matrix',
    title: 'Clusters of tasks',
    reading: 'Tasks of one column have like weights.',
    rows: tasks.map(({ name }) => name),
    columns: Array.from({ length: count }, (_, k) => `cluster ${k + 1}`),
    values: { rows: tasks.length, columns: count, data: values },
  }
}
