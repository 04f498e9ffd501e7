import { matrix, row, unscaleWeights } from '@mtl/core'
import type { Matrix, Model, ModelScaling } from '@mtl/core'
import type { SparseBayesianParameters } from './parameters.ts'
import { latentOf, weightsOf } from './predict.ts'

/** Linear models of T tasks and p inputs, y = intercept + x'w, in units of the data; of classes y is the log-odds of the second. */
export interface OriginalCoefficients {
  /** T x p: units of the target for one of the input. */
  readonly weights: Matrix
  /** Posterior standard deviations of the weights, T x p. */
  readonly weightDeviations: Matrix
  /** By task: what is predicted where all inputs are 0. */
  readonly intercepts: Float64Array
  readonly interceptDeviations: Float64Array
}

/**
 * Weights and intercepts of all tasks as coefficients of unscaled inputs and targets, with their standard deviations. The intercept holds the
 * constant, which is the last column of `taskWeights`, or the task's free intercept. An input that did not vary has nothing to tell of
 * its weight: that stays at its prior, 0 with the prior's deviation, and makes an intercept away from the data as uncertain.
 */
export function originalCoefficients({
  parameters,
  scaling,
}: Pick<Model<string, SparseBayesianParameters>, 'parameters' | 'scaling'>): OriginalCoefficients {
  const { taskWeights, taskCovariances, constant } = parameters
  const tasks = taskWeights.rows
  const features = taskWeights.columns - Number(constant)
  const used = scaling ?? unscaled(tasks, features)
  const [{ means, deviations }] = used.inputs
  const variances = variancePositions(parameters)
  const weights = matrix(tasks, features)
  const weightDeviations = matrix(tasks, features)
  const levels = new Float64Array(tasks)
  const interceptDeviations = new Float64Array(tasks)
  const centre = matrix(1, features)
  // Where unscaled inputs are 0.
  const origin = matrix(
    1,
    features,
    means.map((mean, j) => -mean / deviations[j]),
  )
  for (let t = 0; t < tasks; t++) {
    const own = weightsOf(parameters, t)
    row(weights, t).set(own.mean.subarray(0, features))
    const deviation = used.targets.deviations[t]
    for (let j = 0; j < features; j++)
      weightDeviations.data[t * features + j] =
        (Math.sqrt(row(taskCovariances, t)[variances[j]]) * deviation) / deviations[j]
    levels[t] = latentOf(parameters, own, centre).mean[0]
    interceptDeviations[t] = Math.sqrt(latentOf(parameters, own, origin).variance[0]) * deviation
  }
  return {
    ...unscaleWeights(weights, levels, used),
    weightDeviations,
    interceptDeviations,
  }
}

/** Where the variance of each column stands among a task's covariances. */
function variancePositions({ blocks, taskWeights }: SparseBayesianParameters): Int32Array {
  const positions = new Int32Array(taskWeights.columns)
  let start = 0
  for (const block of blocks) {
    block.forEach((column, k) => (positions[column] = start + k * (block.length + 1)))
    start += block.length * block.length
  }
  return positions
}

function unscaled(tasks: number, features: number): ModelScaling {
  const zeros = (count: number): Float64Array => new Float64Array(count)
  const ones = (count: number): Float64Array => zeros(count).fill(1)
  return {
    inputs: [{ means: zeros(features), deviations: ones(features) }],
    descriptor: { means: zeros(0), deviations: zeros(0) },
    targets: { means: zeros(tasks), deviations: ones(tasks) },
  }
}
