import { matrix, unscaleWeights } from '@mtl/core'
import type { Matrix, ModelScaling, TaskInfo } from '@mtl/core'
import type { TaskClusteringParameters } from './parameters.ts'

/** Of weights on the inputs: level and slopes. Bent units have a level at the mean input, and weights of their own. */
export interface Coordinates {
  readonly names: readonly string[]
  readonly unit: string
  /** A row for each vector of P unit weights. */
  readonly of: (weights: Matrix) => Matrix
}

export function coordinatesOf(
  parameters: TaskClusteringParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): Coordinates {
  const { features, kind } = tasks[0]
  const bent = parameters.activation === 'tanh'
  const names = bent
    ? Array.from({ length: parameters.hiddenWeights.rows }, (_, j) => `unit ${j + 1}`)
    : features.map(({ name }) => name)
  const numeric = kind === 'regression'
  return {
    names: [bent ? 'level at the mean input' : 'intercept', ...names],
    unit: numeric ? 'units of the target' : 'log-odds',
    of: (weights) =>
      bent ? bentRows(parameters, weights, scaling, numeric) : lineRows(parameters, weights, scaling),
  }
}

/** Intercepts and slopes of unscaled inputs. */
function lineRows(
  { activation, hiddenWeights }: TaskClusteringParameters,
  weights: Matrix,
  scaling?: ModelScaling,
): Matrix {
  const features = activation === 'identity' ? weights.columns - 1 : hiddenWeights.columns - 1
  const slopes = matrix(weights.rows, features)
  const intercepts = new Float64Array(weights.rows)
  for (let i = 0; i < weights.rows; i++) {
    const at = i * weights.columns
    intercepts[i] = weights.data[at]
    for (let j = 1; j < weights.columns; j++) {
      const own = weights.data[at + j]
      if (activation === 'identity') slopes.data[i * features + j - 1] = own
      else {
        intercepts[i] += own * hiddenWeights.data[(j - 1) * hiddenWeights.columns]
        for (let k = 0; k < features; k++)
          slopes.data[i * features + k] += own * hiddenWeights.data[(j - 1) * hiddenWeights.columns + k + 1]
      }
    }
  }
  const raw = scaling
    ? unscaleWeights(slopes, intercepts, firstTarget(scaling, weights.rows))
    : { weights: slopes, intercepts }
  return joined(raw.intercepts, raw.weights)
}

/** Levels at the mean of all inputs, and weights of the units. */
function bentRows(
  { hiddenWeights }: TaskClusteringParameters,
  weights: Matrix,
  scaling: ModelScaling | undefined,
  numeric: boolean,
): Matrix {
  const deviation = numeric ? (scaling?.targets.deviations[0] ?? 1) : 1
  const mean = numeric ? (scaling?.targets.means[0] ?? 0) : 0
  const levels = new Float64Array(weights.rows)
  const units = matrix(weights.rows, weights.columns - 1)
  for (let i = 0; i < weights.rows; i++) {
    let level = weights.data[i * weights.columns]
    for (let j = 1; j < weights.columns; j++) {
      const own = weights.data[i * weights.columns + j]
      level += own * Math.tanh(hiddenWeights.data[(j - 1) * hiddenWeights.columns])
      units.data[i * units.columns + j - 1] = deviation * own
    }
    levels[i] = mean + deviation * level
  }
  return joined(levels, units)
}

function joined(first: Float64Array, others: Matrix): Matrix {
  const result = matrix(others.rows, others.columns + 1)
  for (let i = 0; i < others.rows; i++) {
    result.data[i * result.columns] = first[i]
    result.data.set(
      others.data.subarray(i * others.columns, (i + 1) * others.columns),
      i * result.columns + 1,
    )
  }
  return result
}

/** The scale of so many vectors of weights, all of the first task's target. */
function firstTarget({ inputs, descriptor, targets }: ModelScaling, rows: number): ModelScaling {
  return {
    inputs,
    descriptor,
    targets: {
      means: new Float64Array(rows).fill(targets.means[0]),
      deviations: new Float64Array(rows).fill(targets.deviations[0]),
    },
  }
}
