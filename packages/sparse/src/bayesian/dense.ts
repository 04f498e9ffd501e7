/** Small dense matrices, row-major in larger arrays, for inner loops: nothing is allocated and no sizes are checked. */
import { choleskyInPlace } from '@mtl/core'

/** Rows of `x` and of `y` that are multiplied together: each number read is used twice or four times. */
const [tall, wide] = [4, 2]

/** Four rows of two: products of which a part is taken, or that go on elsewhere. */
const sums = new Float64Array(tall * wide)

/**
 * out[at + r outStride + c] becomes, or grows by where `add`, sum_k x[xAt + r xStride + k] y[yAt + c yStride + k], r = 0..3, c < `width`,
 * which is even. Rows and columns are loops of this one function, for calls of a smaller one take a third of its time at 24 columns.
 */
function multiplyFourRows(
  out: Float64Array,
  at: number,
  outStride: number,
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  width: number,
  count: number,
  add: boolean,
): void {
  const x1 = xAt + xStride
  const x2 = x1 + xStride
  const x3 = x2 + xStride
  for (let j = 0; j < width; j += wide) {
    const y0 = yAt + j * yStride
    const y1 = y0 + yStride
    let a0 = 0
    let a1 = 0
    let b0 = 0
    let b1 = 0
    let c0 = 0
    let c1 = 0
    let d0 = 0
    let d1 = 0
    for (let k = 0; k < count; k++) {
      const u = y[y0 + k]
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
    const first = at + j
    const second = first + outStride
    const third = second + outStride
    const fourth = third + outStride
    if (add) {
      a0 += out[first]
      a1 += out[first + 1]
      b0 += out[second]
      b1 += out[second + 1]
      c0 += out[third]
      c1 += out[third + 1]
      d0 += out[fourth]
      d1 += out[fourth + 1]
    }
    out[first] = a0
    out[first + 1] = a1
    out[second] = b0
    out[second + 1] = b1
    out[third] = c0
    out[third + 1] = c1
    out[fourth] = d0
    out[fourth + 1] = d1
  }
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
  { of: out, at, stride: outStride }: RowRange,
  { of: x, at: xStart, stride: xStride }: RowRange,
  { of: y, at: yStart, stride: yStride }: RowRange,
  [height, width, columns]: readonly [number, number, number],
  { lower = false, triangular = false, add = false }: RowOptions = {},
): void {
  for (let i = 0; i < height; i += tall) {
    const rows = Math.min(tall, height - i)
    const end = lower ? Math.min(i + rows, width) : width
    const from = triangular ? i : 0
    const to = at + i * outStride
    const xAt = xStart + i * xStride + from
    const yAt = yStart + from
    const count = columns - from
    const whole = rows === tall ? end - (end % wide) : 0
    multiplyFourRows(out, to, outStride, x, xAt, xStride, y, yAt, yStride, whole, count, add)
    for (let j = whole; j < end; j += wide) {
      const left = Math.min(wide, width - j)
      const first = edge(
        x,
        xAt,
        xStride,
        y,
        yAt + j * yStride,
        left < wide ? 0 : yStride,
        count,
        rows,
        i >= tall,
      )
      writeEdge(out, to + j, outStride, rows, left, add, first)
    }
  }
}

/**
 * Where fewer than four rows or two columns are left: `sums` hold their products from the row that is returned. With `above` there are
 * four rows before them, of which those that are missing are taken.
 */
function edge(
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  count: number,
  rows: number,
  above: boolean,
): number {
  if (rows === tall || above) {
    const missing = tall - rows
    multiplyFourRows(sums, 0, wide, x, xAt - missing * xStride, xStride, y, yAt, yStride, wide, count, false)
    return missing
  }
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < wide; c++)
      sums[r * wide + c] = dotRange(x, xAt + r * xStride, y, yAt + c * yStride, count)
  return 0
}

function writeEdge(
  out: Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
  add: boolean,
  first: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const to = at + r * stride + c
      out[to] = (add ? out[to] : 0) + sums[(first + r) * wide + c]
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
  mirrorInPlace(a, n, at)
  return logDeterminant
}

/** What stands below the diagonal of an n x n matrix at `at` stands above it too. */
export function mirrorInPlace(a: Float64Array, n: number, at: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[at + j * n + i] = a[at + i * n + j]
}

/** Row j of `inverse` becomes column j of L^-1, 0 before j. */
function fillInverseFactorInPlace(inverse: Float64Array, a: Float64Array, n: number, at: number): void {
  for (let j = 0; j < n; j += tall) {
    for (let r = 0; r < tall; r++) inverse.fill(0, (j + r) * n, (j + r) * n + j)
    for (let i = j; i < n; i += wide) {
      const row = at + i * n
      const next = i + 1 < n ? row + n : row
      multiplyFourRows(sums, 0, wide, inverse, j * n + j, n, a, row + j, next - row, wide, i - j, false)
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
