import { html } from '../dom/element.ts'
import { count, figure, none } from '../text/numbers.ts'

type CellContent = string | number | Node

export interface TableContent {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly CellContent[])[]
  /** What the rows are of, above them. */
  readonly caption?: string
}

/** Rows beyond these are left to files that programs read. */
export const mostRows = 200
/** More rows than these scroll. */
const shownRows = 20

/** A table of a page: columns of numbers to the right, the first cell of a row its head, NaN a dash. */
export function table(document: Document, content: TableContent, className?: string): HTMLElement {
  const { columns, rows, caption } = content
  const numeric = columns.map(
    (_, j) => rows.length > 0 && rows.every((row) => typeof row[j] === 'number' || row[j] === none),
  )
  const whole = columns.map((_, j) => rows.every((row) => Number.isSafeInteger(row[j])))
  const cell = (value: CellContent | undefined, j: number): HTMLElement => {
    const side = numeric[j] ? 'n' : undefined
    const shown = typeof value === 'number' ? (whole[j] ? count(value) : figure(value)) : value
    const missing = typeof value === 'number' && Number.isNaN(value) ? 'not defined' : undefined
    return j === 0
      ? html(document, 'th', { scope: 'row', class: side }, shown)
      : html(document, 'td', { class: side, title: missing }, shown)
  }
  const heads = columns.map((name, j) =>
    html(document, 'th', { scope: 'col', class: numeric[j] ? 'n' : undefined }, name),
  )
  return html(
    document,
    'table',
    { class: className },
    caption === undefined ? undefined : html(document, 'caption', {}, caption),
    html(document, 'thead', {}, html(document, 'tr', {}, ...heads)),
    html(
      document,
      'tbody',
      {},
      ...rows
        .slice(0, mostRows)
        .map((row) => html(document, 'tr', {}, ...columns.map((_, j) => cell(row[j], j)))),
    ),
  )
}

/** The table where it may be long or wide: it scrolls, and says how much it leaves out. */
export function longTable(document: Document, content: TableContent): HTMLElement {
  const { rows } = content
  const shown = table(document, content)
  if (rows.length <= shownRows) return html(document, 'div', { class: 'across', tabindex: 0 }, shown)
  const left = rows.length - mostRows
  return html(
    document,
    'div',
    {},
    html(document, 'div', { class: 'scroll', tabindex: 0 }, shown),
    left > 0 ? html(document, 'p', { class: 'muted small' }, `${count(left)} more in the file`) : undefined,
  )
}
