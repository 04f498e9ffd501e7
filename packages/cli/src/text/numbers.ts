import type { Symbols } from './style.ts'

/** More digits than these say nothing: a bound so small is written in full with an exponent. */
const mostDigits = 6

/** A number with so many digits after the point, its minus a minus sign; a dash for NaN. */
export function fixed(value: number, digits: number, symbols: Symbols): string {
  if (Number.isNaN(value)) return symbols.none
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? `${symbols.minus}${text}` : text
}

/** A whole number with thousands set off by commas. */
export function count(value: number): string {
  return value.toLocaleString('en-GB')
}

/** '+0.9 [0.1, 1.7]', in per cent: digits are added until no bound rounds to zero, for its sign is the verdict. */
export function gain(
  estimate: { readonly mean: number; readonly lower: number; readonly upper: number },
  symbols: Symbols,
): string {
  const { mean, lower, upper } = estimate
  const digits = Math.max(digitsToShow(lower), digitsToShow(upper))
  const sign = mean >= 0 ? '+' : ''
  const interval = Number.isNaN(lower)
    ? ''
    : ` [${bound(lower, digits, symbols)}, ${bound(upper, digits, symbols)}]`
  return `${Number.isNaN(mean) ? '' : sign}${fixed(mean, digits, symbols)}${interval}`
}

function bound(value: number, digits: number, symbols: Symbols): string {
  const hidden = value !== 0 && Number(value.toFixed(digits)) === 0
  return hidden ? value.toExponential(0).replaceAll('-', symbols.minus) : fixed(value, digits, symbols)
}

function digitsToShow(value: number): number {
  let digits = 1
  while (value !== 0 && digits < mostDigits && Number(value.toFixed(digits)) === 0) digits++
  return digits
}

/** '0.34 s', '12 s', '3 min', '2.1 h': what a person plans by. */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return 'unknown'
  if (seconds < 0.01) return '< 0.01 s'
  if (seconds < 1) return `${seconds.toFixed(2)} s`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${seconds.toFixed(0)} s`
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Four significant figures, never an exponent for everyday sizes. */
export function figure(value: number, symbols: Symbols): string {
  if (Number.isNaN(value)) return symbols.none
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(2).replaceAll('-', symbols.minus)
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3
  return fixed(value, digits, symbols)
}
