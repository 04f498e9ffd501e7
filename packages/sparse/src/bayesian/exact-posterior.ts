/**
 * q(W) as one normal over all tasks, precision A (x) B + blockdiag G_t. Tasks enter one after another: C, the covariance of those before, grows
 * by task t, whose precision towards task u is A_tu B and no full matrix:
 *
 *   Y_u = sum_v A_tv C_uv B,  S = (A_tt B + G_t - sum_u A_tu B Y_u)^-1,  C_tt = S,  C_ut = -Y_u S,  C_uv grows by Y_u S Y_v'
 *   r = h_t - B sum_u A_tu m_u,  m_t = S r,  m_u falls by Y_u S r;  log |C| = sum_t log |S|
 *
 * (P D)^3 / 6 multiplications where factorisation and inverse take (P D)^3 / 2; no variance is a difference.
 */
import type { CorrelatedPosterior } from './correlated-tasks.ts'
import { weightPrecision } from './correlated-tasks.ts'
import { dotRange, invertInPlace, rowTimes, rowsTimesRowsInPlace } from './dense.ts'
import { freeInterceptPrecision } from './problem.ts'
import type { Problem } from './problem.ts'
import { scaledMoments } from './weights.ts'

export function exactPosterior({ tasks, width, groups, freeIntercept }: Problem): CorrelatedPosterior {
  const count = tasks.length
  const square = width * width
  const size = count * width
  /** C below its diagonal; in the end, between tasks, only what is of one group. */
  const all = new Float64Array(size * size)
  /** S^-1, then S. */
  const precision = new Float64Array(square)
  /** Y and Y S, u after u. */
  const [pulls, gains] = [0, 1].map(() => new Float64Array(count * square))
  const right = new Float64Array(width)
  /** Features of one group. */
  const pairs = groups.blocks.flatMap((block) => [...block].flatMap((p) => [...block].map((q) => [p, q])))
  const diagonal = groups.size === groups.blocks.length

  return {
    independent: false,
    updateInPlace(factors, { data: taskPrecision }, scratch) {
      const b = weightPrecision(groups, width, factors)
      const moments = scaledMoments(scratch.moments, factors.noisePrecision, width)
      scratch.logDeterminant = 0
      for (let t = 0; t < count; t++) {
        const own = taskPrecision.subarray(t * count, t * count + t + 1)
        fillPrecision(t, own, b, factors.noisePrecision[t], scratch.grams)
        fillRight(t, own, b, scratch.means, moments)
        scratch.logDeterminant -= invertInPlace(precision, width)
        growInPlace(t, scratch.means)
      }
      copyOwn(scratch.covariances)
    },
    between(i, s, t, p, q) {
      const [j, k] = [s * width + groups.blocks[i][p], t * width + groups.blocks[i][q]]
      return all[Math.max(j, k) * size + Math.min(j, k)]
    },
  }

  /** S^-1 = A_tt B + G_t - B sum_uv A_tu C_uv A_tv B, and Y_u. */
  function fillPrecision(
    t: number,
    own: Float64Array,
    b: Float64Array,
    noisePrecision: number,
    grams: Float64Array,
  ): void {
    sumOverTasksInPlace(pulls, all, own, t, width, size)
    precision.fill(0)
    for (let u = 0; u < t; u++) addScaledInPlace(precision, -own[u], pulls, u * square)
    timesPrecisionInPlace(precision, width, b)
    transposeInPlace(precision, width)
    timesPrecisionInPlace(precision, width, b)
    timesPrecisionInPlace(pulls, t * width, b)
    addScaledInPlace(precision, own[t], b, 0)
    addScaledInPlace(precision, noisePrecision, grams, t * square)
    if (freeIntercept) precision[square - 1] += freeInterceptPrecision
  }

  /** r = h_t - B sum_u A_tu m_u. */
  function fillRight(
    t: number,
    own: Float64Array,
    b: Float64Array,
    means: Float64Array,
    moments: Float64Array,
  ): void {
    right.fill(0)
    for (let u = 0; u < t; u++) for (let j = 0; j < width; j++) right[j] -= own[u] * means[u * width + j]
    timesPrecisionInPlace(right, 1, b)
    for (let j = 0; j < width; j++) right[j] += moments[t * width + j]
  }

  /** Rows become their products with B. */
  function timesPrecisionInPlace(x: Float64Array, rows: number, b: Float64Array): void {
    if (diagonal)
      for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) x[i * width + j] *= b[j * (width + 1)]
    else {
      // The gains are of the task before, and done with.
      gains.set(x.subarray(0, rows * width))
      const [to, from, by] = [x, gains, b].map((of) => ({ of, at: 0, stride: width }))
      rowsTimesRowsInPlace(to, from, by, [rows, width, width])
    }
  }

  function growInPlace(t: number, means: Float64Array): void {
    const known = t * width
    const [y, gain, s] = [pulls, gains, precision].map((of) => ({ of, at: 0, stride: width }))
    rowsTimesRowsInPlace(gain, y, s, [known, width, width])
    for (let i = 0; i < known; i++) means[i] -= dotRange(gains, i * width, right, 0, width)
    for (let j = 0; j < width; j++) means[known + j] = rowTimes(precision, width, j, right)
    if (t < count - 1 || 4 * groups.size > square)
      rowsTimesRowsInPlace({ of: all, at: 0, stride: size }, gain, y, [known, known, width], {
        lower: true,
        add: true,
      })
    else growGroupsInPlace(t)
    writeTaskInPlace(all, gains, precision, [t, width, size])
  }

  /** The last task: what no later one reads is left as it is. */
  function growGroupsInPlace(t: number): void {
    for (let u = 0; u < t; u++) {
      const [gain, y] = [gains, pulls].map((of) => ({ of, at: u * square, stride: width }))
      const to = { of: all, at: u * width * (size + 1), stride: size }
      rowsTimesRowsInPlace(to, gain, y, [width, width, width], { lower: true, add: true })
      for (let v = 0; v < u; v++)
        for (const [p, q] of pairs)
          all[(u * width + p) * size + v * width + q] += dotRange(
            gains,
            u * square + p * width,
            pulls,
            v * square + q * width,
            width,
          )
    }
  }

  /** S_t, both triangles. */
  function copyOwn(covariances: Float64Array): void {
    for (let t = 0; t < count; t++)
      for (let i = 0; i < width; i++)
        for (let j = 0; j <= i; j++) {
          const value = all[(t * width + i) * size + t * width + j]
          covariances[t * square + i * width + j] = value
          covariances[t * square + j * width + i] = value
        }
  }
}

/**
 * sum_v A_tv C_uv, u after u; a number of C below its diagonal stands for two.
 * @param own A_tv of v < t
 */
function sumOverTasksInPlace(
  sums: Float64Array,
  c: Float64Array,
  own: Float64Array,
  t: number,
  width: number,
  stride: number,
): void {
  sums.fill(0, 0, t * width * width)
  for (let u = 0; u < t; u++)
    for (let i = 0; i < width; i++) {
      const row = (u * width + i) * stride
      const to = (u * width + i) * width
      for (let v = 0; v <= u; v++) {
        const from = row + v * width
        const mirrored = v * width * width + i
        const end = v < u ? width : i
        const factor = own[v]
        for (let j = 0; j < end; j++) sums[to + j] += factor * c[from + j]
        for (let j = 0; j < end; j++) sums[mirrored + j * width] += own[u] * c[from + j]
      }
      sums[to + i] += own[u] * c[row + u * width + i]
    }
}

/** Rows of C of task t, -Y_u S transposed and S. */
function writeTaskInPlace(
  c: Float64Array,
  gains: Float64Array,
  s: Float64Array,
  [t, width, stride]: readonly [number, number, number],
): void {
  const known = t * width
  for (let j = 0; j < width; j++) {
    const to = (known + j) * stride
    for (let i = 0; i < known; i++) c[to + i] = -gains[i * width + j]
    for (let k = 0; k < width; k++) c[to + known + k] = s[j * width + k]
  }
}

/** to grows by factor times as many numbers of `from`. */
function addScaledInPlace(to: Float64Array, factor: number, from: Float64Array, at: number): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[at + i]
}

function transposeInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const held = a[i * n + j]
      a[i * n + j] = a[j * n + i]
      a[j * n + i] = held
    }
}
