import type { Markish } from '@observablehq/plot'
import type { MatrixView } from '@mtl/core'
import { html } from '../dom/element.ts'
import { fitted, textWidth } from '../text/label.ts'
import { count, digitsFor, fixed } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import { diverging, sequential } from './colour-scale.ts'
import type { ColourScale } from './colour-scale.ts'
import { note } from './drawing.ts'
import type { Drawing } from './drawing.ts'
import { extent } from './extent.ts'
import { scaleKey } from './key.ts'
import { path, texts } from './marks.ts'
import { cellsOf } from './matrix-layout.ts'
import type { Cells } from './matrix-layout.ts'
import { pairTables } from './matrix-pairs.ts'
import { tenth } from './shapes.ts'

const widestLabel = 130
/** A figure has room in a cell of this size. */
const printed = 28
const largestCell = 44
const least = 4

/** A heat map in steps of colour. Undefined for one cell or one value: a table says it. */
export function drawMatrix(view: MatrixView, width: number, document: Document): Drawing | undefined {
  const range = extent(view.values.data)
  if (range === undefined || range[0] === range[1]) return undefined
  const room = Math.floor((width - 60) / least)
  const cells = cellsOf(view, Math.min(160, room))
  const shown = extent(openDiagonal(cells, view) ? offDiagonal(cells) : cells.values.data) ?? range
  const scale = view.diverging === true ? diverging(shown) : sequential(shown)
  const drawn = heatMap(view, cells, scale, width, document)
  const legend = scaleKey(document, scale.steps, scale.labels, isNarrow(width) ? 20 : 22)
  const told = cells.told === undefined ? undefined : note(document, cells.told)
  if (!cells.square || cells.rows.length === view.rows.length) return [told, legend, drawn]
  const beside = html(document, 'div', { class: 'beside' }, legend, ...pairTables(document, view))
  return [told, html(document, 'div', { class: 'side' }, drawn, beside)]
}

/** The diagonal of what relates things to one another says nothing. */
function openDiagonal({ square }: Cells, { diverging: signed }: MatrixView): boolean {
  return square && signed === true
}

function offDiagonal({ values: { data, rows, columns } }: Cells): number[] {
  return [...data].filter((_, k) => rows !== columns || k % (columns + 1) !== 0)
}

interface Grid {
  readonly left: number
  readonly top: number
  readonly cell: { readonly width: number; readonly height: number }
}

function heatMap(
  view: MatrixView,
  cells: Cells,
  scale: ColourScale,
  width: number,
  document: Document,
): SVGSVGElement {
  const grid = gridOf(cells, width)
  const { rows, columns } = cells
  const open = openDiagonal(cells, view)
  const total = Math.ceil(grid.left + columns.length * grid.cell.width + 2)
  const height = Math.ceil(grid.top + rows.length * grid.cell.height + 2)
  const stepAt = (i: number, j: number): number =>
    open && i === j ? -1 : scale.stepOf(cells.values.data[i * columns.length + j])
  return chart(
    document,
    {
      width: Math.min(width, total),
      height,
      label: `${view.title}: ${count(view.rows.length)} rows, ${count(view.columns.length)} columns`,
      margins: { top: 0, right: 0, bottom: 0, left: 0 },
      x: [0, 1],
      y: [0, 1],
    },
    [
      ...[-1, ...scale.steps.keys()].map((step) =>
        path(step < 0 ? 'self' : scale.steps[step].className, () => cellsAt(step, stepAt, cells, grid)),
      ),
      path('l onq', () => dashes(scale, stepAt, cells, grid)),
      ...(canPrint(grid) ? figures(scale, stepAt, cells, grid) : []),
      ...names(cells, grid, width),
    ],
  )
}

function gridOf({ rows, columns }: Cells, width: number): Grid {
  const narrow = isNarrow(width)
  const size = narrow && rows.length > 12 ? 9.5 : 12
  const limit = narrow ? 84 : widestLabel
  const left = Math.ceil(Math.max(...rows.map((name) => textWidth(fitted(name, limit, size), size)))) + 8
  const across = (width - left - 4) / columns.length
  const cellWidth = Math.min(largestCell, across)
  const tallest = rows.length > 12 ? (narrow ? 13 : 19) : 30
  const cellHeight = rows.length > 12 ? Math.min(Math.max(cellWidth, 10), tallest) : tallest
  const sided = rows.length === columns.length && rows.length > 12
  const cell = { width: sided ? Math.min(cellWidth, cellHeight) : cellWidth, height: cellHeight }
  const top = namesColumns(columns.length, width) ? labelHeight(columns, cell.width) : 2
  return { left, top, cell }
}

/** Columns are named only where there is room for names. */
function namesColumns(columns: number, width: number): boolean {
  return columns <= (isNarrow(width) ? 8 : 45)
}

function lies(columns: readonly string[], cellWidth: number): boolean {
  return columns.every((name) => textWidth(fitted(name, widestLabel, 12), 12) + 6 <= cellWidth)
}

function labelHeight(columns: readonly string[], cellWidth: number): number {
  if (lies(columns, cellWidth)) return 20
  return Math.ceil(Math.max(...columns.map((name) => textWidth(fitted(name, 110, 12), 12)))) + 8
}

function canPrint({ cell }: Grid): boolean {
  return cell.width >= printed && cell.height >= 19
}

/** Neighbours of one step in a row are one box: a path is as short as the matrix is smooth. */
function cellsAt(
  step: number,
  stepAt: (i: number, j: number) => number,
  { rows, columns }: Cells,
  grid: Grid,
): string {
  const { left, top, cell } = grid
  const gap = cell.width > 8 && cell.height > 8 ? 1 : 0
  let d = ''
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      if (stepAt(i, j) !== step) continue
      let end = j + 1
      while (gap === 0 && end < columns.length && stepAt(i, end) === step) end += 1
      const [x, w] = [left + j * cell.width, (end - j) * cell.width - gap]
      const h = tenth(cell.height - (gap || 1))
      d += `M${tenth(x)} ${tenth(top + i * cell.height)}h${tenth(w)}v${h}h${tenth(-w)}z`
      j = end - 1
    }
  }
  return d
}

function dashes(
  { steps }: ColourScale,
  stepAt: (i: number, j: number) => number,
  { rows, columns }: Cells,
  grid: Grid,
): string {
  const { left, top, cell } = grid
  if (cell.width < 7 || canPrint(grid)) return ''
  return rows
    .flatMap((_, i) =>
      columns.map((__, j) => {
        const step = stepAt(i, j)
        if (step < 0 || steps[step].dashed !== true) return ''
        return `M${tenth(left + (j + 0.3) * cell.width - 0.5)} ${tenth(top + (i + 0.5) * cell.height - 0.5)}h${tenth(cell.width * 0.4)}`
      }),
    )
    .join('')
}

function figures(
  scale: ColourScale,
  stepAt: (i: number, j: number) => number,
  { rows, columns, values }: Cells,
  grid: Grid,
): Markish[] {
  const { left, top, cell } = grid
  const range = extent(values.data) ?? [0, 0]
  const digits = Math.min(digitsFor(Math.max(...range.map(Math.abs))), 2)
  const at = rows.flatMap((_, i) =>
    columns.map((__, j) => {
      const step = stepAt(i, j)
      const text = step < 0 ? '' : fixed(values.data[i * columns.length + j], digits)
      return {
        x: left + (j + 0.5) * cell.width - 0.5,
        y: top + (i + 0.5) * cell.height + 4,
        text,
        ink: step < 0 ? '' : scale.inkOf(step),
      }
    }),
  )
  const fits = at.every(({ text }) => textWidth(text, 12) <= cell.width - 2)
  return fits
    ? ['ink', 'mid3', 'mid4', 'onink'].map((ink) =>
        texts(`s num ${ink}`, 'middle', () =>
          at.filter((t) => t.ink === ink).map(({ x, y, text }) => ({ x, y, text })),
        ),
      )
    : []
}

function names({ rows, columns }: Cells, { left, top, cell }: Grid, width: number): Markish[] {
  const narrow = isNarrow(width)
  const small = narrow && rows.length > 12
  const size = small ? 9.5 : 12
  const room = left - 8
  const rowNames = texts(small ? 'xs' : 's', 'end', () =>
    rows.map((name, i) => ({
      x: left - 6,
      y: top + (i + 0.5) * cell.height + size / 3,
      text: fitted(name, room, size),
    })),
  )
  if (!namesColumns(columns.length, width)) return [rowNames]
  if (lies(columns, cell.width))
    return [
      rowNames,
      texts('s', 'middle', () =>
        columns.map((name, j) => ({
          x: left + (j + 0.5) * cell.width,
          y: top - 6,
          text: fitted(name, widestLabel, 12),
        })),
      ),
    ]
  return [rowNames, standing(columns, left, top, cell.width)]
}

function standing(columns: readonly string[], left: number, top: number, cellWidth: number): Markish {
  return texts('s', 'start', () =>
    columns.map((name, j) => ({
      x: 0,
      y: 0,
      text: fitted(name, 110, 12),
      transform: `translate(${tenth(left + (j + 0.5) * cellWidth + 4)} ${top - 6}) rotate(-90)`,
    })),
  )
}
