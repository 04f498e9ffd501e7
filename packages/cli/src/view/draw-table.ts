import type { TableView } from '@mtl/core'
import { alignCells, truncate } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'

const mostRows = 20
const widestCell = 32

/** Rows of cells, numbers to the right; the first of many. */
export function drawTable({ columns, rows }: TableView, { symbols }: Style): string[] {
  const isNumber = columns.map((_, j) => rows.every((row) => typeof row[j] === 'number'))
  const cells = rows
    .slice(0, mostRows)
    .map((row) =>
      row.map((cell) => (typeof cell === 'number' ? figure(cell, symbols) : truncate(cell, widestCell))),
    )
  const heads = columns.map((name) => truncate(name, widestCell))
  const lines = alignCells(
    [heads, ...cells],
    isNumber.map((number) => (number ? 'right' : 'left')),
  )
  return rows.length > mostRows ? [...lines, `and ${rows.length - mostRows} more rows`] : lines
}
