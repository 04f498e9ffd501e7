/** Small dense matrices, row-major in larger arrays, for inner loops: nothing is allocated and no sizes are checked. */
import { choleskyInPlace } from '@mtl/core'

/** Rows of `x` and of `y` that are multiplied together: each number read is used twice or four times. */
const [tall, wide] = [4, 2]
const sums = new Float64Array(tall * wide)

/** `sums` becomes sum_k x[xAt + r xStride + k] y[yAt + c yStride + k] at r wide + c, r = 0..3, c = 0, 1. */
function tile(
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  count: number,
): void {
  const x1 = xAt + xStride
  const x2 = x1 + xStride
  const x3 = x2 + xStride
  const y1 = yAt + yStride
  let a0 = 0
  let a1 = 0
  let b0 = 0
  let b1 = 0
  let c0 = 0
  let c1 = 0
  let d0 = 0
  let d1 = 0
  for (let k = 0; k < count; k++) {
    const u = y[yAt + k]
    const v = y[y1 + k]
    const a = x[xAt + k]
    const b = x[x1 + k]
    const c = x[x2 + k]
    const d = x[x3 + k]
    a0 += a * u
    a1 += a * v
    b0 += b * u
    b1 += b * v
    c0 += c * u
    c1 += c * v
    d0 += d * u
    d1 += d * v
  }
  sums[0] = a0
  sums[1] = a1
  sums[2] = b0
  sums[3] = b1
  sums[4] = c0
  sums[5] = c1
  sums[6] = d0
  sums[7] = d1
}

/** The same where fewer than four rows or two columns are left. */
function edge(
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  count: number,
  rows: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      sums[r * wide + c] = dotRange(x, xAt + r * xStride, y, yAt + c * yStride, count)
}

/** Rows of a matrix within an array: row i is `columns` numbers from `at + i * stride`. */
interface RowRange {
  readonly of: Float64Array
  readonly at: number
  readonly stride: number
}

interface RowOptions {
  readonly lower?: boolean
  readonly triangular?: boolean
  readonly add?: boolean
}

/**
 * out[i outStride + j] becomes, or grows by where `add`, row i of X times row j of Y over their first `columns` numbers, i < `height`, j < `width`; only j <= i where
 * `lower`. Of `triangular` X row i is 0 before i.
 */
export function rowsTimesRowsInPlace(
  out: RowRange,
  x: RowRange,
  y: RowRange,
  [height, width, columns]: readonly [number, number, number],
  { lower = false, triangular = false, add = false }: RowOptions = {},
): void {
  for (let i = 0; i < height; i += tall) {
    const rows = Math.min(tall, height - i)
    const end = lower ? Math.min(i + rows, width) : width
    const from = triangular ? i : 0
    for (let j = 0; j < end; j += wide) {
      const xAt = x.at + i * x.stride + from
      const yAt = y.at + j * y.stride + from
      const to = out.at + i * out.stride + j
      const columnsLeft = Math.min(wide, width - j)
      if (rows === tall && columnsLeft === wide) {
        tile(x.of, xAt, x.stride, y.of, yAt, y.stride, columns - from)
        writeTile(out.of, to, out.stride, add)
      } else {
        edge(x.of, xAt, x.stride, y.of, yAt, y.stride, columns - from, rows, columnsLeft)
        writeEdge(out.of, to, out.stride, rows, columnsLeft, add)
      }
    }
  }
}

function writeTile(out: Float64Array, at: number, stride: number, add: boolean): void {
  const second = at + stride
  const third = second + stride
  const fourth = third + stride
  out[at] = (add ? out[at] : 0) + sums[0]
  out[at + 1] = (add ? out[at + 1] : 0) + sums[1]
  out[second] = (add ? out[second] : 0) + sums[2]
  out[second + 1] = (add ? out[second + 1] : 0) + sums[3]
  out[third] = (add ? out[third] : 0) + sums[4]
  out[third + 1] = (add ? out[third + 1] : 0) + sums[5]
  out[fourth] = (add ? out[fourth] : 0) + sums[6]
  out[fourth + 1] = (add ? out[fourth + 1] : 0) + sums[7]
}

function writeEdge(
  out: Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
  add: boolean,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const to = at + r * stride + c
      out[to] = (add ? out[to] : 0) + sums[r * wide + c]
    }
}

/** Scratch of `invertInPlace`: as large as the largest matrix so far. */
let triangle = new Float64Array(0)

/**
 * A symmetric positive definite n x n matrix at `at` becomes its inverse, both triangles; returns log |A|. n^3 / 2
 * multiplications, all along rows.
 * @throws MtlError 'not-positive-definite'
 */
export function invertInPlace(a: Float64Array, n: number, at = 0): number {
  const logDeterminant = choleskyInPlace(a, n, at)
  if (triangle.length < (n + tall) * n) triangle = new Float64Array((n + tall) * n)
  fillInverseFactorInPlace(triangle, a, n, at)
  const rows = { of: triangle, at: 0, stride: n }
  rowsTimesRowsInPlace({ of: a, at, stride: n }, rows, rows, [n, n, n], { lower: true, triangular: true })
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[at + j * n + i] = a[at + i * n + j]
  return logDeterminant
}

/** Row j of `inverse` becomes column j of L^-1, 0 before j. */
function fillInverseFactorInPlace(inverse: Float64Array, a: Float64Array, n: number, at: number): void {
  for (let j = 0; j < n; j += tall) {
    for (let r = 0; r < tall; r++) inverse.fill(0, (j + r) * n, (j + r) * n + j)
    for (let i = j; i < n; i += wide) {
      const row = at + i * n
      const next = i + 1 < n ? row + n : row
      tile(inverse, j * n + j, n, a, row + j, next - row, i - j)
      for (let r = 0; r < tall; r++) {
        const to = (j + r) * n + i
        inverse[to] = ((i === j + r ? 1 : 0) - sums[r * wide]) / a[row + i]
        if (next !== row)
          inverse[to + 1] =
            ((i + 1 === j + r ? 1 : 0) - sums[r * wide + 1] - inverse[to] * a[next + i]) / a[next + i + 1]
      }
    }
  }
}

/** sum_k x[xAt + k] y[yAt + k] for `count` numbers: four sums side by side, for one alone waits for itself. */
export function dotRange(x: Float64Array, xAt: number, y: Float64Array, yAt: number, count: number): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  const whole = count - (count % 4)
  for (let k = 0; k < whole; k += 4) {
    first += x[xAt + k] * y[yAt + k]
    second += x[xAt + k + 1] * y[yAt + k + 1]
    third += x[xAt + k + 2] * y[yAt + k + 2]
    fourth += x[xAt + k + 3] * y[yAt + k + 3]
  }
  for (let k = whole; k < count; k++) first += x[xAt + k] * y[yAt + k]
  return first + second + third + fourth
}

/** out becomes A B, n x n; B is symmetric, so that all goes along rows. */
export function multiplyInPlace(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  n: number,
  aAt = 0,
): void {
  const [rows, columns] = [a, b].map((of) => ({ of, at: 0, stride: n }))
  rowsTimesRowsInPlace({ of: out, at: 0, stride: n }, { ...rows, at: aAt }, columns, [n, n, n])
}

/** sum_j a[i, j] x[j] for row i of an n x n matrix at `at`, x from `xAt`. */
export function rowTimes(a: Float64Array, n: number, i: number, x: Float64Array, at = 0, xAt = 0): number {
  return dotRange(a, at + i * n, x, xAt, n)
}

/** a becomes (a + a') / 2. */
export function symmetriseInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (a[i * n + j] + a[j * n + i])
      a[i * n + j] = mean
      a[j * n + i] = mean
    }
}

/**
 * A general n x n matrix becomes its inverse by Gauss and Jordan's elimination with row exchanges; returns log |det A|.
 * 2 n^3 operations. `order` is scratch for n whole numbers.
 */
export function invertGeneralInPlace(a: Float64Array, n: number, order: Int32Array): number {
  let logDeterminant = 0
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i
    order[k] = pivot
    if (pivot !== k) swapRowsInPlace(a, n, k, pivot)
    const diagonal = a[k * n + k]
    logDeterminant += Math.log(Math.abs(diagonal))
    a[k * n + k] = 1
    for (let j = 0; j < n; j++) a[k * n + j] /= diagonal
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const factor = a[i * n + k]
      a[i * n + k] = 0
      for (let j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j]
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    if (order[k] === k) continue
    for (let i = 0; i < n; i++) {
      const held = a[i * n + k]
      a[i * n + k] = a[i * n + order[k]]
      a[i * n + order[k]] = held
    }
  }
  return logDeterminant
}

function swapRowsInPlace(a: Float64Array, n: number, i: number, k: number): void {
  for (let j = 0; j < n; j++) {
    const held = a[i * n + j]
    a[i * n + j] = a[k * n + j]
    a[k * n + j] = held
  }
}
