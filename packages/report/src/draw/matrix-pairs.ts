import type { MatrixView } from '@mtl/core'
import { html } from '../dom/element.ts'
import { fixed } from '../text/numbers.ts'
import { shorten } from '../text/label.ts'
import { table } from './table.ts'
import type { TableContent } from './table.ts'

interface Pair {
  readonly names: string
  readonly value: number
}

const shown = 4

/** Pairs of things that a square matrix relates, the closest first. Means of both directions where they differ. */
function pairsOf({ rows, values: { data, columns } }: MatrixView): Pair[] {
  const pairs: Pair[] = []
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) {
      const value = (data[i * columns + j] + data[j * columns + i]) / 2
      if (Number.isFinite(value)) pairs.push({ names: `${shorten(rows[i])} · ${shorten(rows[j])}`, value })
    }
  }
  return pairs.sort((a, b) => b.value - a.value)
}

/** The most alike and the least alike, beside a matrix that shows not all. */
export function pairTables(document: Document, view: MatrixView): HTMLElement[] {
  const pairs = pairsOf(view)
  const last = view.diverging === true ? 'Most opposed' : 'Least'
  return [
    html(
      document,
      'div',
      {},
      html(document, 'h4', {}, view.diverging === true ? 'Most alike' : 'Most'),
      small(document, pairs.slice(0, shown)),
    ),
    html(document, 'div', {}, html(document, 'h4', {}, last), small(document, pairs.slice(-shown).reverse())),
  ]
}

function small(document: Document, pairs: readonly Pair[]): HTMLElement {
  return table(document, { columns: ['pair', 'value'], rows: rowsOf(pairs) }, 'pairs')
}

function rowsOf(pairs: readonly Pair[]): [string, string][] {
  return pairs.map(({ names, value }) => [names, fixed(value, 2, true)])
}

const listed = 10

/** The ends of the list of pairs as a table. */
export function pairsTable(view: MatrixView): TableContent {
  const pairs = pairsOf(view)
  const few = pairs.length <= 2 * listed
  return {
    columns: ['pair', 'value'],
    rows: rowsOf(few ? pairs : [...pairs.slice(0, listed), ...pairs.slice(-listed)]),
    ...(!few && { caption: 'The ten closest and the ten most opposed pairs' }),
  }
}
