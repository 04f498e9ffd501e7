import { addGramInPlace, choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '@mtl/core'
import type { Activations } from './expected-log-likelihood.ts'
import type { TaskRows } from './task-rows.ts'

/** Writes H_k^-1 times the slope of each output k: H_k = X' diag(w_k) X + diag(prior precision of k), w = -2 h where above 0. */
export type NewtonDirection = (
  direction: Float64Array,
  activations: Activations,
  slope: Float64Array,
  precision: Float64Array,
) => void

/** By systems of P equations, or of N where there are fewer rows. */
export function newtonDirection(task: TaskRows): NewtonDirection {
  return task.design.rows < task.design.columns ? byRows(task) : byColumns(task)
}

/** max(-2 h, 0) of output k: the curvature of the log likelihood, or of what bounds it. */
function curvatures(
  weights: Float64Array,
  byVariance: Float64Array,
  outputs: number,
  k: number,
): void {
  for (let n = 0; n < weights.length; n++) weights[n] = Math.max(-2 * byVariance[n * outputs + k], 0)
}

function byColumns({ design, outputs }: TaskRows): NewtonDirection {
  const size = design.columns
  const hessian = new Float64Array(size * size)
  const weights = new Float64Array(design.rows)
  const block = { stride: size, at: 0, whole: false }
  return (direction, { byVariance }, slope, precision) => {
    direction.set(slope)
    for (let k = 0; k < outputs.length; k++) {
      const at = k * size
      curvatures(weights, byVariance, outputs.length, k)
      hessian.fill(0)
      for (let p = 0; p < size; p++) hessian[p * size + p] = precision[at + p]
      addGramInPlace(hessian, block, design, weights)
      choleskyInPlace(hessian, size)
      solveLowerInPlace(hessian, size, direction, 0, at)
      solveLowerTransposedInPlace(hessian, size, direction, 0, at)
    }
  }
}

/** H^-1 = A - A B'(I + B A B')^-1 B A, A = diag(1 / precision), B = diag(w)^(1/2) X. */
function byRows({ design, outputs }: TaskRows): NewtonDirection {
  const { rows, columns: size, data } = design
  const weights = new Float64Array(rows)
  // B A^(1/2), and the rows' own system.
  const scaled = new Float64Array(rows * size)
  const system = new Float64Array(rows * rows)
  const right = new Float64Array(rows)
  return (direction, { byVariance }, slope, precision) => {
    for (let k = 0; k < outputs.length; k++) {
      const at = k * size
      curvatures(weights, byVariance, outputs.length, k)
      for (let p = 0; p < size; p++) direction[at + p] = slope[at + p] / Math.sqrt(precision[at + p])
      for (let n = 0; n < rows; n++) {
        const root = Math.sqrt(weights[n])
        const from = n * size
        let sum = 0
        for (let p = 0; p < size; p++) {
          scaled[from + p] = (root * data[from + p]) / Math.sqrt(precision[at + p])
          sum += scaled[from + p] * direction[at + p]
        }
        right[n] = sum
      }
      outerProducts(system, scaled, rows, size)
      choleskyInPlace(system, rows)
      solveLowerInPlace(system, rows, right)
      solveLowerTransposedInPlace(system, rows, right)
      for (let n = 0; n < rows; n++)
        for (let p = 0; p < size; p++) direction[at + p] -= scaled[n * size + p] * right[n]
      for (let p = 0; p < size; p++) direction[at + p] /= Math.sqrt(precision[at + p])
    }
  }
}

/** Lower triangle of I + S S'. */
function outerProducts(system: Float64Array, scaled: Float64Array, rows: number, size: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0
      for (let p = 0; p < size; p++) sum += scaled[i * size + p] * scaled[j * size + p]
      system[i * rows + j] = sum
    }
  }
}
