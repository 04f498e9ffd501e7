import type { Cell, TaskKind } from '@mtl/core'

/**
 * What a target measures, by its cells: two distinct values are classes, words are, else it is a number. A
 * stray word among numbers makes no classes of them: reading the table reports it.
 */
export function inferKind(cells: Iterable<Cell>, missingMarkers: readonly string[]): TaskKind {
  const distinct = new Set<string>()
  let someNumber = false
  for (const cell of cells) {
    if (isEmpty(cell, missingMarkers)) continue
    const text = String(cell)
    if (distinct.size < 3) distinct.add(text)
    someNumber ||= isNumeric(text)
    if (someNumber && distinct.size > 2) return 'regression'
  }
  if (distinct.size === 2) return 'binary'
  return someNumber || distinct.size === 0 ? 'regression' : 'multiclass'
}

/** Whether a cell holds nothing, or a text that stands for nothing. */
export function isEmpty(cell: Cell, missingMarkers: readonly string[]): boolean {
  return cell === null || cell === undefined || cell === '' || missingMarkers.includes(String(cell))
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}
