import { check } from './mtl-error.ts'

/** @throws MtlError 'invalid-option' for a value that is not among those the option knows */
export function checkOneOf(option: string, value: string, known: readonly string[]): void {
  const text = `${option} must be one of ${known.join(', ')}, got ${value}`
  check(known.includes(value), 'invalid-option', text, { option, got: value })
}
