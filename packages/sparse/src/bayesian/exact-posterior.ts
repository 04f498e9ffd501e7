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
import { dotRange, invertInPlace, mirrorInPlace, rowTimes, rowsTimesRowsInPlace } from './dense.ts'
import { freeInterceptPrecision } from './problem.ts'
import type { Problem } from './problem.ts'
import { scaledMoments } from './weights.ts'

export function exactPosterior({ tasks, width, groups, freeIntercept }: Problem): CorrelatedPosterior {
  const count = tasks.length
  const square = width * width
  /** C_uv of v <= u, block after block; in the end, between tasks, only what is of one group. */
  const blocks = new Float64Array(((count * (count + 1)) / 2) * square)
  /** S^-1, then S. */
  const precision = new Float64Array(square)
  /** Y and Y S, u after u, and of the sums that become Y what C_uv gives as C_vu, not yet turned over. */
  const [pulls, gains, mirrored] = [0, 1, 2].map(() => new Float64Array(count * square))
  const [right, scales] = [0, 1].map(() => new Float64Array(width))
  /** Pairs of features of one group. */
  const pairs = groups.blocks.flatMap((block) => [...block].flatMap((p) => [...block].map((q) => [p, q])))
  const [lefts, rights] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]))
  const diagonal = groups.size === groups.blocks.length
  const fewPairs = 4 * groups.size <= square

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
      for (let t = 0; t < count; t++)
        scratch.covariances.set(blocks.subarray(blockAt(t, t), blockAt(t, t) + square), t * square)
    },
    fillBetweenInPlace(to, i, p, q) {
      const [j, k] = [groups.blocks[i][p], groups.blocks[i][q]]
      for (let s = 0, at = 0; s < count; s++)
        for (let t = 0; t <= s; t++, at += square) {
          to[s * count + t] = blocks[at + j * width + k]
          to[t * count + s] = blocks[at + k * width + j]
        }
    },
  }

  function blockAt(u: number, v: number): number {
    return ((u * (u + 1)) / 2 + v) * square
  }

  /** S^-1 = A_tt B + G_t - B sum_u A_tu Y_u, and Y_u. */
  function fillPrecision(
    t: number,
    own: Float64Array,
    b: Float64Array,
    noisePrecision: number,
    grams: Float64Array,
  ): void {
    sumOverTasksInPlace(t, own)
    precision.fill(0)
    if (diagonal) subtractScaledPullsInPlace(t, own, b)
    else subtractPullsInPlace(t, own, b)
    addScaledInPlace(precision, 0, own[t], b, 0, square)
    addScaledInPlace(precision, 0, noisePrecision, grams, t * square, square)
    if (freeIntercept) precision[square - 1] += freeInterceptPrecision
  }

  /** Pulls become sum_v A_tv C_uv of v <= u, u after u, and `mirrored` the transpose of the same of v > u. */
  function sumOverTasksInPlace(t: number, own: Float64Array): void {
    mirrored.fill(0, 0, t * square)
    for (let u = 0; u < t; u++) {
      const [to, at] = [u * square, blockAt(u, u)]
      setScaledInPlace(pulls, to, own[u], blocks, at, square)
      for (let v = 0; v < u; v++)
        addTwiceInPlace(pulls, to, own[v], mirrored, v * square, own[u], blocks, blockAt(u, v), square)
    }
  }

  /** Y_u and -B sum_u A_tu Y_u where B is diagonal. */
  function subtractScaledPullsInPlace(t: number, own: Float64Array, b: Float64Array): void {
    for (let j = 0; j < width; j++) scales[j] = b[j * (width + 1)]
    for (let u = 0; u < t; u++)
      finishPullInPlace(pulls, u * square, mirrored, scales, precision, own[u], width)
  }

  function subtractPullsInPlace(t: number, own: Float64Array, b: Float64Array): void {
    for (let u = 0; u < t; u++) {
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++)
          pulls[u * square + i * width + j] += mirrored[u * square + j * width + i]
    }
    timesPrecisionInPlace(pulls, t * width, b)
    for (let u = 0; u < t; u++) addScaledInPlace(precision, 0, -own[u], pulls, u * square, square)
    transposeInPlace(precision, width)
    timesPrecisionInPlace(precision, width, b)
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
    // The gains are of the task before, and done with.
    gains.set(x.subarray(0, rows * width))
    const [to, from, by] = [x, gains, b].map((of) => ({ of, at: 0, stride: width }))
    rowsTimesRowsInPlace(to, from, by, [rows, width, width])
  }

  function growInPlace(t: number, means: Float64Array): void {
    const known = t * width
    const [y, gain, s] = [pulls, gains, precision].map((of) => ({ of, at: 0, stride: width }))
    rowsTimesRowsInPlace(gain, y, s, [known, width, width])
    for (let i = 0; i < known; i++) means[i] -= dotRange(gains, i * width, right, 0, width)
    for (let j = 0; j < width; j++) means[known + j] = rowTimes(precision, width, j, right)
    // After the last task only what is of one group is read between tasks.
    const few = fewPairs && t === count - 1
    for (let u = 0; u < t; u++) {
      growBlockInPlace(u, u)
      for (let v = 0; v < u; v++)
        if (few) growPairsInPlace(u, v)
        else growBlockInPlace(u, v)
      if (few) writePairsInPlace(t, u)
      else writeBlockInPlace(t, u)
    }
    blocks.set(precision, blockAt(t, t))
  }

  /** C_uv grows by Y_u S Y_v'. */
  function growBlockInPlace(u: number, v: number): void {
    const to = { of: blocks, at: blockAt(u, v), stride: width }
    const gain = { of: gains, at: u * square, stride: width }
    const y = { of: pulls, at: v * square, stride: width }
    rowsTimesRowsInPlace(to, gain, y, [width, width, width], { lower: u === v, add: true })
    if (u === v) mirrorInPlace(blocks, width, to.at)
  }

  function growPairsInPlace(u: number, v: number): void {
    const at = blockAt(u, v)
    for (let k = 0; k < lefts.length; k++) {
      const gain = u * square + lefts[k] * width
      const y = v * square + rights[k] * width
      blocks[at + lefts[k] * width + rights[k]] += dotRange(gains, gain, pulls, y, width)
    }
  }

  /** C_tu = -(Y_u S)'. */
  function writeBlockInPlace(t: number, u: number): void {
    setNegatedTransposeInPlace(blocks, blockAt(t, u), gains, u * square, width)
  }

  function writePairsInPlace(t: number, u: number): void {
    const at = blockAt(t, u)
    for (let k = 0; k < lefts.length; k++)
      blocks[at + lefts[k] * width + rights[k]] = -gains[u * square + rights[k] * width + lefts[k]]
  }
}

/** Y_u of its two sums, in place, and what it takes off the precision where B has `scales` as its diagonal. */
function finishPullInPlace(
  pulls: Float64Array,
  at: number,
  mirrored: Float64Array,
  scales: Float64Array,
  precision: Float64Array,
  own: number,
  width: number,
): void {
  for (let i = 0; i < width; i++) {
    const row = at + i * width
    const factor = own * scales[i]
    for (let j = 0; j < width; j++) {
      const pull = (pulls[row + j] + mirrored[at + j * width + i]) * scales[j]
      pulls[row + j] = pull
      precision[i * width + j] -= factor * pull
    }
  }
}

/** `count` numbers of `from` are added, times a factor each, to two others. */
function addTwiceInPlace(
  first: Float64Array,
  firstAt: number,
  firstFactor: number,
  second: Float64Array,
  secondAt: number,
  secondFactor: number,
  from: Float64Array,
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = from[at + i]
    first[firstAt + i] += firstFactor * value
    second[secondAt + i] += secondFactor * value
  }
}

function setScaledInPlace(
  to: Float64Array,
  toAt: number,
  factor: number,
  from: Float64Array,
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[toAt + i] = factor * from[at + i]
}

function addScaledInPlace(
  to: Float64Array,
  toAt: number,
  factor: number,
  from: Float64Array,
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[toAt + i] += factor * from[at + i]
}

function transposeInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const held = a[i * n + j]
      a[i * n + j] = a[j * n + i]
      a[j * n + i] = held
    }
}

function setNegatedTransposeInPlace(
  to: Float64Array,
  toAt: number,
  from: Float64Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) to[toAt + i * n + j] = -from[at + j * n + i]
}
