import { html } from '../dom/element.ts'

/** What is drawn of a view at one width, in reading order: notes and keys, the chart, what it leaves out. */
export type Drawing = readonly (Element | undefined)[]

/** A sentence on how this drawing differs from the view: what was averaged, left out or ordered. */
export function note(document: Document, sentence: string): HTMLElement {
  return html(document, 'p', { class: 'muted small drawn' }, sentence)
}
