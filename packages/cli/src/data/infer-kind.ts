import type { Cell, TaskKind } from '@mtl/core'
import { hasDecimalComma } from './decimal-comma.ts'

/**
 * What a target measures, by its cells: two distinct values are classes, words are, else it is a number. A
 * stray word among numbers makes no classes of them: reading the table reports it.
 */
export function inferKind(cells: Iterable<Cell>, missingMarkers: readonly string[]): TaskKind {
  const distinct = new Set<string>()
  let someNumber = false
  for (const cell of cells) {
    const text = textOf(cell, missingMarkers)
    if (text === '') continue
    if (distinct.size < 3) distinct.add(text)
    someNumber ||= isNumeric(text)
    if (someNumber && distinct.size > 2) return 'regression'
  }
  if (distinct.size === 2) return 'binary'
  return someNumber || distinct.size === 0 ? 'regression' : 'multiclass'
}

/** What a cell says as the table is read: blanks around it do not count; '' where it holds nothing. */
export function textOf(cell: Cell, missingMarkers: readonly string[]): string {
  const text = String(cell ?? '').trim()
  return missingMarkers.includes(text) ? '' : text
}

/** With a decimal comma too: reading the table tells how it is mended. */
function isNumeric(text: string): boolean {
  return Number.isFinite(Number(text)) || hasDecimalComma(text)
}
