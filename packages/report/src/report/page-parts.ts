import { html } from '../dom/element.ts'
import type { Subject } from './subject.ts'

/** A section of the page; undefined parts are left out. */
export function section(
  { document }: Subject,
  id: string,
  title: string,
  lead: string,
  ...parts: readonly (Node | undefined)[]
): HTMLElement {
  return html(
    document,
    'section',
    { id },
    html(document, 'h2', {}, title),
    html(document, 'p', { class: 'section-lead' }, lead),
    ...parts,
  )
}

const small = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

/** 'seven'; from thirteen on in figures. */
export function inWords(count: number): string {
  return small[count] ?? String(count)
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
