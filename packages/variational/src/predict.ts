import { bernoulli, categorical, classProbabilities, isReal, matrix, mixture } from '@mtl/core'
import type { Distribution, Matrix, Query, TaskInfo, UnseenTask } from '@mtl/core'
import { componentsOf } from './components.ts'
import { fitNewTask } from './new-task.ts'
import type { Settings } from './options.ts'
import { teachersOf, type VariationalParameters } from './parameters.ts'
import { predictive } from './predictive.ts'
import { designOf, outputsOf } from './task-rows.ts'

/** One distribution for each query, in order. */
export function predictTasks(
  parameters: VariationalParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
  settings: Settings,
): readonly Distribution[] {
  return queries.map(({ task, inputs }) => {
    const design = designOf(inputs)
    if (typeof task === 'number') return predictKnown(parameters, task, tasks[task], design, settings)
    const info = standIn(tasks, task)
    if (task.examples === undefined) return predictMixed(parameters, tasks, info, design, settings)
    const weights = fitNewTask(parameters, tasks, info, task.examples, settings)
    return predictive(info.kind, design, weights, settings.quadratureNodes)
  })
}

function predictKnown(
  { posteriors, noiseVariance }: VariationalParameters,
  task: number,
  { kind }: TaskInfo,
  design: Matrix,
  { quadratureNodes }: Settings,
): Distribution {
  const { means, deviations } = posteriors[task]
  const weights = {
    means: means.data,
    variances: deviations.data.map((deviation) => deviation * deviation),
    noiseVariance: noiseVariance[task],
  }
  return predictive(kind, design, weights, quadratureNodes)
}

/** A task of which nothing is known: any of the trained ones alike. Classes that one of these lacks are unknown to it. */
function predictMixed(
  parameters: VariationalParameters,
  tasks: readonly TaskInfo[],
  info: TaskInfo,
  design: Matrix,
  settings: Settings,
): Distribution {
  const teachers = teachersOf(parameters, tasks)
  const { quadratureNodes } = settings
  const { priorVariance } = parameters
  const own = componentsOf(outputsOf(info), teachers, design.columns, { priorVariance, anchor: 'none' })
  const added = mean(parameters.transferVariance)
  const size = own.means.columns
  const parts = Array.from(own.tasks, (task, j) =>
    predictive(
      info.kind,
      design,
      {
        means: own.means.data.subarray(j * size, (j + 1) * size),
        variances: own.variances.data.subarray(j * size, (j + 1) * size).map((value) => value + added),
        noiseVariance: parameters.noiseVariance[task],
      },
      quadratureNodes,
    ),
  )
  return mixed(parts, new Float64Array(parts.length).fill(1 / parts.length))
}

/** Predictions of one kind, each with its share. Probabilities of classes are averaged. */
export function mixed(parts: readonly Distribution[], shares: Float64Array): Distribution {
  const [{ kind, size }] = parts
  if (kind === 'normal') {
    const weights = matrix(size, parts.length)
    for (let i = 0; i < size; i++) weights.data.set(shares, i * parts.length)
    return mixture(weights, parts.filter(isReal))
  }
  const probabilities = parts.map(classProbabilities)
  const average = matrix(size, probabilities[0].columns)
  probabilities.forEach(({ data }, j) => {
    for (let at = 0; at < data.length; at++) average.data[at] += shares[j] * data[at]
  })
  if (kind !== 'bernoulli') return categorical(average)
  return bernoulli(Float64Array.from({ length: size }, (_, i) => Math.min(1, average.data[2 * i + 1])))
}

/** The first trained task that agrees: the unseen one has its classes. Core has filled in kind and target. */
function standIn(tasks: readonly TaskInfo[], { kind, target }: UnseenTask): TaskInfo {
  return tasks.find((info) => info.kind === kind && info.target === target) ?? tasks[0]
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum / values.length
}
