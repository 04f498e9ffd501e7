export type Extent = readonly [low: number, high: number]

/** The smallest and the largest finite number; undefined where there is none, or they are too far apart to be drawn. */
export function extent(...lists: readonly (Iterable<number> | undefined)[]): Extent | undefined {
  let low = Infinity
  let high = -Infinity
  for (const list of lists) {
    for (const value of list ?? []) {
      if (!Number.isFinite(value)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return low <= high && Number.isFinite(high - low) ? [low, high] : undefined
}

/** Widened by shares of its length on either side, and about its middle where it has none. */
export function padded([low, high]: Extent, below: number, above: number = below): Extent {
  const length = high - low
  if (length > 1e-12 * Math.max(Math.abs(low), Math.abs(high)))
    return [low - below * length, high + above * length]
  const half = Math.abs(low) / 10 || 1
  return [low - half, high + half]
}

/** Of lengths from zero: widened where they end, not where they begin. */
export function fromZero([low, high]: Extent): Extent {
  return padded([Math.min(0, low), Math.max(0, high)], low < 0 ? 0.03 : 0, high > 0 ? 0.03 : 0)
}

/** The value below which a share of sorted numbers lies, between its neighbours in proportion. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1)
  const below = Math.floor(at)
  const rest = at - below
  return rest === 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest
}
