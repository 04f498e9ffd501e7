import type { MatrixView, TableView, View } from '@mtl/core'
import { html } from '../dom/element.ts'
import { barsTable, drawBars } from './bars.ts'
import type { Drawing } from './drawing.ts'
import { drawLines, linesTable } from './lines.ts'
import { drawMatrix } from './matrix.ts'
import { pairsTable } from './matrix-pairs.ts'
import { drawPoints, pointsTable } from './points.ts'
import { longTable } from './table.ts'
import type { TableContent } from './table.ts'
import { drawTree, treeTable } from './tree.ts'

/**
 * What a view shows, drawn for a width in pixels (880 for a page, 342 for a phone; never scale one to the other): its
 * chart with what is needed to read it, or a table where there is one value to show. Colours are classes, see `chartStyles`. The
 * title and the reading are not drawn: see `figureOf`.
 */
export function drawView(view: View, width: number, document: Document): HTMLElement {
  const parts = drawing(view, width, document) ?? [longTable(document, viewTable(view))]
  return html(document, 'div', { class: 'drawing' }, ...parts.filter((part) => part !== undefined))
}

function drawing(view: View, width: number, document: Document): Drawing | undefined {
  switch (view.kind) {
    case 'matrix':
      return drawMatrix(view, width, document)
    case 'tree':
      return drawTree(view, width, document)
    case 'points':
      return drawPoints(view, width, document)
    case 'bars':
      return drawBars(view, width, document)
    case 'lines':
      return drawLines(view, width, document)
    case 'table':
      return undefined
  }
}

/** The figures of a view as rows: what stands behind its chart. */
export function viewTable(view: View): TableContent {
  switch (view.kind) {
    case 'matrix':
      return matrixTable(view)
    case 'tree':
      return treeTable(view)
    case 'points':
      return pointsTable(view)
    case 'bars':
      return barsTable(view)
    case 'lines':
      return linesTable(view)
    case 'table':
      return tableOf(view)
  }
}

const mostColumns = 12

function matrixTable(view: MatrixView): TableContent {
  const { rows, columns, values } = view
  const square =
    rows.length > mostColumns &&
    rows.length === columns.length &&
    rows.every((name, i) => name === columns[i])
  if (square) return pairsTable(view)
  const shown = columns.slice(0, mostColumns)
  return {
    columns: ['', ...shown],
    rows: rows.map((name, i) => [name, ...shown.map((_, j) => values.data[i * values.columns + j])]),
    ...(shown.length < columns.length && {
      caption: `The first ${shown.length} of ${columns.length} columns`,
    }),
  }
}

function tableOf({ columns, rows }: TableView): TableContent {
  return { columns, rows }
}
