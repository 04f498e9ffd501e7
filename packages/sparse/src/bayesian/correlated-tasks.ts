/**
 * q(W) for a task covariance that tells tasks apart: prior precision A (x) B, A = E Sig^-1, B = blockdiag(E g_i E Om_i^-1). With rows of
 * their own the tasks leave no Kronecker form: the exact posterior is one normal of P D dimensions, or it factorises into tasks or groups.
 */
import { cholesky, matrix, symmetricEigen } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { invertInPlace, rowTimes } from './dense.ts'
import { addColumnInPlace, fitted, leftFor } from './likelihood.ts'
import { freeInterceptPrecision } from './problem.ts'
import type { Layout, Problem } from './problem.ts'
import type { Factors, Scratch } from './types.ts'
import { addBlockInPlace, positionIn, scaledMoments } from './weights.ts'

/** A posterior of the weights and its covariances between tasks. */
export interface CorrelatedPosterior {
  updateInPlace(factors: Factors, taskPrecision: Matrix, scratch: Scratch): void
  /** Covariances between different tasks are 0. */
  readonly independent: boolean
  /** `to` becomes C[(s, p), (t, q)] by tasks s and t for features p and q of group i, P x P, or of independent tasks the P numbers of s = t. */
  fillBetweenInPlace(to: Float64Array, i: number, p: number, q: number): void
}

/** S_t = (A_tt B + G_t)^-1, m_t = S_t (h_t - B sum_{s <> t} A_ts m_s), one task after another: P D^3. */
export function byTaskPosterior(
  { tasks, width, groups, freeIntercept }: Problem,
  layout: Layout,
): CorrelatedPosterior {
  const count = tasks.length
  const square = width * width
  let own = new Float64Array(0)
  return {
    independent: true,
    updateInPlace(factors, taskPrecision, scratch) {
      const { means, covariances, grams, moments } = scratch
      const b = weightPrecision(groups, width, factors)
      const scaled = scaledMoments(moments, factors.noisePrecision, width)
      const [others, right] = [new Float64Array(width), new Float64Array(width)]
      let logDeterminant = 0
      for (let t = 0; t < count; t++) {
        const at = t * square
        const diagonal = taskPrecision.data[t * count + t]
        for (let i = 0; i < square; i++)
          covariances[at + i] = diagonal * b[i] + factors.noisePrecision[t] * grams[at + i]
        if (freeIntercept) covariances[at + square - 1] += freeInterceptPrecision
        logDeterminant -= invertInPlace(covariances, width, at)
        others.fill(0)
        for (let s = 0; s < count; s++)
          for (let j = 0; s !== t && j < width; j++)
            others[j] += taskPrecision.data[t * count + s] * means[s * width + j]
        for (let j = 0; j < width; j++) right[j] = scaled[t * width + j] - rowTimes(b, width, j, others)
        for (let j = 0; j < width; j++) means[t * width + j] = rowTimes(covariances, width, j, right, at)
      }
      scratch.logDeterminant = logDeterminant
      own = Float64Array.from(covariances)
    },
    fillBetweenInPlace(to, i, p, q) {
      const at = positionIn(layout, groups, i)(p, q)
      for (let t = 0; t < count; t++) to[t] = own[t * layout.size + at]
    },
  }
}

/** Groups one after another, each with one normal over all tasks: sum_i (P D_i)^3 / 2. */
export function byGroupPosterior({ tasks, width, groups }: Problem, layout: Layout): CorrelatedPosterior {
  const count = tasks.length
  const kept = layout.blocks.map(({ length }) => new Float64Array((count * length) ** 2))
  return {
    independent: false,
    updateInPlace(factors, taskPrecision, scratch) {
      const { means, grams, rowTargets, rowWeights } = scratch
      const fits = tasks.map((rows, t) => fitted(rows, means, t * width))
      scratch.logDeterminant = 0
      layout.blocks.forEach((block, b) => {
        const d = block.length
        const size = count * d
        const all = kept[b]
        const right = new Float64Array(size)
        fillBlock(all, b)
        tasks.forEach((rows, t) => {
          for (let p = 0; p < d; p++) {
            let own = leftFor(rows, block[p], rowTargets[t], rowWeights[t], fits[t])
            for (let q = 0; q < d; q++) own += gram(t, b, p, q) * means[t * width + block[q]]
            right[t * d + p] = factors.noisePrecision[t] * own
          }
        })
        scratch.logDeterminant -= invertInPlace(all, size)
        tasks.forEach((rows, t) => {
          for (let p = 0; p < d; p++) {
            const at = t * d + p
            const mean = rowTimes(all, size, at, right)
            addColumnInPlace(fits[t], rows, block[p], mean - means[t * width + block[p]])
            means[t * width + block[p]] = mean
            for (let q = 0; q < d; q++)
              scratch.covariances[t * layout.size + layout.starts[b] + p * d + q] = all[at * size + t * d + q]
          }
        })
      })

      function gram(t: number, b: number, p: number, q: number): number {
        return grams[t * layout.size + layout.starts[b] + p * layout.blocks[b].length + q]
      }

      /** A (x) B_i + blockdiag G_t, or the flat prior of a free intercept. */
      function fillBlock(all: Float64Array, b: number): void {
        const d = layout.blocks[b].length
        const free = b >= groups.blocks.length
        for (let s = 0; s < count; s++)
          for (let t = 0; t < count; t++) {
            const factor = free ? 0 : taskPrecision.data[s * count + t] * factors.precision[b]
            for (let p = 0; p < d; p++)
              for (let q = 0; q < d; q++) {
                const prior = free ? 0 : factor * factors.featurePrecision[groups.starts[b] + p * d + q]
                const flat = free && s === t ? freeInterceptPrecision : 0
                const data = s === t ? factors.noisePrecision[t] * gram(t, b, p, q) : 0
                all[(s * d + p) * count * d + t * d + q] = prior + flat + data
              }
          }
      }
    },
    fillBetweenInPlace(to, i, p, q) {
      const d = groups.blocks[i].length
      const all = kept[i]
      for (let s = 0; s < count; s++)
        for (let t = 0; t < count; t++) to[s * count + t] = all[(s * d + p) * count * d + t * d + q]
    },
  }
}

/**
 * Exact for rows that all tasks share, with all labels: R = diag(beta), R^-1/2 A R^-1/2 = U1 a U1', B = L L', L^-1 G L^-T = Q1 s Q1', U = R^-1/2 U1,
 * Q = L^-T Q1; C = (U (x) Q) diag(1 / (a_p + s_d)) (U (x) Q)', M = U ((U'H Q) / (a + s)) Q'. 10 (P^3 + D^3) + P D^2.
 */
export function kroneckerPosterior({ tasks, width, groups }: Problem): CorrelatedPosterior {
  const count = tasks.length
  let loadings = matrix(0, 0)
  // h_st: sum_p U_sp U_tp v_pd.
  const products = new Float64Array(count * count * width)
  return {
    independent: false,
    updateInPlace(factors, taskPrecision, scratch) {
      const root = factors.noisePrecision.map((beta) => 1 / Math.sqrt(beta))
      const scaled = matrix(
        count,
        count,
        taskPrecision.data.map((value, at) => value * root[Math.floor(at / count)] * root[at % count]),
      )
      const { values: a, vectors } = symmetricEigen(scaled)
      const u = matrix(
        count,
        count,
        vectors.data.map((value, at) => value * root[Math.floor(at / count)]),
      )
      const b = cholesky(matrix(width, width, weightPrecision(groups, width, factors)))
      const shared = matrix(width, width, Float64Array.from(scratch.grams.subarray(0, width * width)))
      const { values: s, vectors: q1 } = symmetricEigen(whitened(b.lower, shared))
      loadings = solveTransposed(b.lower, q1)
      const v = new Float64Array(count * width)
      for (let p = 0; p < count; p++)
        for (let d = 0; d < width; d++) v[p * width + d] = 1 / (a[p] + Math.max(0, s[d]))
      writeMeans(u, v, factors, scratch)
      for (let s1 = 0; s1 < count; s1++)
        for (let t = 0; t < count; t++)
          for (let d = 0; d < width; d++) {
            let sum = 0
            for (let p = 0; p < count; p++)
              sum += u.data[s1 * count + p] * u.data[t * count + p] * v[p * width + d]
            products[(s1 * count + t) * width + d] = sum
          }
      for (let t = 0; t < count; t++)
        for (let p = 0; p < width; p++)
          for (let q = 0; q < width; q++) scratch.covariances[(t * width + p) * width + q] = entry(t, t, p, q)
      // log |U|^2 = -sum log beta, log |Q|^2 = -log |B|.
      let logDeterminant = -width * factors.noisePrecision.reduce((sum, beta) => sum + Math.log(beta), 0)
      logDeterminant -= count * b.logDeterminant
      for (const value of v) logDeterminant += Math.log(value)
      scratch.logDeterminant = logDeterminant
    },
    fillBetweenInPlace(to, i, p, q) {
      const [j, k] = [groups.blocks[i][p], groups.blocks[i][q]]
      for (let s = 0; s < count; s++) for (let t = 0; t < count; t++) to[s * count + t] = entry(s, t, j, k)
    },
  }

  function entry(s: number, t: number, j: number, k: number): number {
    let sum = 0
    const at = (s * count + t) * width
    for (let d = 0; d < width; d++)
      sum += products[at + d] * loadings.data[j * width + d] * loadings.data[k * width + d]
    return sum
  }

  function writeMeans(u: Matrix, v: Float64Array, factors: Factors, { moments, means }: Scratch): void {
    const h = scaledMoments(moments, factors.noisePrecision, width)
    const rotated = new Float64Array(count * width)
    for (let p = 0; p < count; p++)
      for (let d = 0; d < width; d++) {
        let sum = 0
        for (let t = 0; t < count; t++)
          for (let j = 0; j < width; j++)
            sum += u.data[t * count + p] * h[t * width + j] * loadings.data[j * width + d]
        rotated[p * width + d] = sum * v[p * width + d]
      }
    for (let t = 0; t < count; t++)
      for (let j = 0; j < width; j++) {
        let sum = 0
        for (let p = 0; p < count; p++)
          for (let d = 0; d < width; d++)
            sum += u.data[t * count + p] * rotated[p * width + d] * loadings.data[j * width + d]
        means[t * width + j] = sum
      }
  }
}

/** B, width x width. */
export function weightPrecision(groups: Layout, width: number, factors: Factors): Float64Array {
  const b = new Float64Array(width * width)
  groups.blocks.forEach((block, i) =>
    addBlockInPlace(b, width, block, factors.featurePrecision, groups.starts[i], factors.precision[i]),
  )
  return b
}

/** L^-1 G L^-T. */
function whitened(lower: Matrix, g: Matrix): Matrix {
  const n = lower.rows
  const half = solveRows(lower, g)
  const turned = matrix(n, n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned.data[j * n + i] = half.data[i * n + j]
  return solveRows(lower, turned)
}

/** L^-1 X. */
function solveRows({ rows: n, data: l }: Matrix, x: Matrix): Matrix {
  const result = matrix(n, n, Float64Array.from(x.data))
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++)
      for (let j = 0; j < n; j++) result.data[i * n + j] -= l[i * n + k] * result.data[k * n + j]
    for (let j = 0; j < n; j++) result.data[i * n + j] /= l[i * n + i]
  }
  return result
}

/** L^-T X. */
function solveTransposed({ rows: n, data: l }: Matrix, x: Matrix): Matrix {
  const result = matrix(n, n, Float64Array.from(x.data))
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++)
      for (let j = 0; j < n; j++) result.data[i * n + j] -= l[k * n + i] * result.data[k * n + j]
    for (let j = 0; j < n; j++) result.data[i * n + j] /= l[i * n + i]
  }
  return result
}
