import type { Matrix } from '@mtl/core'

/** What `totalVariation` writes to: n values, and n + 1 sums. */
export interface StringScratch {
  readonly values: Float64Array
  readonly sums: Float64Array
}

/** Of the sum over columns of threshold x |differences between successive rows|. `scratch` is of as many rows. */
export function shrinkJumpsInPlace(
  { rows, columns, data }: Matrix,
  threshold: number,
  scratch: StringScratch,
): void {
  const { values } = scratch
  for (let j = 0; j < columns; j++) {
    for (let t = 0; t < rows; t++) values[t] = data[t * columns + j]
    totalVariationInPlace(values, threshold, scratch.sums)
    for (let t = 0; t < rows; t++) data[t * columns + j] = values[t]
  }
}

/**
 * argmin_x |x - y|^2 / 2 + threshold sum |x_k+1 - x_k|, written over y: the taut string. It runs through the tube of half
 * width `threshold` around the cumulative sums, its ends pinned; x are its slopes. Usually of the order of n.
 *
 * Davies and Kovac (2001), Local extremes, runs, strings and multiresolution, Annals of Statistics 29.
 */
export function totalVariationInPlace(y: Float64Array, threshold: number, sums: Float64Array): void {
  const n = y.length
  if (n < 2 || threshold <= 0) return
  sums[0] = 0
  for (let k = 0; k < n; k++) sums[k + 1] = sums[k] + y[k]
  let knot = { at: 0, height: 0 }
  while (knot.at < n) {
    const { end, slope, height } = nextKnot(sums, n, threshold, knot.at, knot.height)
    for (let k = knot.at; k < end; k++) y[k] = slope
    knot = { at: end, height }
  }
}

/** From a knot to where the string bends next, or to its end: the slope on the way, and the height there. */
function nextKnot(
  sums: Float64Array,
  n: number,
  threshold: number,
  from: number,
  height: number,
): { readonly end: number; readonly slope: number; readonly height: number } {
  let [least, most] = [-Infinity, Infinity]
  let [leastAt, mostAt] = [from, from]
  for (let k = from + 1; k < n; k++) {
    const upper = (sums[k] + threshold - height) / (k - from)
    const lower = (sums[k] - threshold - height) / (k - from)
    if (lower > most) return { end: mostAt, slope: most, height: sums[mostAt] + threshold }
    if (upper < least) return { end: leastAt, slope: least, height: sums[leastAt] - threshold }
    if (lower >= least) [least, leastAt] = [lower, k]
    if (upper <= most) [most, mostAt] = [upper, k]
  }
  const last = (sums[n] - height) / (n - from)
  if (last > most) return { end: mostAt, slope: most, height: sums[mostAt] + threshold }
  if (last < least) return { end: leastAt, slope: least, height: sums[leastAt] - threshold }
  return { end: n, slope: last, height: sums[n] }
}
