import { innerProduct } from '../messages/kernels.ts'
import type { Problem } from './problem.ts'

/** Inverse gamma: density ~ v^-(shape + 1) exp(-scale / v), of one shared variance or of each task's. */
export interface NoisePrior {
  readonly noise: 'shared' | 'per-task'
  readonly noiseShape: number
  readonly noiseScale: number
}

export function noiseLogPrior(
  variances: Float64Array,
  { noise, noiseShape, noiseScale }: NoisePrior,
): number {
  const own = noise === 'shared' ? variances.subarray(0, 1) : variances
  return own.reduce((sum, v) => sum - (noiseShape + 1) * Math.log(v) - noiseScale / v, 0)
}

/**
 * Mode of the variances given the weights' posterior, K times D and K times D x D: E_k = |y - X m|^2 + tr(X V X') by the sums over rows.
 */
export function updateNoise(
  { tasks, size, products, cross, squares, counts }: Problem,
  means: Float64Array,
  covariances: Float64Array,
  { noise, noiseShape, noiseScale }: NoisePrior,
): Float64Array {
  const block = size * size
  const residuals = new Float64Array(tasks)
  for (let k = 0; k < tasks; k++) {
    let sum = squares[k] - 2 * innerProduct(cross, k * size, means, k * size, size)
    for (let r = 0; r < size; r++)
      sum += means[k * size + r] * innerProduct(products, k * block + r * size, means, k * size, size)
    // Rounding of a fit without residuals.
    residuals[k] = Math.max(0, sum) + innerProduct(products, k * block, covariances, k * block, block)
  }
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
  const one = (2 * noiseScale + total(residuals)) / (2 * noiseShape + 2 + total(counts))
  if (noise === 'shared') return residuals.map(() => one)
  return residuals.map((sum, k) => (2 * noiseScale + sum) / (2 * noiseShape + 2 + counts[k]))
}
