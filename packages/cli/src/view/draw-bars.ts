import type { BarsView } from '@mtl/core'
import { alignCells, truncate } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style, Symbols } from '../text/style.ts'

/** Of more bars the first and the last ten. */
const atEachEnd = 10
const widestLabel = 24
const cells = 24
/** On either side of zero. */
const signedCells = 12

/** A bar for each label, from zero; those below zero go to the left. */
export function drawBars(view: BarsView, { symbols }: Style): string[] {
  const { labels, values, lower, upper } = view
  const order = [...labels.keys()]
  if (view.sorted === true) order.sort((i, j) => rank(values[j]) - rank(values[i]))
  const many = order.length > 2 * atEachEnd
  const shown = many ? [...order.slice(0, atEachEnd), ...order.slice(-atEachEnd)] : order
  const largest = values.reduce(
    (size, value) => (Number.isFinite(value) ? Math.max(size, Math.abs(value)) : size),
    0,
  )
  const signed = values.some((value) => value < 0)
  const rows = shown.map((i) => [
    truncate(labels[i], widestLabel),
    figure(values[i], symbols),
    lower === undefined || upper === undefined
      ? ''
      : `[${figure(lower[i], symbols)}, ${figure(upper[i], symbols)}]`,
    signed
      ? leftBar(values[i], largest, symbols) +
        symbols.axis +
        rightBar(values[i], largest, signedCells, symbols)
      : rightBar(values[i], largest, cells, symbols),
  ])
  const lines = alignCells(rows, ['left', 'right', 'left', 'left'])
  if (!many) return lines
  const between = `${order.length - shown.length} more between: see the report`
  return [...lines.slice(0, atEachEnd), between, ...lines.slice(atEachEnd)]
}

function rank(value: number): number {
  return Number.isNaN(value) ? -Infinity : value
}

function rightBar(value: number, largest: number, cells: number, { eighths }: Symbols): string {
  if (!(value > 0) || largest === 0) return ''
  const steps = Math.max(1, Math.round((Math.min(value, largest) / largest) * cells * eighths.length))
  const rest = steps % eighths.length
  return (
    eighths[eighths.length - 1].repeat(Math.floor(steps / eighths.length)) +
    (rest > 0 ? eighths[rest - 1] : '')
  )
}

function leftBar(value: number, largest: number, { eighths }: Symbols): string {
  const length =
    value < 0 && largest > 0
      ? Math.max(1, Math.round((Math.min(-value, largest) / largest) * signedCells))
      : 0
  return eighths[eighths.length - 1].repeat(length).padStart(signedCells)
}
