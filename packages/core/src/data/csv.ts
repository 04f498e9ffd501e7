import Papa from 'papaparse'
import { check } from '../error/mtl-error.ts'
import { collectFaults, type Faults } from './faults.ts'
import { isReserved } from './names.ts'
import type { Columns } from './types.ts'

/**
 * RFC 4180 with a header row; comma, semicolon or tab, found from the header; lines end in LF, CRLF or CR, and
 * empty lines at the end do not count. Cells stay text ('01' is not '1'): the table's description says which
 * are numbers. Blanks around a name in the header do not count.
 * @throws MtlError 'invalid-data' (no text, a line too long or short, an unclosed quote, a header that is empty, given
 * twice or polluting)
 */
export function parseCsv(text: string): Columns {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text
  check(content.trim() !== '', 'invalid-data', 'the table is empty: it needs a header, then rows')
  // A carriage return before the newline is taken from the last cell below, so that both may be mixed.
  const newline = content.includes('\n') ? '\n' : '\r'
  const delimiter = delimiterOf(content)
  const { data: lines, errors } = Papa.parse<string[]>(content, { delimiter, newline })
  if (content.includes('\r')) dropCarriageReturns(lines)
  dropEmptyEnd(lines)
  const header = (lines.at(0) ?? ['']).map((name) => name.trim())
  const faults = collectFaults()
  checkHeader(header, faults)
  // Of several faults of one line the first is told.
  const quotes = new Map(errors.reverse().map(({ row = 0, code }) => [row, code]))
  lines.forEach((cells, i) => {
    const code = quotes.get(i)
    if (code === undefined && cells.length === header.length) return
    const line = i === 0 ? 'the header' : `row ${i}`
    const what =
      code === undefined ? `has ${cells.length} cells, the header has ${header.length}` : quoteFault(code)
    faults.add({ message: `${line} ${what}`, row: i })
  })
  faults.report()
  return Object.fromEntries(transposed(lines).map((cells, j) => [header[j], cells]))
}

function quoteFault(code: string): string {
  return code === 'MissingQuotes' ? 'has a quote that is never closed' : 'has text after a closing quote'
}

function dropCarriageReturns(lines: readonly string[][]): void {
  for (const cells of lines) {
    const last = cells.length - 1
    if (cells[last].endsWith('\r')) cells[last] = cells[last].slice(0, -1)
  }
}

/** Columns of all lines but the first, in one pass: each line is looked at once. */
function transposed(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const columns = (lines.at(0) ?? []).map(() => new Array<string>(lines.length - 1))
  for (let i = 1; i < lines.length; i++) {
    const cells = lines[i]
    for (let j = 0; j < columns.length; j++) columns[j][i - 1] = cells[j]
  }
  return columns
}

/** The most frequent of the three in the first line, outside of quotes. */
function delimiterOf(content: string): string {
  const counts = new Map([',', ';', '\t'].map((delimiter) => [delimiter, 0]))
  let quoted = false
  for (const letter of content) {
    if (letter === '"') quoted = !quoted
    if (quoted) continue
    if (letter === '\n' || letter === '\r') break
    const count = counts.get(letter)
    if (count !== undefined) counts.set(letter, count + 1)
  }
  const [[first]] = [...counts].sort(([, a], [, b]) => b - a)
  return first
}

/** An empty line is one empty cell; of a table of one column only the last may be no row. */
function dropEmptyEnd(lines: string[][]): void {
  const most = lines.length > 0 && lines[0].length === 1 ? 1 : lines.length
  for (let dropped = 0; dropped < most && isEmpty(lines.at(-1)); dropped++) lines.pop()
}

function isEmpty(cells: readonly string[] | undefined): boolean {
  return cells?.length === 1 && cells[0] === ''
}

function checkHeader(header: readonly string[], faults: Faults): void {
  const seen = new Set<string>()
  header.forEach((name, j) => {
    const column = `column ${j + 1} of the header`
    if (name === '') faults.add({ message: `${column} has no name` })
    else if (isReserved(name)) faults.add({ message: `${column}: "${name}" cannot be a name`, column: name })
    else if (seen.has(name)) faults.add({ message: `the header has "${name}" twice`, column: name })
    seen.add(name)
  })
}
