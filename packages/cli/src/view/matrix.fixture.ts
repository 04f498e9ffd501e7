import type { Matrix } from '@mtl/core'

/** A matrix whose entries go by their position. */
export function matrixOf(rows: number, columns: number, entry: (position: number) => number): Matrix {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, (_, i) => entry(i)) }
}
