import { bernoulli, matrix, mixture, normal, oneAgainstRest, selectRows, sigmoid } from '@mtl/core'
import type { Distribution, Matrix, Query, TaskInfo, UnseenTask } from '@mtl/core'
import { familyOf } from './family-of.ts'
import type { Layout } from './layout.ts'
import type { Settings } from './options.ts'
import { layoutOf, vectorOf, type Posteriors, type TaskClusteringParameters } from './parameters.ts'
import { problemOfTasks } from './problem.ts'
import { activateInPlace } from './units.ts'

/** By the mixture of the task's posteriors over clusters; of an unseen task by its examples and descriptor, else by the prior. */
export function predictTasks(
  parameters: TaskClusteringParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
  settings: Settings,
): readonly Distribution[] {
  const layout = layoutOf(parameters)
  const x = vectorOf(parameters, layout)
  return queries.map(({ task, inputs }) => {
    const info = typeof task === 'number' ? tasks[task] : likeOf(tasks, task)
    const posteriors =
      typeof task === 'number'
        ? parameters.outputs.map((output) => posteriorOfTask(output, layout, task))
        : unseenPosteriors(x, layout, info, task, settings)
    return predictionOf(
      unitsOfRows(x, layout, inputs),
      posteriors,
      info.kind,
      parameters.outputs[0].noiseVariance,
    )
  })
}

/** Of rows whose hidden units these are, by the posteriors of each output. */
export function predictionOf(
  units: Matrix,
  posteriors: readonly Posteriors[],
  kind: TaskInfo['kind'],
  noiseVariance: number,
): Distribution {
  if (kind === 'regression') return numbers(units, posteriors[0], noiseVariance)
  const shares = posteriors.map((posterior) => probabilities(units, posterior))
  return kind === 'binary' ? bernoulli(shares[0]) : oneAgainstRest(shares)
}

function likeOf(tasks: readonly TaskInfo[], { kind, target }: UnseenTask): TaskInfo {
  return tasks.find((info) => info.kind === kind && info.target === target) ?? tasks[0]
}

function posteriorOfTask(
  { responsibilities, taskMeans, taskCovariances }: Posteriors,
  { clusters }: Layout,
  task: number,
): Posteriors {
  const own = Array.from({ length: clusters }, (_, a) => task * clusters + a)
  return {
    responsibilities: selectRows(responsibilities, [task]),
    taskMeans: selectRows(taskMeans, own),
    taskCovariances: selectRows(taskCovariances, own),
  }
}

/** One E-step, all that is shared held. */
function unseenPosteriors(
  x: Float64Array,
  layout: Layout,
  info: TaskInfo,
  { descriptor, examples }: UnseenTask,
  settings: Settings,
): readonly Posteriors[] {
  const task = {
    ...info,
    ...(descriptor && { descriptor }),
    inputs: examples?.inputs ?? matrix(0, info.features.length),
    targets: examples?.targets ?? new Float64Array(0),
  }
  const problem = problemOfTasks([task], settings)
  return familyOf(problem, settings, info.kind === 'regression').posteriors(layout, x)
}

/** h of the rows, m x P. */
export function unitsOfRows(x: Float64Array, layout: Layout, { rows, columns, data }: Matrix): Matrix {
  const result = matrix(rows, layout.units)
  const row = new Float64Array(columns + 1)
  row[0] = 1
  for (let n = 0; n < rows; n++) {
    row.set(data.subarray(n * columns, (n + 1) * columns), 1)
    activateInPlace(result.data, n * layout.units, layout, x, row, 0)
  }
  return result
}

/** mu_a'h and h'V_a h of each row. */
function projected(units: Matrix, { taskMeans, taskCovariances }: Posteriors, a: number): Projection {
  const { rows, columns: p, data: h } = units
  const mean = new Float64Array(rows)
  const variance = new Float64Array(rows)
  const [mu, v] = [taskMeans.data, taskCovariances.data]
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < p; i++) {
      mean[n] += mu[a * p + i] * h[n * p + i]
      let sum = 0
      for (let j = 0; j < p; j++) sum += v[(a * p + i) * p + j] * h[n * p + j]
      variance[n] += sum * h[n * p + i]
    }
  // A quadratic form of a singular covariance may round below 0.
  return { mean, variance: variance.map((value) => Math.max(0, value)) }
}

interface Projection {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

function numbers(units: Matrix, posterior: Posteriors, noiseVariance: number): Distribution {
  const { responsibilities } = posterior
  const noise = new Float64Array(units.rows).fill(noiseVariance)
  const components = Array.from(responsibilities.data, (_, a) => {
    const { mean, variance } = projected(units, posterior, a)
    return normal(
      mean,
      variance.map((value) => value + noiseVariance),
      noise,
    )
  })
  if (components.length === 1) return components[0]
  const weights = matrix(units.rows, components.length)
  weights.data.forEach((_, at) => (weights.data[at] = responsibilities.data[at % components.length]))
  return mixture(weights, components)
}

/** sum_a z_a sigmoid(mu_a'h / sqrt(1 + pi h'V_a h / 8)). */
function probabilities(units: Matrix, posterior: Posteriors): Float64Array {
  const result = new Float64Array(units.rows)
  for (const [a, z] of posterior.responsibilities.data.entries()) {
    const { mean, variance } = projected(units, posterior, a)
    for (let n = 0; n < result.length; n++)
      result[n] += z * sigmoid(mean[n] / Math.sqrt(1 + (Math.PI * variance[n]) / 8))
  }
  // Responsibilities sum to 1 up to rounding.
  return result.map((share) => Math.min(1, share))
}
