import { blockOf, type Layout } from './layout.ts'

/** x with the diagonals of all L >= 0 and the clusters in this order, for each output. */
export function canonical(
  x: Float64Array,
  layout: Layout,
  orders: readonly (readonly number[])[],
): Float64Array {
  const { units: p, clusters, meanTerms, gateTerms, outputs } = layout
  const result = Float64Array.from(x)
  for (let o = 0; o < outputs; o++) {
    const { means, factors, gates } = blockOf(layout, o)
    orders[o].forEach((from, to) => {
      copy(result, x, means, from, to, p * meanTerms)
      copy(result, x, factors, from, to, p * p)
      copy(result, x, gates, from, to, gateTerms)
    })
    for (let a = 0; a < clusters; a++) orientInPlace(result, factors + a * p * p, p)
  }
  return result
}

function copy(
  result: Float64Array,
  x: Float64Array,
  at: number,
  from: number,
  to: number,
  size: number,
): void {
  result.set(x.subarray(at + from * size, at + (from + 1) * size), at + to * size)
}

/** L D of signs D leaves LL' as it is. */
function orientInPlace(x: Float64Array, at: number, p: number): void {
  for (let j = 0; j < p; j++)
    if (x[at + j * p + j] < 0) for (let i = j; i < p; i++) x[at + i * p + j] = -x[at + i * p + j]
}

/** Positions by falling value; of equals the first. */
export function falling(values: ArrayLike<number>): readonly number[] {
  return Array.from(values, (_, a) => a).sort((a, b) => values[b] - values[a] || a - b)
}
