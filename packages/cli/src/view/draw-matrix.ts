import type { MatrixView } from '@mtl/core'
import { truncate, wrap } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'

/** More rows or columns than these are left to the report. */
const most = 24
const widestLabel = 24

/** Shades of the size of each cell, with a minus below zero; columns go by number. */
export function drawMatrix({ rows, columns, values, diverging = false }: MatrixView, style: Style): string[] {
  const { symbols, width } = style
  const shownRows = rows.slice(0, most)
  const shownColumns = columns.slice(0, most)
  const finite = values.data.filter((value) => Number.isFinite(value))
  const largest = finite.reduce((size, value) => Math.max(size, Math.abs(value)), 0)
  // Of what has no zero to be seen from, differences would vanish in one shade.
  const least = diverging ? 0 : finite.reduce((size, value) => Math.min(size, value), Infinity)
  const from = least > 0 && least < largest ? least : 0
  const labels = shownRows.map((name) => truncate(name, widestLabel))
  const room = Math.max(0, ...labels.map((label) => label.length))
  const steps = symbols.shades.length - 1
  const cell = (value: number): string => {
    if (!Number.isFinite(value)) return `  ${symbols.dot}`
    const shade =
      symbols.shades[largest === 0 ? 0 : Math.ceil(((Math.abs(value) - from) / (largest - from)) * steps)]
    return ` ${value < 0 ? symbols.minus : ' '}${shade}`
  }
  const head = ' '.repeat(room) + shownColumns.map((_, j) => String(j + 1).padStart(3)).join('')
  const lines = shownRows.map(
    (_, i) =>
      labels[i].padEnd(room) +
      shownColumns.map((__, j) => cell(values.data[i * values.columns + j])).join(''),
  )
  const legend = wrap(
    `columns: ${shownColumns.map((name, j) => `${j + 1} ${truncate(name, widestLabel)}`).join(', ')}; shades from ${figure(from, symbols)} to ${figure(largest, symbols)}`,
    width - 2,
  ).split('\n')
  return [head, ...lines, ...legend, ...moreOf(rows.length, 'row'), ...moreOf(columns.length, 'column')]
}

function moreOf(count: number, noun: string): string[] {
  return count > most ? [`and ${count - most} more ${noun}s: see the report`] : []
}
