/** Small dense matrices, row-major in larger arrays, for inner loops: nothing is allocated and no sizes are checked. */
import { choleskyInPlace } from '@mtl/core'

/** Scratch of `invertInPlace`: as large as the largest matrix so far. */
let triangle = new Float64Array(0)
const four = new Float64Array(4)

/**
 * A symmetric positive definite n x n matrix at `at` becomes its inverse, both triangles; returns log |A|. n^3 / 2
 * multiplications, all along rows, four rows at a time: each number that is read is used four times.
 * @throws MtlError 'not-positive-definite'
 */
export function invertInPlace(a: Float64Array, n: number, at = 0): number {
  const logDeterminant = choleskyInPlace(a, n, at)
  const padded = n + 3 // rows beyond the last, so that every block has four
  if (triangle.length < padded * n) triangle = new Float64Array(padded * n)
  // Row j of the scratch is column j of L^-1: 0 before j.
  for (let j = 0; j < n; j += 4) {
    for (let i = j; i < n; i++) {
      fourDots(triangle, j * n + j, n, a, at + i * n + j, i - j)
      const diagonal = a[at + i * n + i]
      for (let r = 0; r < 4; r++) triangle[(j + r) * n + i] = ((i === j + r ? 1 : 0) - four[r]) / diagonal
    }
  }
  for (let i = 0; i < n; i += 4) {
    const last = Math.min(i + 4, n)
    for (let j = 0; j < last; j++) {
      fourDots(triangle, i * n + i, n, triangle, j * n + i, n - i)
      for (let r = Math.max(0, j - i); i + r < last; r++) {
        a[at + (i + r) * n + j] = four[r]
        a[at + j * n + i + r] = four[r]
      }
    }
  }
  return logDeterminant
}

/** `four` becomes sum_k x[xAt + r stride + k] y[yAt + k], r = 0..3. */
function fourDots(
  x: Float64Array,
  xAt: number,
  stride: number,
  y: Float64Array,
  yAt: number,
  count: number,
): void {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  const [secondAt, thirdAt, fourthAt] = [xAt + stride, xAt + 2 * stride, xAt + 3 * stride]
  for (let k = 0; k < count; k++) {
    const value = y[yAt + k]
    first += x[xAt + k] * value
    second += x[secondAt + k] * value
    third += x[thirdAt + k] * value
    fourth += x[fourthAt + k] * value
  }
  four[0] = first
  four[1] = second
  four[2] = third
  four[3] = fourth
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

/** out becomes A B, or out + A B, n x n; B is symmetric, so that all goes along rows. */
export function multiplyInPlace(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  n: number,
  { aAt = 0, add = false }: { readonly aAt?: number; readonly add?: boolean } = {},
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const product = dotRange(a, aAt + i * n, b, j * n, n)
      out[i * n + j] = add ? out[i * n + j] + product : product
    }
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
