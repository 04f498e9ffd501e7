import type { Cell, Columns } from '@mtl/core'

const form = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i

/** Whether a text is a number with a decimal comma: '1,75'. */
export function hasDecimalComma(text: string): boolean {
  return form.test(text)
}

/** The columns with a point in every number that has a decimal comma. */
export function withDecimalPoints(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, cells]) => [name, Array.from(cells, withPoint)]),
  )
}

function withPoint(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell
  return hasDecimalComma(cell.trim()) ? cell.replace(',', '.') : cell
}
