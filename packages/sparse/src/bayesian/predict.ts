import { bernoulli, cholesky, matrix, normal, row, sigmoid } from '@mtl/core'
import type { Distribution, Matrix, Query, TaskInfo, UnseenTask } from '@mtl/core'
import { boundCurvature } from './likelihood.ts'
import type { SparseBayesianParameters } from './parameters.ts'

/** Normal weights of one task, and what its noise and free intercept are. */
interface TaskWeights {
  readonly mean: Float64Array
  /** In blocks. */
  readonly covariance: Float64Array
  readonly noiseVariance: number
  readonly intercept: number
  readonly interceptVariance: number
  readonly centre: Float64Array
}

/** Latent values of rows: normal with this mean and variance. */
interface Latent {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

export function predictSparse(
  parameters: SparseBayesianParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
): readonly Distribution[] {
  return queries.map(({ task, inputs }) => {
    if (typeof task === 'number') {
      const weights = weightsOf(parameters, task)
      return distributionOf(tasks[task].kind, weights, latentOf(parameters, weights, inputs))
    }
    const binary = (task.kind ?? tasks[0].kind) === 'binary'
    const weights = parameters.unseen
    const latent = conditioned(parameters, weights, inputs, task.examples, binary)
    return distributionOf(binary ? 'binary' : 'regression', weights, latent)
  })
}

export function weightsOf(parameters: SparseBayesianParameters, t: number): TaskWeights {
  const { taskWeights, taskCovariances, noiseVariance, intercepts, labels, centres, unseen } = parameters
  const ownVariance = labels[t] > 0 ? noiseVariance[t] / labels[t] : unseen.interceptVariance
  return {
    mean: row(taskWeights, t),
    covariance: row(taskCovariances, t),
    noiseVariance: noiseVariance[t],
    intercept: intercepts[t],
    interceptVariance: parameters.freeIntercepts ? ownVariance : 0,
    centre: row(centres, t),
  }
}

function distributionOf(
  kind: string,
  { noiseVariance }: TaskWeights,
  { mean, variance }: Latent,
): Distribution {
  if (kind === 'binary') {
    // The logistic function averaged over a normal: MacKay (1992), Neural Computation 4, 720.
    return bernoulli(mean.map((f, i) => sigmoid(f / Math.sqrt(1 + (Math.PI * variance[i]) / 8))))
  }
  const noise = new Float64Array(mean.length).fill(noiseVariance)
  return normal(
    mean,
    variance.map((latent) => latent + noiseVariance),
    noise,
  )
}

/** x_n'm + intercept and x_n'S x_n + the intercept's variance. */
export function latentOf(parameters: SparseBayesianParameters, weights: TaskWeights, inputs: Matrix): Latent {
  const design = designOf(parameters, weights, inputs)
  const spread = timesBlocks(parameters, weights.covariance, design)
  return {
    mean: meansOf(design, weights),
    variance: Float64Array.from(
      { length: design.rows },
      (_, i) => Math.max(0, product(row(design, i), row(spread, i))) + weights.interceptVariance,
    ),
  }
}

/** The same with the weights conditioned on a few rows of the task's own, all else held. */
function conditioned(
  parameters: SparseBayesianParameters,
  weights: TaskWeights,
  inputs: Matrix,
  examples: UnseenTask['examples'],
  binary: boolean,
): Latent {
  const known = examples ? observedRows(examples.inputs, examples.targets) : undefined
  const prior = latentOf(parameters, weights, inputs)
  if (known === undefined || known.inputs.rows === 0) return prior
  const [design, own] = [inputs, known.inputs].map((rows) => designOf(parameters, weights, rows))
  const ownSpread = timesBlocks(parameters, weights.covariance, own)
  const between = covariances(own, ownSpread, weights.interceptVariance)
  const means = meansOf(own, weights)
  const { noise, targets } = binary
    ? touched(between, means, known.targets)
    : { noise: means.map(() => weights.noiseVariance), targets: known.targets }
  // R = Z V Z' + noise; m + V Z' R^-1 (v - Z m), V - V Z' R^-1 Z V.
  const factor = cholesky(withDiagonal(between, noise))
  const solved = factor.solve(targets.map((target, i) => target - means[i]))
  const cross = covariances(design, ownSpread, weights.interceptVariance)
  return {
    mean: prior.mean.map((mean, i) => mean + product(row(cross, i), solved)),
    variance: prior.variance.map((variance, i) => {
      const values = row(cross, i)
      return Math.max(0, variance - product(values, factor.solve(values)))
    }),
  }
}

/** Steps until the logistic bound touches, and their tolerance. */
const mostTouches = 500
const touchTolerance = 1e-12

/**
 * The logistic bound as rows of numbers: a row with curvature w is one of noise 1/w at (y - 1/2) / w. Repeated until xi^2 = E f^2
 * no longer moves.
 */
function touched(
  between: Matrix,
  means: Float64Array,
  labels: Float64Array,
): { readonly noise: Float64Array; readonly targets: Float64Array } {
  const n = labels.length
  let xi = new Float64Array(n).fill(1)
  for (let step = 0; ; step++) {
    const noise = xi.map((value) => 1 / boundCurvature(value))
    const targets = labels.map((label, i) => (label - 0.5) * noise[i])
    if (step === mostTouches) return { noise, targets }
    const factor = cholesky(withDiagonal(between, noise))
    const solved = factor.solve(targets.map((target, i) => target - means[i]))
    const next = xi.map((_, i) => {
      const values = row(between, i)
      const mean = means[i] + product(values, solved)
      const variance = Math.max(0, values[i] - product(values, factor.solve(values)))
      return Math.sqrt(mean * mean + variance)
    })
    const largest = next.reduce((most, value) => Math.max(most, value), 0)
    const moved = next.reduce((most, value, i) => Math.max(most, Math.abs(value - xi[i])), 0)
    xi = next
    if (moved < touchTolerance * (1 + largest)) {
      const last = xi.map((value) => 1 / boundCurvature(value))
      return { noise: last, targets: labels.map((label, i) => (label - 0.5) * last[i]) }
    }
  }
}

function observedRows(
  inputs: Matrix,
  targets: Float64Array,
): { readonly inputs: Matrix; readonly targets: Float64Array } {
  const kept = [...targets.keys()].filter((i) => !Number.isNaN(targets[i]))
  const data = matrix(kept.length, inputs.columns)
  kept.forEach((i, k) => row(data, k).set(row(inputs, i)))
  return { inputs: data, targets: Float64Array.from(kept, (i) => targets[i]) }
}

/** Rows less the centre, the constant behind them. */
function designOf(
  { constant }: SparseBayesianParameters,
  { centre }: TaskWeights,
  { rows, columns, data }: Matrix,
): Matrix {
  const width = columns + Number(constant)
  const design = matrix(rows, width)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) design.data[i * width + j] = data[i * columns + j] - centre[j]
    if (constant) design.data[(i + 1) * width - 1] = 1
  }
  return design
}

function meansOf(design: Matrix, { mean, intercept }: TaskWeights): Float64Array {
  return Float64Array.from({ length: design.rows }, (_, i) => product(row(design, i), mean) + intercept)
}

/** Rows times a covariance in blocks. */
function timesBlocks({ blocks }: SparseBayesianParameters, covariance: Float64Array, design: Matrix): Matrix {
  const result = matrix(design.rows, design.columns)
  for (let i = 0; i < design.rows; i++) {
    const [from, to] = [row(design, i), row(result, i)]
    let at = 0
    for (const block of blocks) {
      const size = block.length
      for (let p = 0; p < size; p++) {
        let sum = 0
        for (let q = 0; q < size; q++) sum += covariance[at + p * size + q] * from[block[q]]
        to[block[p]] = sum
      }
      at += size * size
    }
  }
  return result
}

/** design V Z' + the variance of a common intercept, from spread = Z V. */
function covariances(design: Matrix, spread: Matrix, interceptVariance: number): Matrix {
  const result = matrix(design.rows, spread.rows)
  for (let i = 0; i < design.rows; i++)
    for (let k = 0; k < spread.rows; k++)
      result.data[i * spread.rows + k] = product(row(design, i), row(spread, k)) + interceptVariance
  return result
}

function withDiagonal({ rows, columns, data }: Matrix, added: Float64Array): Matrix {
  const result = matrix(rows, columns, Float64Array.from(data))
  for (let i = 0; i < rows; i++) result.data[i * columns + i] += added[i]
  return result
}

function product(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}
