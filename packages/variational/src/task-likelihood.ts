import { activationMemory, expectedLogLikelihood, type Activations } from './expected-log-likelihood.ts'
import type { TaskRows } from './task-rows.ts'

/** The likelihood of a task's rows as a function of its weights' posterior. */
export interface TaskLikelihood {
  memory(): Activations
  /** Expected log likelihood; activations and their slopes go to `memory`. N P K operations. */
  evaluate(
    means: Float64Array,
    logDeviations: Float64Array,
    noiseVariance: number,
    memory: Activations,
  ): number
}

export function taskLikelihood(task: TaskRows, quadratureNodes: number): TaskLikelihood {
  const { design, squares, outputs } = task
  const expectation = expectedLogLikelihood(task, quadratureNodes)
  const variances = new Float64Array(outputs.length * design.columns)
  return {
    memory: () => activationMemory(design.rows, outputs.length),
    evaluate(means, logDeviations, noiseVariance, memory) {
      for (let d = 0; d < variances.length; d++) variances[d] = Math.exp(2 * logDeviations[d])
      // F = X mu', V = X^2 (sigma^2)'
      multiplyRows(memory.means, design.data, means, design.columns)
      multiplyRows(memory.variances, squares.data, variances, design.columns)
      return expectation(memory, noiseVariance)
    },
  }
}

/** result (N x K) = rows (N x P) times weights (K x P) transposed. */
export function multiplyRows(
  result: Float64Array,
  rows: Float64Array,
  weights: Float64Array,
  size: number,
): void {
  const outputs = weights.length / size
  for (let at = 0, n = 0; at < result.length; n += size) {
    for (let k = 0; k < outputs; k++, at++) {
      const from = k * size
      let sum = 0
      for (let p = 0; p < size; p++) sum += rows[n + p] * weights[from + p]
      result[at] = sum
    }
  }
}

/** Adds G'X: result K x P, slopes N x K, rows N x P. */
export function addProducts(
  result: Float64Array,
  slopes: Float64Array,
  rows: Float64Array,
  size: number,
): void {
  const outputs = result.length / size
  for (let at = 0, n = 0; at < slopes.length; n += size) {
    for (let k = 0; k < outputs; k++, at++) {
      const to = k * size
      for (let p = 0; p < size; p++) result[to + p] += slopes[at] * rows[n + p]
    }
  }
}
