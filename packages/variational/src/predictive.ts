/** The predictive distribution of rows x, weights N(mu, sigma^2): activations have mean x'mu and variance sum_p x_p^2 sigma_p^2. */
import { bernoulli, categorical, matrix, normal, sigmoid } from '@mtl/core'
import type { Distribution, Matrix, TaskKind } from '@mtl/core'
import { gaussHermite } from './gauss-hermite.ts'
import { multiplyRows } from './task-likelihood.ts'

/** K x P each, flat; the noise is that of numbers. */
export interface Weights {
  readonly means: Float64Array
  readonly variances: Float64Array
  readonly noiseVariance: number
}

/** Of rows (x, 1). */
export function predictive(
  kind: TaskKind,
  design: Matrix,
  weights: Weights,
  quadratureNodes: number,
): Distribution {
  const { means, variances } = activationsOf(design, weights)
  return predictiveOf(kind, means, variances, {
    outputs: weights.means.length / design.columns,
    noiseVariance: new Float64Array(design.rows).fill(weights.noiseVariance),
    quadratureNodes,
  })
}

/**
 * Of activations with these means and variances, rows x outputs. Numbers: normal, with the noise of each row; two classes: quadrature of the
 * sigmoid; several: the softmax of means shrunk by MacKay's factor.
 */
export function predictiveOf(
  kind: TaskKind,
  means: Float64Array,
  variances: Float64Array,
  settings: {
    readonly outputs: number
    readonly noiseVariance: Float64Array
    readonly quadratureNodes: number
  },
): Distribution {
  const { outputs, noiseVariance, quadratureNodes } = settings
  if (kind === 'regression')
    return normal(
      means,
      variances.map((variance, i) => variance + noiseVariance[i]),
      noiseVariance,
    )
  if (kind === 'binary') return bernoulli(sigmoidMeans(means, variances, quadratureNodes))
  return categorical(matrix(means.length / outputs, outputs, scaledSoftmax(means, variances, outputs)))
}

function activationsOf(
  design: Matrix,
  weights: Weights,
): { readonly means: Float64Array; readonly variances: Float64Array } {
  const outputs = weights.means.length / design.columns
  const means = new Float64Array(design.rows * outputs)
  const variances = new Float64Array(design.rows * outputs)
  const squares = design.data.map((x) => x * x)
  multiplyRows(means, design.data, weights.means, design.columns)
  multiplyRows(variances, squares, weights.variances, design.columns)
  return { means, variances }
}

/** E sigmoid(a). */
function sigmoidMeans(means: Float64Array, variances: Float64Array, quadratureNodes: number): Float64Array {
  const { nodes, weights } = gaussHermite(quadratureNodes)
  return means.map((mean, n) => {
    const deviation = Math.sqrt(variances[n])
    let sum = 0
    for (let j = 0; j < nodes.length; j++) sum += weights[j] * sigmoid(mean + deviation * nodes[j])
    return Math.min(1, sum)
  })
}

/** softmax(F / sqrt(1 + pi V / 8)). MacKay (1992), The evidence framework applied to classification networks. */
function scaledSoftmax(means: Float64Array, variances: Float64Array, outputs: number): Float64Array {
  const shares = means.map((mean, at) => mean / Math.sqrt(1 + (Math.PI * variances[at]) / 8))
  for (let at = 0; at < shares.length; at += outputs) {
    let [largest, total] = [-Infinity, 0]
    for (let k = 0; k < outputs; k++) largest = Math.max(largest, shares[at + k])
    for (let k = 0; k < outputs; k++) {
      shares[at + k] = Math.exp(shares[at + k] - largest)
      total += shares[at + k]
    }
    for (let k = 0; k < outputs; k++) shares[at + k] /= total
  }
  return shares
}
