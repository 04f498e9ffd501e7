import type { Estimate } from '@mtl/core'
import type { Symbols } from '../text/style.ts'

/** Intervals as lines of equal length on one scale, zero in the same place: '······│·──▲──·······'. */
export function intervalPlot(
  estimates: readonly (Estimate | undefined)[],
  cells: number,
  symbols: Symbols,
): string[] {
  const ends = estimates.flatMap((estimate) =>
    estimate === undefined ? [] : [estimate.lower, estimate.upper, estimate.mean],
  )
  const finite = [0, ...ends.filter((end) => Number.isFinite(end))]
  const low = Math.min(...finite)
  const high = Math.max(...finite)
  if (high === low) return estimates.map(() => '')
  const at = (value: number): number => Math.round(((value - low) / (high - low)) * (cells - 1))
  return estimates.map((estimate) => {
    const line = Array.from({ length: cells }, () => symbols.dot)
    if (estimate !== undefined && !Number.isNaN(estimate.lower))
      line.fill(symbols.line, at(estimate.lower), at(estimate.upper) + 1)
    line[at(0)] = symbols.axis
    if (estimate !== undefined && !Number.isNaN(estimate.mean))
      line[at(estimate.mean)] = markOf(estimate, symbols)
    return line.join('')
  })
}

function markOf({ lower, upper }: Estimate, symbols: Symbols): string {
  if (lower > 0) return symbols.helps
  return upper < 0 ? symbols.hurts : symbols.undecided
}
