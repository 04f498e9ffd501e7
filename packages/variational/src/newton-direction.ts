import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace, transpose } from '@mtl/core'
import type { Activations } from './expected-log-likelihood.ts'
import { symmetricProducts } from './symmetric-products.ts'
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
function curvatures(weights: Float64Array, byVariance: Float64Array, outputs: number, k: number): void {
  for (let n = 0; n < weights.length; n++) weights[n] = Math.max(-2 * byVariance[n * outputs + k], 0)
}

function byColumns({ design, outputs }: TaskRows): NewtonDirection {
  const { rows, columns: size } = design
  const columns = transpose(design).data
  const weighted = new Float64Array(size * rows)
  const hessian = new Float64Array(size * size)
  const weights = new Float64Array(rows)
  return (direction, { byVariance }, slope, precision) => {
    direction.set(slope)
    for (let k = 0; k < outputs.length; k++) {
      const at = k * size
      curvatures(weights, byVariance, outputs.length, k)
      for (let p = 0, to = 0; p < size; p++)
        for (let n = 0; n < rows; n++, to++) weighted[to] = weights[n] * columns[to]
      symmetricProducts(hessian, weighted, columns, size, rows)
      for (let p = 0; p < size; p++) hessian[p * size + p] += precision[at + p]
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
  const roots = new Float64Array(size)
  // B A^(1/2), and the rows' own system.
  const scaled = new Float64Array(rows * size)
  const system = new Float64Array(rows * rows)
  const right = new Float64Array(rows)
  return (direction, { byVariance }, slope, precision) => {
    for (let k = 0; k < outputs.length; k++) {
      const at = k * size
      curvatures(weights, byVariance, outputs.length, k)
      for (let p = 0; p < size; p++) {
        roots[p] = 1 / Math.sqrt(precision[at + p])
        direction[at + p] = slope[at + p] * roots[p]
      }
      for (let n = 0; n < rows; n++) {
        const root = Math.sqrt(weights[n])
        const from = n * size
        let sum = 0
        for (let p = 0; p < size; p++) {
          scaled[from + p] = root * data[from + p] * roots[p]
          sum += scaled[from + p] * direction[at + p]
        }
        right[n] = sum
      }
      symmetricProducts(system, scaled, scaled, rows, size)
      for (let n = 0; n < rows; n++) system[n * rows + n] += 1
      choleskyInPlace(system, rows)
      solveLowerInPlace(system, rows, right)
      solveLowerTransposedInPlace(system, rows, right)
      for (let n = 0; n < rows; n++)
        for (let p = 0; p < size; p++) direction[at + p] -= scaled[n * size + p] * right[n]
      for (let p = 0; p < size; p++) direction[at + p] *= roots[p]
    }
  }
}
