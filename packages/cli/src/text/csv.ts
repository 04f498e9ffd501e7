import type { Cell } from '@mtl/core'

/** A line of CSV (RFC 4180), with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => quotedCell(String(cell ?? ''))).join(',')}\n`
}

function quotedCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
