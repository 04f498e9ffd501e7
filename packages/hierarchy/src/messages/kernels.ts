/** n x n blocks within longer arrays, row-major; `at` is where a block begins. Nothing is allocated and no sizes are checked. */

import { choleskyInPlace } from '@mtl/core'

/** B = (I + scale J)^-1 in full, J symmetric and positive semidefinite; returns log det (I + scale J). n^3 multiplications. */
export function shrinkage(
  b: Float64Array,
  j: Float64Array,
  at: number,
  n: number,
  scale: number,
  work: Float64Array,
): number {
  for (let r = 0; r < n; r++) {
    for (let s = 0; s <= r; s++) work[r * n + s] = scale * j[at + r * n + s]
    work[r * n + r] += 1
  }
  const logDeterminant = choleskyInPlace(work, n)
  invertLowerInPlace(work, n)
  // (L L')^-1 = L'^-1 L^-1.
  for (let r = 0; r < n; r++)
    for (let s = 0; s <= r; s++) {
      let sum = 0
      for (let k = r; k < n; k++) sum += work[k * n + r] * work[k * n + s]
      b[at + r * n + s] = b[at + s * n + r] = sum
    }
  return logDeterminant
}

/** A lower triangle becomes its inverse. */
export function invertLowerInPlace(a: Float64Array, n: number): void {
  for (let r = 0; r < n; r++) {
    const pivot = 1 / a[r * n + r]
    for (let s = 0; s < r; s++) {
      let sum = 0
      for (let k = s; k < r; k++) sum += a[r * n + k] * a[k * n + s]
      a[r * n + s] = -sum * pivot
    }
    a[r * n + r] = pivot
  }
}

/** C = A B of a symmetric B. */
export function product(
  c: Float64Array,
  cAt: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  n: number,
): void {
  for (let r = 0; r < n; r++)
    for (let s = 0; s < n; s++) c[cAt + r * n + s] = innerProduct(a, aAt + r * n, b, bAt + s * n, n)
}

/** C = A B where the result is known to be symmetric, of a symmetric B. */
export function symmetricProduct(
  c: Float64Array,
  cAt: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  n: number,
): void {
  for (let r = 0; r < n; r++)
    for (let s = 0; s <= r; s++) {
      const value = innerProduct(a, aAt + r * n, b, bAt + s * n, n)
      c[cAt + r * n + s] = c[cAt + s * n + r] = value
    }
}

/** y = A x. */
export function applyTo(
  y: Float64Array,
  yAt: number,
  a: Float64Array,
  aAt: number,
  x: Float64Array,
  xAt: number,
  n: number,
): void {
  for (let r = 0; r < n; r++) y[yAt + r] = innerProduct(a, aAt + r * n, x, xAt, n)
}

export function innerProduct(x: Float64Array, xAt: number, y: Float64Array, yAt: number, n: number): number {
  let sum = 0
  for (let k = 0; k < n; k++) sum += x[xAt + k] * y[yAt + k]
  return sum
}
