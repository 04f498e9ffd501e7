/**
 * Expected log likelihood of rows whose activations are independent normal numbers of mean F and variance V (local
 * reparametrisation: Kingma, Salimans and Welling, 2015), with its slopes g by F and h by V.
 *
 *   numbers          -log(2 pi s) / 2 - ((y - F)^2 + V) / (2 s), s the noise
 *   two classes      E log sigmoid((2 y - 1) a), by quadrature
 *   several classes  F_y - log sum_k exp(F_k + V_k / 2): a lower bound, by Jensen
 */
import { gaussHermite, type Quadrature } from './gauss-hermite.ts'
import type { TaskRows } from './task-rows.ts'

/** N x K each, by row. */
export interface Activations {
  readonly means: Float64Array
  readonly variances: Float64Array
  /** g, with the case weight. */
  readonly byMean: Float64Array
  /** h, likewise: not above 0 where the likelihood is concave. */
  readonly byVariance: Float64Array
}

/** Reads means and variances, writes the slopes, returns the sum over rows. */
export type ExpectedLogLikelihood = (activations: Activations, noiseVariance: number) => number

/** What of a task the expectation rests on. */
export type Labels = Pick<TaskRows, 'kind' | 'outputs' | 'targets' | 'weights'>

/** Exact for numbers, by as many nodes for two classes, by Jensen's bound for several. */
export function expectedLogLikelihood(labels: Labels, quadratureNodes: number): ExpectedLogLikelihood {
  if (labels.kind === 'regression') return ofNumbers(labels)
  return labels.kind === 'binary' ? ofTwoClasses(labels, gaussHermite(quadratureNodes)) : ofClasses(labels)
}

export function activationMemory(rows: number, outputs: number): Activations {
  const size = rows * outputs
  return {
    means: new Float64Array(size),
    variances: new Float64Array(size),
    byMean: new Float64Array(size),
    byVariance: new Float64Array(size),
  }
}

function ofNumbers({ targets, weights }: Labels): ExpectedLogLikelihood {
  return ({ means, variances, byMean, byVariance }, noise) => {
    const level = -0.5 * Math.log(2 * Math.PI * noise)
    let sum = 0
    for (let n = 0; n < targets.length; n++) {
      const left = targets[n] - means[n]
      sum += weights[n] * (level - (left * left + variances[n]) / (2 * noise))
      byMean[n] = (weights[n] * left) / noise
      byVariance[n] = (-0.5 * weights[n]) / noise
    }
    return sum
  }
}

/** Below this variance of the activation the slope by it is the curvature's mean: a difference of the nodes would cancel. */
const leastVariance = 1e-8

function ofTwoClasses({ targets, weights }: Labels, quadrature: Quadrature): ExpectedLogLikelihood {
  const { nodes, weights: shares } = quadrature
  return ({ means, variances, byMean, byVariance }) => {
    let sum = 0
    for (let n = 0; n < targets.length; n++) {
      const deviation = Math.sqrt(variances[n])
      let [expected, slope, tilt, curvature] = [0, 0, 0, 0]
      for (let j = 0; j < nodes.length; j++) {
        const a = means[n] + deviation * nodes[j]
        const odds = Math.exp(-Math.abs(a))
        const probability = a >= 0 ? 1 / (1 + odds) : odds / (1 + odds)
        const signed = targets[n] > 0 ? a : -a
        const left = shares[j] * (targets[n] - probability)
        expected += shares[j] * (Math.min(signed, 0) - Math.log1p(odds))
        slope += left
        tilt += left * nodes[j]
        curvature += shares[j] * probability * (1 - probability)
      }
      sum += weights[n] * expected
      byMean[n] = weights[n] * slope
      byVariance[n] = weights[n] * (variances[n] > leastVariance ? tilt / (2 * deviation) : -0.5 * curvature)
    }
    return sum
  }
}

function ofClasses({ targets, weights, outputs }: Labels): ExpectedLogLikelihood {
  const count = outputs.length
  const scores = new Float64Array(count)
  return ({ means, variances, byMean, byVariance }) => {
    let sum = 0
    for (let n = 0; n < targets.length; n++) {
      const at = n * count
      let largest = -Infinity
      for (let k = 0; k < count; k++) {
        scores[k] = means[at + k] + 0.5 * variances[at + k]
        if (scores[k] > largest) largest = scores[k]
      }
      let total = 0
      for (let k = 0; k < count; k++) {
        scores[k] = Math.exp(scores[k] - largest)
        total += scores[k]
      }
      const label = targets[n]
      sum += weights[n] * (means[at + label] - largest - Math.log(total))
      for (let k = 0; k < count; k++) {
        const share = (weights[n] * scores[k]) / total
        byMean[at + k] = -share
        byVariance[at + k] = -0.5 * share
      }
      byMean[at + label] += weights[n]
    }
    return sum
  }
}
