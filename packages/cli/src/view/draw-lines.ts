import type { LinesView } from '@mtl/core'
import { alignCells, truncate } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style, Symbols } from '../text/style.ts'

const cells = 40
const mostSeries = 12
const widestName = 24

/** A line for each series: its course over x in heights between its least and its most, which stand beside it. */
export function drawLines({ x, marked, series }: LinesView, { symbols }: Style): string[] {
  const rows = series
    .slice(0, mostSeries)
    .map(({ name, values }) => [
      truncate(name, widestName),
      course(values, symbols),
      rangeOf(values, symbols),
    ])
  const lines = alignCells(rows, ['left', 'left', 'left'])
  const from = x.length === 0 ? NaN : x[0]
  const axis = `x from ${figure(from, symbols)} to ${figure(x.at(-1) ?? NaN, symbols)}`
  const chosen = marked === undefined ? '' : `; chosen: ${figure(marked, symbols)}`
  const rest = series.length > mostSeries ? [`and ${series.length - mostSeries} more: see the report`] : []
  return [...lines, axis + chosen, ...rest]
}

function course(values: Float64Array, { heights, dot }: Symbols): string {
  const [least, most] = bounds(values)
  const count = Math.min(cells, values.length)
  return Array.from({ length: count }, (_, k) => {
    const value = values[count < 2 ? 0 : Math.round((k * (values.length - 1)) / (count - 1))]
    if (!Number.isFinite(value)) return dot
    const share = most > least ? (value - least) / (most - least) : 0
    return heights[Math.round(share * (heights.length - 1))]
  }).join('')
}

function rangeOf(values: Float64Array, symbols: Symbols): string {
  const [least, most] = bounds(values)
  return least > most ? symbols.none : `${figure(least, symbols)} to ${figure(most, symbols)}`
}

function bounds(values: Float64Array): readonly [number, number] {
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return [least, most]
}
