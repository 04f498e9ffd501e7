/**
 * Proximal maps, argmin_x |x - v|^2 / 2 + threshold x norm(x), that write their result over v. A matrix is T x p, a row
 * for each task, a column for each feature.
 *
 * Parikh and Boyd (2014), Proximal algorithms, Foundations and Trends in Optimization 1.
 */
import type { Matrix } from '@mtl/core'

/** Of the sum of absolute values: sign(v) max(|v| - threshold, 0). */
export function softThresholdInPlace({ data }: Matrix, threshold: number): void {
  for (let at = 0; at < data.length; at++) {
    const value = data[at]
    if (value > threshold) data[at] = value - threshold
    else if (value < -threshold) data[at] = value + threshold
    else data[at] = 0
  }
}

/** Of the sum of the norms of columns. */
export function shrinkColumnsInPlace({ columns, data }: Matrix, threshold: number): void {
  for (let j = 0; j < columns; j++) {
    let squares = 0
    for (let at = j; at < data.length; at += columns) squares += data[at] * data[at]
    const share = keptShare(Math.sqrt(squares), threshold)
    for (let at = j; at < data.length; at += columns) data[at] *= share
  }
}

/** Of the sum of the norms of rows. */
export function shrinkRowsInPlace({ columns, data }: Matrix, threshold: number): void {
  for (let start = 0; start < data.length; start += columns) {
    let squares = 0
    for (let at = start; at < start + columns; at++) squares += data[at] * data[at]
    const share = keptShare(Math.sqrt(squares), threshold)
    for (let at = start; at < start + columns; at++) data[at] *= share
  }
}

/** Columns whose entries are shrunk by one norm; each column stands in at most one group. */
export interface ColumnGroup {
  readonly columns: Int32Array
  /** Factor of this group's norm in the penalty. */
  readonly weight: number
}

/** Of the weighted sum of the norms of groups of columns. */
export function shrinkGroupsInPlace(
  { rows, columns, data }: Matrix,
  groups: readonly ColumnGroup[],
  threshold: number,
): void {
  for (const { columns: members, weight } of groups) {
    let squares = 0
    for (let t = 0; t < rows; t++)
      for (let k = 0; k < members.length; k++) squares += data[t * columns + members[k]] ** 2
    const share = keptShare(Math.sqrt(squares), threshold * weight)
    for (let t = 0; t < rows; t++)
      for (let k = 0; k < members.length; k++) data[t * columns + members[k]] *= share
  }
}

/**
 * Of the sum of the largest absolute values of columns: v less its projection on the l1 ball of radius `threshold`
 * (Moreau), so that the largest entries are cut to one height. `scratch` has a place for each row.
 */
export function cutPeaksInPlace(
  { rows, columns, data }: Matrix,
  threshold: number,
  scratch: Float64Array,
): void {
  for (let j = 0; j < columns; j++) {
    for (let t = 0; t < rows; t++) scratch[t] = Math.abs(data[t * columns + j])
    const height = ballThresholdInPlace(scratch, threshold)
    for (let at = j; at < data.length; at += columns) data[at] = Math.min(height, Math.max(-height, data[at]))
  }
}

/** Projection on { x : sum |x| <= radius }, radius >= 0. */
export function projectOnBallInPlace(values: Float64Array, radius: number): void {
  const height = ballThresholdInPlace(values.map(Math.abs), radius)
  softThresholdInPlace({ rows: 1, columns: values.length, data: values }, height)
}

/**
 * The soft threshold that takes such magnitudes to the l1 ball, 0 inside it (Duchi et al., 2008, Efficient projections
 * onto the l1-ball). Sorts the magnitudes.
 */
function ballThresholdInPlace(magnitudes: Float64Array, radius: number): number {
  magnitudes.sort()
  const n = magnitudes.length
  let sum = 0
  let threshold = 0
  for (let k = 1; k <= n; k++) {
    const next = magnitudes[n - k]
    sum += next
    // The first always counts: a radius that rounding swallows leaves all but the largest.
    if (k === 1 || next * k > sum - radius) threshold = (sum - radius) / k
  }
  return sum <= radius ? 0 : threshold
}

function keptShare(norm: number, threshold: number): number {
  return norm > threshold ? 1 - threshold / norm : 0
}
