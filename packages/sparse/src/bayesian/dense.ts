/** Small dense matrices, row-major in larger arrays, for inner loops: nothing is allocated and no sizes are checked. */
import { choleskyInPlace } from '@mtl/core'

/**
 * A symmetric positive definite n x n matrix at `at` becomes its inverse, both triangles; returns log |A|. n^3 operations.
 * @throws MtlError 'not-positive-definite'
 */
export function invertInPlace(a: Float64Array, n: number, at = 0): number {
  const logDeterminant = choleskyInPlace(a, n, at)
  // L becomes L^-1, column by column.
  for (let j = 0; j < n; j++) {
    const diagonal = 1 / a[at + j * n + j]
    a[at + j * n + j] = diagonal
    for (let i = j + 1; i < n; i++) {
      const rowI = at + i * n
      let sum = a[rowI + j] * diagonal
      for (let k = j + 1; k < i; k++) sum += a[rowI + k] * a[at + k * n + j]
      a[rowI + j] = -sum / a[rowI + i]
    }
  }
  // A^-1 = L^-T L^-1: row j needs rows from j on alone.
  for (let j = 0; j < n; j++)
    for (let i = 0; i <= j; i++) {
      let sum = 0
      for (let k = j; k < n; k++) sum += a[at + k * n + i] * a[at + k * n + j]
      a[at + i * n + j] = sum
      if (i === j) a[at + j * n + j] = sum
    }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[at + i * n + j] = a[at + j * n + i]
  return logDeterminant
}

/** out becomes A B, or out + A B; n x n. */
export function multiplyInPlace(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  n: number,
  { at = 0, aAt = 0, bAt = 0, add = false }: Positions = {},
): void {
  if (!add) out.fill(0, at, at + n * n)
  for (let i = 0; i < n; i++) {
    const row = at + i * n
    for (let k = 0; k < n; k++) {
      const factor = a[aAt + i * n + k]
      const from = bAt + k * n
      for (let j = 0; j < n; j++) out[row + j] += factor * b[from + j]
    }
  }
}

interface Positions {
  readonly at?: number
  readonly aAt?: number
  readonly bAt?: number
  readonly add?: boolean
}

/** sum_j a[i, j] x[j] for row i of an n x n matrix at `at`, x from `xAt`. */
export function rowTimes(a: Float64Array, n: number, i: number, x: Float64Array, at = 0, xAt = 0): number {
  let sum = 0
  const row = at + i * n
  for (let j = 0; j < n; j++) sum += a[row + j] * x[xAt + j]
  return sum
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
