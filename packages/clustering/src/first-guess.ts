import { cholesky, matrix, sampleNormal } from '@mtl/core'
import type { RandomGenerator } from '@mtl/core'
import { blockOf, hiddenUnits, sizeOf, type Layout } from './layout.ts'
import type { Problem } from './problem.ts'
import { activateInPlace } from './units.ts'

/** Names that draws belong to, so that neither the order of tasks nor that of inputs matters. */
export interface Names {
  readonly features: readonly string[]
  readonly tasks: readonly string[]
}

/** Logits are as steep as four times shares are in the middle. */
const logitSlope = 4

/**
 * Parameters of one cluster to begin with: hidden units along the direction of pooled least squares of each output, others
 * along random ones; the prior mean is pooled least squares on them, its variance small.
 */
export function firstGuess(
  problem: Problem,
  layout: Layout,
  numeric: boolean,
  names: Names,
  random: RandomGenerator,
): Float64Array {
  const x = new Float64Array(sizeOf(layout))
  const { units: p, outputs, meanTerms } = layout
  if (layout.activation !== 'identity') drawWeights(x, problem, layout, names, random)
  const rows = hiddenRows(problem, layout, x)
  const spread = meanSquares(rows, p, problem)
  for (let o = 0; o < outputs; o++) {
    const { means, factors, logNoise } = blockOf(layout, o)
    const targets = numeric ? problem.targets[o] : problem.targets[o].map((y) => logitSlope * (y - 0.5))
    const mean = leastSquares(rows, p, targets, problem)
    for (let j = 0; j < p; j++) x[means + j * meanTerms] = mean[j]
    const noise = numeric ? Math.max(residualVariance(rows, p, targets, mean, problem), 1e-6) : logitSlope
    for (let j = 0; j < p; j++) x[factors + j * p + j] = Math.sqrt((0.1 * noise) / Math.max(spread[j], 1e-6))
    x[logNoise] = numeric ? Math.log(0.9 * noise) : 0
  }
  return x
}

/** Standard deviation of the units' arguments over the rows. */
const argumentSpread = { identity: 1, linear: 1, tanh: 0.5 } as const
const biasSpread = 0.25

function drawWeights(
  x: Float64Array,
  problem: Problem,
  layout: Layout,
  { features }: Names,
  random: RandomGenerator,
): void {
  const { inputs: d, activation } = layout
  for (let j = 0; j < hiddenUnits(layout); j++) {
    const stream = random.fork(`unit ${j + 1}`)
    const pooled =
      j < problem.targets.length ? leastSquares(problem.rows, d, problem.targets[j], problem) : undefined
    const direction = pooled?.subarray(1).some((w) => w !== 0)
      ? pooled.slice(1)
      : Float64Array.from(features, (name) => sampleNormal(stream.fork(name)))
    const deviation = deviationAlong(problem, direction)
    const scale = deviation > 0 ? argumentSpread[activation] / deviation : 1
    for (let k = 1; k < d; k++) x[j * d + k] = scale * direction[k - 1]
    if (activation === 'tanh') x[j * d] = biasSpread * sampleNormal(stream)
  }
}

/** Of the rows' sums along the direction, weighted. */
function deviationAlong({ rows, inputs: d, weights, total }: Problem, direction: Float64Array): number {
  let [sum, squares] = [0, 0]
  for (let n = 0; n < weights.length; n++) {
    let along = 0
    for (let k = 1; k < d; k++) along += direction[k - 1] * rows[n * d + k]
    sum += weights[n] * along
    squares += weights[n] * along * along
  }
  const mean = sum / Math.max(1, total)
  return Math.sqrt(Math.max(0, squares / Math.max(1, total) - mean * mean))
}

/** h of all rows, N x P. */
function hiddenRows({ rows, weights, inputs: d }: Problem, layout: Layout, x: Float64Array): Float64Array {
  if (layout.activation === 'identity') return rows
  const result = new Float64Array(weights.length * layout.units)
  for (let n = 0; n < weights.length; n++) activateInPlace(result, n * layout.units, layout, x, rows, n * d)
  return result
}

/** Keeps collinear columns solvable, as a share of the rows. */
const leastSquaresRidge = 1e-6

function leastSquares(
  rows: Float64Array,
  p: number,
  targets: Float64Array,
  { weights, total }: Problem,
): Float64Array {
  const products = matrix(p, p)
  const cross = new Float64Array(p)
  for (let n = 0; n < targets.length; n++)
    for (let j = 0; j < p; j++) {
      const scaled = weights[n] * rows[n * p + j]
      cross[j] += scaled * targets[n]
      for (let k = 0; k <= j; k++) products.data[j * p + k] += scaled * rows[n * p + k]
    }
  for (let j = 0; j < p; j++) products.data[j * p + j] += leastSquaresRidge * Math.max(1, total)
  return cholesky(products).solve(cross)
}

function residualVariance(
  rows: Float64Array,
  p: number,
  targets: Float64Array,
  mean: Float64Array,
  { weights, total }: Problem,
): number {
  if (total === 0) return 1
  let sum = 0
  for (let n = 0; n < targets.length; n++) {
    let residual = targets[n]
    for (let j = 0; j < p; j++) residual -= mean[j] * rows[n * p + j]
    sum += weights[n] * residual * residual
  }
  return sum / total
}

function meanSquares(rows: Float64Array, p: number, { weights, total }: Problem): Float64Array {
  const result = new Float64Array(p)
  if (total === 0) return result.fill(1)
  for (let n = 0; n < weights.length; n++)
    for (let j = 0; j < p; j++) result[j] += (weights[n] * rows[n * p + j] * rows[n * p + j]) / total
  return result
}
