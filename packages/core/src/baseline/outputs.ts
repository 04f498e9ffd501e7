/**
 * What a linear model says of a task are its outputs: one number (the mean; the log-odds of the second class), or
 * for several classes one score each. Tasks' outputs stand one after the other, in the order of tasks.
 */
import type { TaskInfo } from '../data/types.ts'
import { bernoulli } from '../distribution/bernoulli.ts'
import { categorical } from '../distribution/categorical.ts'
import { normal } from '../distribution/normal.ts'
import type { Distribution } from '../distribution/types.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'

/** What an output rests on besides the inputs. */
export type Output = Pick<TaskInfo, 'kind' | 'classes'>

/** A row for each output. */
export interface Coefficients {
  /** Rows of tasks with fewer features than others end in zeros. */
  readonly weights: Matrix
  readonly intercepts: Float64Array
}

export function outputsOf({ kind, classes }: Output): number {
  return kind === 'multiclass' ? classes.length : 1
}

/** Position of each task's first output. */
export function firstOutputs(tasks: readonly Output[]): Int32Array {
  let next = 0
  return Int32Array.from(tasks, (task) => {
    const first = next
    next += outputsOf(task)
    return first
  })
}

/** From (intercept, weights) of each output of a task, one after the other, for each task. */
export function coefficientsOf(parts: readonly Float64Array[], tasks: readonly Output[]): Coefficients {
  const sizes = parts.map(({ length }, t) => length / outputsOf(tasks[t]))
  const rows = tasks.reduce((count, task) => count + outputsOf(task), 0)
  const weights = matrix(rows, sizes.reduce((most, size) => Math.max(most, size), 1) - 1)
  const intercepts = new Float64Array(rows)
  let row = 0
  parts.forEach((part, t) => {
    for (let at = 0; at < part.length; at += sizes[t]) {
      intercepts[row] = part[at]
      weights.data.set(part.subarray(at + 1, at + sizes[t]), row * weights.columns)
      row++
    }
  })
  return { weights, intercepts }
}

/** The prediction of a task whose outputs start at `first`; `noiseVariance` is that of a number. */
export function predictLinear(
  { weights, intercepts }: Coefficients,
  first: number,
  output: Output,
  inputs: Matrix,
  noiseVariance: number,
): Distribution {
  const scores = matrix(inputs.rows, outputsOf(output))
  for (let i = 0; i < inputs.rows; i++) {
    for (let k = 0; k < scores.columns; k++) {
      let score = intercepts[first + k]
      for (let j = 0; j < inputs.columns; j++)
        score += weights.data[(first + k) * weights.columns + j] * inputs.data[i * inputs.columns + j]
      scores.data[i * scores.columns + k] = score
    }
  }
  if (output.kind === 'regression')
    return normal(scores.data, new Float64Array(inputs.rows).fill(noiseVariance))
  for (let i = 0; i < inputs.rows; i++) normaliseInPlace(scores.data, scores.columns, i * scores.columns)
  return output.kind === 'binary' ? bernoulli(scores.data) : categorical(scores)
}

/** The same mean, or class shares, on every row. */
export function predictConstant(
  { kind }: Output,
  values: Float64Array,
  rows: number,
  noiseVariance: number,
): Distribution {
  const repeated = Float64Array.from({ length: rows * values.length }, (_, at) => values[at % values.length])
  if (kind === 'regression') return normal(repeated, new Float64Array(rows).fill(noiseVariance))
  return kind === 'binary' ? bernoulli(repeated) : categorical(matrix(rows, values.length, repeated))
}

/**
 * Scores of classes, from `at` on, become probabilities; returns the log of their sum of exponentials. A single
 * score is the log-odds of the second of two classes: the first one's is 0.
 */
export function normaliseInPlace(scores: Float64Array, count: number, at = 0): number {
  let largest = count === 1 ? 0 : -Infinity
  for (let k = 0; k < count; k++) largest = Math.max(largest, scores[at + k])
  let total = count === 1 ? Math.exp(-largest) : 0
  for (let k = 0; k < count; k++) {
    scores[at + k] = Math.exp(scores[at + k] - largest)
    total += scores[at + k]
  }
  for (let k = 0; k < count; k++) scores[at + k] /= total
  return largest + Math.log(total)
}
