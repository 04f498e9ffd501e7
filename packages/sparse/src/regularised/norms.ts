/** Norms of the penalties, of matrices with a row for each task and a column for each feature. */
import type { Matrix } from '@mtl/core'
import type { ColumnGroup } from './proximal.ts'

export function absoluteSum({ data }: Matrix): number {
  let total = 0
  for (let at = 0; at < data.length; at++) total += Math.abs(data[at])
  return total
}

export function largestAbsolute({ data }: Matrix): number {
  let most = 0
  for (let at = 0; at < data.length; at++) most = Math.max(most, Math.abs(data[at]))
  return most
}

export function squareSum({ data }: Matrix): number {
  let total = 0
  for (let at = 0; at < data.length; at++) total += data[at] * data[at]
  return total
}

/** Of each feature over tasks. */
export function columnNorms({ columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(columns)
  for (let at = 0; at < data.length; at++) norms[at % columns] += data[at] * data[at]
  return norms.map(Math.sqrt)
}

/** Of each task over features. */
export function rowNorms({ rows, columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(rows)
  for (let t = 0; t < rows; t++)
    for (let at = t * columns; at < (t + 1) * columns; at++) norms[t] += data[at] * data[at]
  return norms.map(Math.sqrt)
}

export function groupNormSum({ rows, columns, data }: Matrix, groups: readonly ColumnGroup[]): number {
  let total = 0
  for (const { columns: members, weight } of groups) {
    let squares = 0
    for (let t = 0; t < rows; t++) for (const j of members) squares += data[t * columns + j] ** 2
    total += weight * Math.sqrt(squares)
  }
  return total
}

/** Sum over columns of their largest absolute value. */
export function peakSum({ columns, data }: Matrix): number {
  const peaks = new Float64Array(columns)
  for (let at = 0; at < data.length; at++)
    peaks[at % columns] = Math.max(peaks[at % columns], Math.abs(data[at]))
  return total(peaks)
}

/** Largest sum of absolute values of a column. */
export function largestColumnSum({ columns, data }: Matrix): number {
  const sums = new Float64Array(columns)
  for (let at = 0; at < data.length; at++) sums[at % columns] += Math.abs(data[at])
  return largestOf(sums)
}

/** Sum of the absolute differences of successive rows. */
export function jumpSum({ columns, data }: Matrix): number {
  let sum = 0
  for (let at = columns; at < data.length; at++) sum += Math.abs(data[at] - data[at - columns])
  return sum
}

export function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

export function largestOf(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, value)
  return most
}
