/**
 * The paper's latent form: W_i ~ matrix normal (V Z_i, Om_i / g_i, I), Z_i ~ matrix normal (0, Om_i / g_i, I), V standard normal, P x K. Given V and
 * Z the tasks' weights are independent, so q(W) factorises by task exactly, whatever labels are missing. A scale of Sig = V V' + I beside that of g is
 * not identified; it is 1.
 */
import { cholesky, matrix, svd } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { TaskFamily } from './ascent.ts'
import { weightPrecision } from './correlated-tasks.ts'
import { invertInPlace, rowTimes } from './dense.ts'
import { gramInPlace } from './likelihood.ts'
import { freeInterceptPrecision } from './problem.ts'
import type { Layout, Problem } from './problem.ts'
import type { Factors, Loadings, Scratch } from './types.ts'
import { createScratch, layoutFor, positionIn, scaledMoments } from './weights.ts'

const logTwoPi = Math.log(2 * Math.PI)

export function lowRankFamily(problem: Problem, rank: number, noisePrecision: number): TaskFamily {
  const { tasks, groups } = problem
  const layout = layoutFor(problem, 'exact')
  return {
    layout,
    rows: tasks.length + rank,
    start: { loadings: firstLoadings(problem, layout, rank, noisePrecision) },
    updateWeightsInPlace: (factors, scratch) => updateWeightsInPlace(problem, factors, scratch),
    follow: (factors, scratch) => ({ loadings: nextLoadings(problem, factors, scratch) }),
    quadratics: (factors, scratch) => quadratics(problem, layout, loadingsOf(factors), scratch),
    terms: (factors) => terms(groups, tasks.length, loadingsOf(factors)),
  }
}

function loadingsOf({ loadings }: Factors): Loadings {
  if (loadings === undefined) throw new TypeError('a low-rank state has loadings')
  return loadings
}

/** Ridge for each task alone, and the leading directions of what it finds. V = Z = 0 would be a point of rest. */
function firstLoadings(problem: Problem, layout: Layout, rank: number, noisePrecision: number): Loadings {
  const { tasks, width, kind, freeIntercept, groups } = problem
  const columns = width - Number(freeIntercept)
  const { grams, moments } = createScratch(problem, layout)
  const start = matrix(tasks.length, columns)
  tasks.forEach((rows, t) => {
    const at = t * layout.size
    // A logistic row weighs a quarter where nothing is known.
    if (kind === 'binary') gramInPlace(rows, rows.weights, layout, grams, at)
    const factor = kind === 'binary' ? 0.25 : noisePrecision
    const a = matrix(columns, columns)
    for (let p = 0; p < columns; p++)
      for (let q = 0; q < columns; q++)
        a.data[p * columns + q] = factor * grams[at + p * width + q] + Number(p === q)
    const scale = kind === 'binary' ? 1 : noisePrecision
    const right = moments.subarray(t * width, t * width + columns).map((value) => scale * value)
    start.data.set(cholesky(a).solve(right), t * columns)
  })
  const { u, values, v } = svd(start)
  const taskMeans = matrix(tasks.length, rank)
  const featureMeans = matrix(rank, width)
  for (let k = 0; k < Math.min(rank, values.length); k++) {
    const sign = leadingSign(u, k)
    const root = Math.sqrt(values[k])
    for (let t = 0; t < tasks.length; t++)
      taskMeans.data[t * rank + k] = sign * u.data[t * u.columns + k] * root
    for (let j = 0; j < columns; j++)
      featureMeans.data[k * width + j] = sign * v.data[j * v.columns + k] * root
  }
  const columnCovariance = new Float64Array(groups.size)
  groups.blocks.forEach(({ length }, i) => {
    for (let p = 0; p < length; p++) columnCovariance[groups.starts[i] + p * length + p] = 1
  })
  return {
    taskMeans,
    featureMeans,
    taskCovariance: diagonal(rank),
    rowCovariance: diagonal(rank),
    columnCovariance,
  }
}

function diagonal(size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * (size + 1)] = 1
  return result
}

/** Of the largest entry of column k. */
function leadingSign({ rows, columns, data }: Matrix, k: number): number {
  let leading = 0
  for (let t = 0; t < rows; t++)
    if (Math.abs(data[t * columns + k]) > Math.abs(leading)) leading = data[t * columns + k]
  return leading < 0 ? -1 : 1
}

/** S_t = (B + G_t)^-1, m_t = S_t (h_t + B M_Z'M_V[t]). */
function updateWeightsInPlace(
  { tasks, width, groups, freeIntercept }: Problem,
  factors: Factors,
  scratch: Scratch,
): void {
  const { means, covariances, grams } = scratch
  const { taskMeans, featureMeans } = loadingsOf(factors)
  const square = width * width
  const b = weightPrecision(groups, width, factors)
  const moments = scaledMoments(scratch.moments, factors.noisePrecision, width)
  const [centre, right] = [new Float64Array(width), new Float64Array(width)]
  scratch.logDeterminant = 0
  for (let t = 0; t < tasks.length; t++) {
    const at = t * square
    for (let i = 0; i < square; i++) covariances[at + i] = b[i] + factors.noisePrecision[t] * grams[at + i]
    if (freeIntercept) covariances[at + square - 1] += freeInterceptPrecision
    scratch.logDeterminant -= invertInPlace(covariances, width, at)
    productRow(taskMeans, featureMeans, t, centre)
    for (let j = 0; j < width; j++) right[j] = moments[t * width + j] + rowTimes(b, width, j, centre)
    for (let j = 0; j < width; j++) means[t * width + j] = rowTimes(covariances, width, j, right, at)
  }
}

/** Row t of V Z. */
function productRow(v: Matrix, z: Matrix, t: number, to: Float64Array): void {
  to.fill(0)
  for (let k = 0; k < v.columns; k++)
    for (let j = 0; j < z.columns; j++) to[j] += v.data[t * v.columns + k] * z.data[k * z.columns + j]
}

/** E V'V = M_V'M_V + P Omega_V. */
function secondMoment({ taskMeans: v, taskCovariance }: Loadings): Float64Array {
  const rank = v.columns
  const result = taskCovariance.data.map((value) => v.rows * value)
  for (let k = 0; k < rank; k++)
    for (let l = 0; l < rank; l++)
      for (let t = 0; t < v.rows; t++) result[k * rank + l] += v.data[t * rank + k] * v.data[t * rank + l]
  return result
}

/** Step (3): Z, then V. */
function nextLoadings({ tasks, width, groups }: Problem, factors: Factors, { means }: Scratch): Loadings {
  const last = loadingsOf(factors)
  const { taskMeans: v } = last
  const rank = v.columns
  const count = tasks.length
  const rowCovariance = matrix(rank, rank, secondMoment(last))
  for (let k = 0; k < rank; k++) rowCovariance.data[k * (rank + 1)] += 1
  invertInPlace(rowCovariance.data, rank)

  const featureMeans = matrix(rank, width)
  const drawn = new Float64Array(rank)
  for (let j = 0; j < width; j++) {
    for (let k = 0; k < rank; k++) {
      drawn[k] = 0
      for (let t = 0; t < count; t++) drawn[k] += v.data[t * rank + k] * means[t * width + j]
    }
    for (let k = 0; k < rank; k++)
      featureMeans.data[k * width + j] = rowTimes(rowCovariance.data, rank, k, drawn)
  }

  const { precision, featurePrecision } = factors
  const columnCovariance = Float64Array.from(featurePrecision)
  const taskCovariance = diagonal(rank)
  const pulled = matrix(count, rank)
  groups.blocks.forEach((block, i) => {
    const d = block.length
    const at = groups.starts[i]
    for (let p = 0; p < d * d; p++) columnCovariance[at + p] *= precision[i]
    invertInPlace(columnCovariance, d, at)
    let trace = 0
    for (let p = 0; p < d * d; p++) trace += columnCovariance[at + p] * featurePrecision[at + p]
    for (let k = 0; k < rank; k++)
      for (let l = 0; l < rank; l++)
        taskCovariance.data[k * rank + l] += precision[i] * trace * rowCovariance.data[k * rank + l]
    for (let p = 0; p < d; p++)
      for (let q = 0; q < d; q++) {
        const weight = precision[i] * featurePrecision[at + p * d + q]
        if (weight === 0) continue
        for (let k = 0; k < rank; k++) {
          const z = weight * featureMeans.data[k * width + block[q]]
          for (let l = 0; l < rank; l++)
            taskCovariance.data[l * rank + k] += z * featureMeans.data[l * width + block[p]]
          for (let t = 0; t < count; t++) pulled.data[t * rank + k] += z * means[t * width + block[p]]
        }
      }
  })
  invertInPlace(taskCovariance.data, rank)
  const taskMeans = matrix(count, rank)
  for (let t = 0; t < count; t++)
    for (let k = 0; k < rank; k++)
      taskMeans.data[t * rank + k] = rowTimes(taskCovariance.data, rank, k, pulled.data, 0, t * rank)
  return { taskMeans, featureMeans, taskCovariance, rowCovariance, columnCovariance }
}

/** E (W_i - V Z_i)'(W_i - V Z_i) + E Z_i'Z_i. */
function quadratics(
  { tasks, width, groups }: Problem,
  layout: Layout,
  loadings: Loadings,
  scratch: Scratch,
): Float64Array {
  const { means, covariances } = scratch
  const { taskMeans: v, featureMeans: z, rowCovariance, columnCovariance } = loadings
  const rank = v.columns
  const moment = secondMoment(loadings)
  let [trace, own] = [0, 0]
  for (let k = 0; k < rank; k++) {
    own += rowCovariance.data[k * (rank + 1)]
    for (let l = 0; l < rank; l++) trace += moment[k * rank + l] * rowCovariance.data[k * rank + l]
  }
  const centres = new Float64Array(tasks.length * width)
  for (let t = 0; t < tasks.length; t++) productRow(v, z, t, centres.subarray(t * width, (t + 1) * width))
  const result = new Float64Array(groups.size)
  groups.blocks.forEach((block, i) => {
    const position = positionIn(layout, groups, i)
    const d = block.length
    for (let p = 0; p < d; p++)
      for (let q = 0; q < d; q++) {
        const at = groups.starts[i] + p * d + q
        const [j, l] = [block[p], block[q]]
        let sum = columnCovariance[at] * (trace + own)
        for (let t = 0; t < tasks.length; t++) {
          const [left, right] = [means[t * width + j], means[t * width + l]]
          sum += covariances[t * layout.size + position(p, q)] + left * right
          sum -= left * centres[t * width + l] + right * centres[t * width + j]
        }
        for (let k = 0; k < rank; k++)
          for (let m = 0; m < rank; m++)
            sum += (moment[k * rank + m] + Number(k === m)) * z.data[k * width + j] * z.data[m * width + l]
        result[at] = sum
      }
  })
  return result
}

/** E log p(V) and the entropies of V and Z; the prior of Z is taken together with that of W. */
function terms({ blocks, starts }: Layout, count: number, loadings: Loadings): Record<string, number> {
  const { taskCovariance, rowCovariance, columnCovariance } = loadings
  const rank = taskCovariance.rows
  const moment = secondMoment(loadings)
  let trace = 0
  for (let k = 0; k < rank; k++) trace += moment[k * (rank + 1)]
  const rows = cholesky(rowCovariance).logDeterminant
  return {
    V: 0.5 * count * rank - 0.5 * trace + 0.5 * count * cholesky(taskCovariance).logDeterminant,
    entropyZ: blocks.reduce((sum, { length }, i) => {
      const square = columnCovariance.subarray(starts[i], starts[i] + length * length)
      const { logDeterminant } = cholesky(matrix(length, length, square))
      return sum + 0.5 * rank * (length * (1 + logTwoPi) + logDeterminant) + 0.5 * length * rows
    }, 0),
  }
}
