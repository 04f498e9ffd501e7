/** Sums over rows that the updates need, and what rows say of noise or of the logistic bound. */
import { dot } from '@mtl/core'
import type { Layout, Problem, Rows } from './problem.ts'

/** sum_n w_n x_nj x_nk for the columns of each block, at `at` of `grams`. `scaled` is scratch for n numbers. */
export function gramInPlace(
  { columns: { columns: n, data } }: Rows,
  weights: Float64Array,
  { blocks, starts }: Layout,
  grams: Float64Array,
  at: number,
): void {
  const scaled = new Float64Array(n)
  blocks.forEach((block, b) => {
    const size = block.length
    for (let p = 0; p < size; p++) {
      for (let i = 0; i < n; i++) scaled[i] = weights[i] * data[block[p] * n + i]
      for (let q = 0; q <= p; q++) {
        const from = block[q] * n
        let sum = 0
        for (let i = 0; i < n; i++) sum += scaled[i] * data[from + i]
        grams[at + starts[b] + p * size + q] = sum
        grams[at + starts[b] + q * size + p] = sum
      }
    }
  })
}

/** sum_n x_nj v_n for each column, `width` numbers at `at` of `moments`. */
export function momentInPlace(
  { columns: { rows: width, columns: n, data } }: Rows,
  values: Float64Array,
  moments: Float64Array,
  at: number,
): void {
  for (let j = 0; j < width; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += data[j * n + i] * values[i]
    moments[at + j] = sum
  }
}

/** x_n' m for each row, m the `width` numbers at `at` of `means`. */
export function fitted(
  { columns: { rows: width, columns: n, data } }: Rows,
  means: Float64Array,
  at: number,
): Float64Array {
  const result = new Float64Array(n)
  for (let j = 0; j < width; j++) {
    const weight = means[at + j]
    if (weight === 0) continue
    for (let i = 0; i < n; i++) result[i] += weight * data[j * n + i]
  }
  return result
}

/** x_n' S x_n for each row, S the blocks at `at` of `covariances`. */
export function quadraticForms(
  { columns: { columns: n, data } }: Rows,
  { blocks, starts }: Layout,
  covariances: Float64Array,
  at: number,
): Float64Array {
  const result = new Float64Array(n)
  blocks.forEach((block, b) => {
    const size = block.length
    for (let p = 0; p < size; p++)
      for (let q = 0; q <= p; q++) {
        const factor = (p === q ? 1 : 2) * covariances[at + starts[b] + p * size + q]
        const [left, right] = [block[p] * n, block[q] * n]
        for (let i = 0; i < n; i++) result[i] += factor * data[left + i] * data[right + i]
      }
  })
  return result
}

/** R_t = sum_n w_n ((y_n - x_n'm_t)^2 + x_n' S_t x_n), numbers; the grams without the noise. */
export function expectedSquares(
  problem: Problem,
  layout: Layout,
  means: Float64Array,
  covariances: Float64Array,
  grams: Float64Array,
): Float64Array {
  return Float64Array.from(problem.tasks, (rows, t) => {
    const fit = fitted(rows, means, t * problem.width)
    let sum = 0
    for (let i = 0; i < fit.length; i++) sum += rows.weights[i] * (rows.targets[i] - fit[i]) ** 2
    const [from, to] = [t * layout.size, (t + 1) * layout.size]
    return sum + dot(grams.subarray(from, to), covariances.subarray(from, to))
  })
}

/**
 * w(xi) = tanh(xi / 2) / (2 xi), the curvature of the bound of Jaakkola and Jordan (2000), Statistics and Computing 10, 25:
 * log sigmoid(a) >= log sigmoid(xi) + (a - xi) / 2 - w(xi) (a^2 - xi^2) / 2.
 */
export function boundCurvature(xi: number): number {
  return Math.abs(xi) < 1e-4 ? 0.25 - (xi * xi) / 48 : Math.tanh(xi / 2) / (2 * xi)
}

/** sum_n x_nj (z_n - r_n fit_n). */
export function leftFor(
  { columns: { columns: n, data } }: Rows,
  j: number,
  rowTargets: Float64Array,
  rowWeights: Float64Array,
  fit: Float64Array,
): number {
  let sum = 0
  const from = j * n
  for (let i = 0; i < n; i++) sum += data[from + i] * (rowTargets[i] - rowWeights[i] * fit[i])
  return sum
}

/** A row's fit with weight j changed so much. */
export function addColumnInPlace(
  fit: Float64Array,
  { columns: { columns: n, data } }: Rows,
  j: number,
  change: number,
): void {
  const from = j * n
  for (let i = 0; i < n; i++) fit[i] += change * data[from + i]
}
