import { EigenvalueDecomposition, Matrix as Dense, SingularValueDecomposition } from 'ml-matrix'
import { check } from '../error/mtl-error.ts'
import { matrix, transpose } from './matrix.ts'
import type { Matrix } from './types.ts'

/**
 * A = V diag(values) V' of a symmetric matrix, values ascending, eigenvectors in the columns of `vectors`: each with
 * its largest entry (the first of equals) positive, so that equal input gives equal signs. Reads the lower triangle only.
 * Of the order of 9 n^3 operations.
 * @throws MtlError 'dimension-mismatch' (not square), 'not-finite'
 */
export function symmetricEigen(a: Matrix): { readonly values: Float64Array; readonly vectors: Matrix } {
  check(
    a.rows === a.columns,
    'dimension-mismatch',
    `symmetricEigen needs a square matrix, got ${a.rows} x ${a.columns}`,
  )
  const { dense, scale } = toDense(a, 'symmetricEigen')
  if (a.rows === 0) return { values: new Float64Array(0), vectors: matrix(0, 0) }
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < i; j++) dense.set(j, i, dense.get(i, j))
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(dense, { assumeSymmetric: true })
  const vectors = fromDense(eigenvectorMatrix)
  const order = ascending(realEigenvalues)
  orientInPlace(vectors)
  return {
    values: Float64Array.from(order, (i) => scale * realEigenvalues[i]),
    vectors: selectColumns(vectors, order),
  }
}

/**
 * A = U diag(values) V' of an n x m matrix, thin: with k = min(n, m), U is n x k and V m x k; values descending and
 * >= 0. Each column of V has its largest entry (the first of equals) positive. Of the order of n m k operations.
 * @throws MtlError 'not-finite'
 */
export function svd(a: Matrix): { readonly u: Matrix; readonly values: Float64Array; readonly v: Matrix } {
  if (a.rows < a.columns) {
    const { u: v, values, v: u } = tallSvd(transpose(a))
    orientInPlace(v, u)
    return { u, values, v }
  }
  const { u, values, v } = tallSvd(a)
  orientInPlace(v, u)
  return { u, values, v }
}

function tallSvd(a: Matrix): { readonly u: Matrix; readonly values: Float64Array; readonly v: Matrix } {
  const { dense, scale } = toDense(a, 'svd')
  if (a.columns === 0) return { u: matrix(a.rows, 0), values: new Float64Array(0), v: matrix(0, 0) }
  const { leftSingularVectors, diagonal, rightSingularVectors } = new SingularValueDecomposition(dense)
  return {
    u: fromDense(leftSingularVectors),
    values: Float64Array.from(diagonal, (value) => scale * value),
    v: fromDense(rightSingularVectors),
  }
}

/**
 * A over `scale`, a power of 2 near its largest entry, and without what is 1e-50 times smaller than that: ml-matrix
 * comes to no end for NaN, and powers that underflow lead it to NaN.
 */
function toDense(a: Matrix, what: string): { readonly dense: Dense; readonly scale: number } {
  check(a.data.every(Number.isFinite), 'not-finite', `${what} needs finite numbers only`)
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const scale = 2 ** Math.max(Math.floor(Math.log2(largest)), -1000)
  const scaled = a.data.map((value) => (Math.abs(value) < 1e-50 * largest ? 0 : value / scale))
  return { dense: Dense.from1DArray(a.rows, a.columns, scaled), scale }
}

function fromDense(dense: Dense): Matrix {
  return matrix(dense.rows, dense.columns, Float64Array.from(dense.to1DArray()))
}

function ascending(values: readonly number[]): number[] {
  return values.map((_, i) => i).sort((i, j) => values[i] - values[j])
}

function selectColumns(a: Matrix, order: readonly number[]): Matrix {
  const result = matrix(a.rows, order.length)
  for (let i = 0; i < a.rows; i++)
    order.forEach((from, to) => (result.data[i * order.length + to] = a.data[i * a.columns + from]))
  return result
}

/** Entries that differ by less than this factor count as equally large: rounding must not choose the sign. */
const tie = 1 - 1e-9

/** Turns the columns of `a` so that the largest entry of each, the first of equals, is positive; `partner`'s with them. */
function orientInPlace(a: Matrix, partner?: Matrix): void {
  for (let j = 0; j < a.columns; j++) {
    const column = Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j])
    const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const leading = column.find((value) => Math.abs(value) >= tie * largest) ?? 0
    if (leading >= 0) continue
    negateColumnInPlace(a, j)
    if (partner) negateColumnInPlace(partner, j)
  }
}

function negateColumnInPlace({ columns, data }: Matrix, j: number): void {
  for (let at = j; at < data.length; at += columns) data[at] = -data[at]
}
