import { log1pExp, sigmoid } from '@mtl/core'
import type { ExpectedLogLikelihood, Labels } from './expected-log-likelihood.ts'

/**
 * The expected log likelihood by samples a = F + sqrt(V) noise of the activations (local reparametrisation), without bias for every kind:
 * mean over s of log p(y | a_s), g the mean of its slope d_s, h the mean of d_s noise_s / (2 sqrt V).
 * @param noise standard normal, S x N x K
 */
export function sampledLogLikelihood(labels: Labels, noise: Float64Array): ExpectedLogLikelihood {
  const { targets, weights } = labels
  const count = labels.outputs.length
  const samples = targets.length > 0 ? noise.length / (targets.length * count) : 0
  const scores = new Float64Array(count)
  const slopes = new Float64Array(count)
  const logProbability = rowLogProbability(labels, scores, slopes)
  return ({ means, variances, byMean, byVariance }, noiseVariance) => {
    byMean.fill(0)
    byVariance.fill(0)
    let sum = 0
    for (let s = 0, from = 0; s < samples; s++) {
      for (let n = 0, at = 0; n < targets.length; n++, at += count, from += count) {
        for (let k = 0; k < count; k++)
          scores[k] = means[at + k] + Math.sqrt(variances[at + k]) * noise[from + k]
        const weight = weights[n] / samples
        sum += weight * logProbability(targets[n], noiseVariance)
        for (let k = 0; k < count; k++) {
          byMean[at + k] += weight * slopes[k]
          // Noise over a deviation of 0: the slope has no limit there, and the prior's own outweighs it.
          byVariance[at + k] +=
            (weight * slopes[k] * noise[from + k]) / (2 * Math.max(Math.sqrt(variances[at + k]), 1e-150))
        }
      }
    }
    return sum
  }
}

/** log p(y | scores), with its slopes by the scores. */
function rowLogProbability(
  { kind }: Labels,
  scores: Float64Array,
  slopes: Float64Array,
): (target: number, noiseVariance: number) => number {
  if (kind === 'regression')
    return (target, noise) => {
      const left = target - scores[0]
      slopes[0] = left / noise
      return -0.5 * Math.log(2 * Math.PI * noise) - (left * left) / (2 * noise)
    }
  if (kind === 'binary')
    return (target) => {
      slopes[0] = target - sigmoid(scores[0])
      return -log1pExp(target > 0 ? -scores[0] : scores[0])
    }
  return (target) => {
    const label = scores[target]
    const largest = scores.reduce((most, value) => Math.max(most, value), -Infinity)
    let total = 0
    for (let k = 0; k < scores.length; k++) {
      slopes[k] = Math.exp(scores[k] - largest)
      total += slopes[k]
    }
    for (let k = 0; k < scores.length; k++) slopes[k] = Number(k === target) - slopes[k] / total
    return label - largest - Math.log(total)
  }
}
