import type { Matrix } from './types.ts'

/** Rows that are added at once: each entry of the sum is then read and written a quarter as often. */
const together = 4

/**
 * Adds X' diag(w) X to a k x k block of a matrix whose rows are `stride` apart, from position `at` on; its lower triangle
 * alone unless `whole`. n k^2 / 2 multiplications, k^2 n of the whole.
 */
export function addGramInPlace(
  sums: Float64Array,
  { stride, at, whole }: { readonly stride: number; readonly at: number; readonly whole: boolean },
  { rows, columns: k, data }: Matrix,
  weights: Float64Array,
): void {
  let i = 0
  for (; i + together <= rows; i += together) {
    const first = i * k
    const [second, third, fourth] = [first + k, first + 2 * k, first + 3 * k]
    for (let p = 0; p < k; p++) {
      const a = weights[i] * data[first + p]
      const b = weights[i + 1] * data[second + p]
      const c = weights[i + 2] * data[third + p]
      const d = weights[i + 3] * data[fourth + p]
      const to = at + p * stride
      const end = whole ? k : p + 1
      for (let q = 0; q < end; q++)
        sums[to + q] +=
          a * data[first + q] + b * data[second + q] + c * data[third + q] + d * data[fourth + q]
    }
  }
  for (; i < rows; i++) {
    for (let p = 0; p < k; p++) {
      const scaled = weights[i] * data[i * k + p]
      const to = at + p * stride
      const end = whole ? k : p + 1
      for (let q = 0; q < end; q++) sums[to + q] += scaled * data[i * k + q]
    }
  }
}
