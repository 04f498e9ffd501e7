import { bernoulli, normal, sigmoid } from '@mtl/core'
import type { Distribution, Matrix, Query, TaskInfo } from '@mtl/core'
import { sum } from './loss.ts'
import type { RegularisedParameters } from './types.ts'

/** The line of a task; of one that was not there the mean of all tasks. All variance is noise. */
export function predict(
  { taskWeights, intercepts, noiseVariance }: RegularisedParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
): readonly Distribution[] {
  return queries.map(({ task, inputs }) => {
    const { weights, intercept } =
      typeof task === 'number'
        ? {
            weights: taskWeights.data.subarray(task * taskWeights.columns, (task + 1) * taskWeights.columns),
            intercept: intercepts[task],
          }
        : meanTask(taskWeights, intercepts)
    const scores = new Float64Array(inputs.rows)
    for (let i = 0; i < inputs.rows; i++) {
      scores[i] = intercept
      for (let j = 0; j < inputs.columns; j++) scores[i] += inputs.data[i * inputs.columns + j] * weights[j]
    }
    if (tasks[0].kind === 'binary') return bernoulli(scores.map(sigmoid))
    const variance = new Float64Array(inputs.rows).fill(noiseVariance)
    return normal(scores, variance, variance)
  })
}

/** What is said of a task that was not there. */
function meanTask(
  { rows, columns, data }: Matrix,
  intercepts: Float64Array,
): { readonly weights: Float64Array; readonly intercept: number } {
  const weights = new Float64Array(columns)
  for (let at = 0; at < data.length; at++) weights[at % columns] += data[at] / rows
  return { weights, intercept: sum(intercepts) / rows }
}
