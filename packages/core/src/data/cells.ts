import type { Cell } from './types.ts'

/** What `Number` reads too, and no table means: hexadecimal, octal, binary. */
const radixForm = /^0[xob]/i
const decimalCommaForm = /^[+-]?\d*,\d+$/

/**
 * What a cell says: blanks around it do not count, and '' is an empty cell (null, undefined, NaN).
 */
export function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell.trim()
  return cell === null || cell === undefined || Number.isNaN(cell) ? '' : String(cell)
}

/** A decimal number, also 1e-3; NaN of any other text, hexadecimal or infinite. */
export function numberOf(text: string): number {
  const value = text === '' || radixForm.test(text) ? NaN : Number(text)
  return Number.isFinite(value) ? value : NaN
}

export function hasDecimalComma(text: string): boolean {
  return decimalCommaForm.test(text)
}

/** The different texts, '' first, sorted: numbers by size, else by code unit. */
export function sortedTexts(texts: Iterable<string>): readonly string[] {
  const distinct = [...new Set(texts)].sort()
  const areNumbers = distinct.every((text) => text === '' || !Number.isNaN(numberOf(text)))
  const order = (text: string): number => (text === '' ? -Infinity : numberOf(text))
  return areNumbers ? distinct.sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b))) : distinct
}
