import { logSumExp } from '../special/log-sum-exp.ts'
import type { MixtureSlopes, NormalComponents } from './mixture-divergence.ts'

/**
 * Monte Carlo estimate of the divergence of N(mean, e^(2 logDeviation)) from a mixture of diagonal normals, without bias, and its
 * slopes: mean over s of log q(w_s) - log sum_j a_j p_j(w_s), w_s = mean + e^logDeviation noise_s.
 * @param noise standard normal, of length S D: a draw after the other
 */
export function sampledMixtureDivergence(
  mean: Float64Array,
  logDeviation: Float64Array,
  { means, variances }: NormalComponents,
  weights: Float64Array,
  noise: Float64Array,
): Omit<MixtureSlopes, 'precision'> {
  const [count, size] = [means.rows, means.columns]
  const samples = noise.length / size
  const byMean = new Float64Array(size)
  const byLogDeviation = new Float64Array(size).fill(-1)
  const byWeight = new Float64Array(count)
  const responsibilities = new Float64Array(count)
  const logWeights = weights.map(Math.log)
  let value = 0
  for (let s = 0; s < samples; s++) {
    const draw = noise.subarray(s * size, (s + 1) * size)
    const w = mean.map((m, d) => m + Math.exp(logDeviation[d]) * draw[d])
    // log p_j(w) and log q(w), both without D log(2 pi) / 2
    const own = -0.5 * sumOf(size, (d) => 2 * logDeviation[d] + draw[d] ** 2)
    const densities = Float64Array.from({ length: count }, (_, j) => {
      const at = j * size
      return (
        -0.5 *
        sumOf(
          size,
          (d) => Math.log(variances.data[at + d]) + (w[d] - means.data[at + d]) ** 2 / variances.data[at + d],
        )
      )
    })
    const total = logSumExp(densities.map((density, j) => logWeights[j] + density))
    value += (own - total) / samples
    for (let j = 0; j < count; j++) {
      const share = Math.exp(logWeights[j] + densities[j] - total)
      responsibilities[j] += share / samples
      byWeight[j] -= Math.exp(densities[j] - total) / samples
      for (let d = 0; d < size; d++) {
        const at = j * size + d
        const pull = (share * (w[d] - means.data[at])) / variances.data[at] / samples
        byMean[d] += pull
        byLogDeviation[d] += pull * Math.exp(logDeviation[d]) * draw[d]
      }
    }
  }
  return { value, byMean, byLogDeviation, byWeight, responsibilities }
}

function sumOf(length: number, term: (d: number) => number): number {
  let sum = 0
  for (let d = 0; d < length; d++) sum += term(d)
  return sum
}
