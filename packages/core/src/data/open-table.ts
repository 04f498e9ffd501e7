import { MtlError, check } from '../error/mtl-error.ts'
import { nearest } from '../error/nearest.ts'
import { hasDecimalComma, numberOf, textOf } from './cells.ts'
import { placeOf, type Faults } from './faults.ts'
import { memoised } from './memoised.ts'
import type { Cell, Columns } from './types.ts'

/** A table whose cells are read column by column, each column once. */
export interface Table {
  readonly rows: number
  has(column: string): boolean
  /** Whether any cell is a number. */
  hasNumber(column: string): boolean
  isEmpty(column: string, row: number): boolean
  /** '' is an empty cell. */
  texts(column: string): readonly string[]
  /** NaN is an empty cell; other cells that are no number are faults. */
  numbers(column: string): Float64Array
}

/**
 * A table that has the `needed` columns.
 * @throws MtlError 'unknown-column'; 'invalid-data' (columns of different length)
 */
export function openTable(
  columns: Columns,
  needed: readonly string[],
  missingMarkers: readonly string[],
  faults: Faults,
): Table {
  checkColumns(columns, needed)
  const markers = new Set(missingMarkers)
  // Cells may be numbers already: -999 is the marker '-999'.
  const markerNumbers = new Set(missingMarkers.map(numberOf))
  const unmarked = (cell: Cell): string => {
    const text = textOf(cell)
    return markers.has(text) ? '' : text
  }
  // Looking a text up, if only in nothing, takes longer than reading it.
  const read = markers.size > 0 ? unmarked : textOf
  return {
    rows: rowsOf(columns),
    has: (column) => Object.hasOwn(columns, column),
    hasNumber: (column) =>
      Array.prototype.some.call(columns[column], (cell: Cell) => !Number.isNaN(numberOf(read(cell)))),
    isEmpty: (column, row) => read(columns[column][row]) === '',
    texts: memoised((column: string) => Array.from(columns[column], read)),
    numbers: memoised((column: string) => {
      const cells = columns[column]
      const values = new Float64Array(cells.length)
      let commas = 0
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]
        // A number is not written out only to be read again: tables may be large.
        if (typeof cell === 'number' && Number.isFinite(cell)) {
          values[i] = markerNumbers.has(cell) ? NaN : cell
          continue
        }
        const text = read(cell)
        values[i] = numberOf(text)
        if (text === '' || !Number.isNaN(values[i])) continue
        // A decimal comma is a fault of the column: told of one cell, it is told of all.
        if (!hasDecimalComma(text) || commas++ === 0) addNoNumber(text, i, column, faults)
      }
      return values
    }),
  }
}

/** Columns that a message lists, and for which the nearest name is looked for: of thousands nobody reads more. */
const told = 20

/** @throws MtlError 'unknown-column', naming all that lack and the nearest of those there are */
function checkColumns(columns: Columns, needed: readonly string[]): void {
  const lacking = [...new Set(needed)].filter((column) => !Object.hasOwn(columns, column))
  if (lacking.length === 0) return
  const known = Object.keys(columns)
  const near = lacking.slice(0, told).flatMap((column) => nearest(column, known).slice(0, 1))
  const list = (names: readonly string[]): string => shortened(names.map((name) => `"${name}"`))
  const suggestion = near.length > 0 ? ` Did you mean ${list(near)}?` : ''
  const text = `the table has no column ${list(lacking)}.${suggestion} Columns: ${shortened(known)}`
  throw new MtlError('unknown-column', text, { lacking, nearest: near, known })
}

function shortened(names: readonly string[]): string {
  const rest = names.length > told ? ` and ${names.length - told} more` : ''
  return `${names.slice(0, told).join(', ')}${rest}`
}

function rowsOf(columns: Columns): number {
  const entries = Object.entries(columns)
  check(entries.length > 0, 'invalid-data', 'the table has no columns')
  const [first, ...others] = entries
  const odd = others.find(([, { length }]) => length !== first[1].length)
  if (odd !== undefined) {
    const text = `column "${odd[0]}" has ${odd[1].length} cells, "${first[0]}" has ${first[1].length}`
    throw new MtlError('invalid-data', text, { column: odd[0] })
  }
  return first[1].length
}

function addNoNumber(cell: string, position: number, column: string, faults: Faults): void {
  const place = { row: position + 1, column }
  const start = `${placeOf(position, column)}: "${cell}"`
  if (hasDecimalComma(cell)) {
    faults.add({ ...place, message: `${start} has a decimal comma` }, '; write a decimal point')
    return
  }
  const remedy = `. Treat it as missing with missingMarkers: [${JSON.stringify(cell)}]`
  faults.add({ ...place, cell, message: `${start} is not a number` }, remedy)
}
