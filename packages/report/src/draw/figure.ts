import type { View } from '@mtl/core'
import { html } from '../dom/element.ts'
import { drawView, viewTable } from './draw-view.ts'
import { longTable } from './table.ts'
import type { TableContent } from './table.ts'

/** Widths of the two drawings of a page; the style sheet shows one of them. */
export const widths: { readonly wide: number; readonly narrow: number } = { wide: 880, narrow: 342 }

export interface FigureParts {
  readonly title: string
  /** How to read it. */
  readonly reading?: string
  readonly draw: (width: number) => Element
  readonly key?: Element
  /** Behind the chart; absent where the chart is a table. */
  readonly table?: TableContent
  readonly wide?: number
}

/** A title, how to read it, the chart in two widths, and its figures as a table. */
export function figureFrom(
  document: Document,
  { title, reading, draw, key, table, wide }: FigureParts,
): HTMLElement {
  return html(
    document,
    'figure',
    { class: 'view' },
    captionOf(document, title, reading),
    key,
    html(document, 'div', { class: 'wide' }, draw(wide ?? widths.wide)),
    html(document, 'div', { class: 'narrow' }, draw(widths.narrow)),
    table === undefined ? undefined : tableBehind(document, table),
  )
}

function tableBehind(document: Document, table: TableContent): HTMLElement {
  return html(
    document,
    'details',
    {},
    html(document, 'summary', {}, 'Show as a table'),
    longTable(document, table),
  )
}

/** A view as a figure of a page. `tabled` false leaves the table behind the chart out. */
export function figureOf(view: View, document: Document, tabled = true): HTMLElement {
  const { title, reading } = view
  const narrow = drawView(view, widths.narrow, document)
  // What is drawn as a table stands once, for every width.
  if (narrow.querySelector('svg') === null)
    return html(document, 'figure', { class: 'view' }, captionOf(document, title, reading), narrow)
  return figureFrom(document, {
    title,
    reading,
    draw: (width) => (width === widths.narrow ? narrow : drawView(view, width, document)),
    ...(tabled && { table: viewTable(view) }),
  })
}

function captionOf(document: Document, title: string, reading = ''): HTMLElement {
  return html(
    document,
    'figcaption',
    {},
    html(document, 'h4', {}, title),
    reading === '' ? undefined : html(document, 'p', { class: 'muted small' }, reading),
  )
}
