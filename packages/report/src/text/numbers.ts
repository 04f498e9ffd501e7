const minus = '−'
/** The narrow space before the sign of per cent. */
const space = '\u202f'
/** What stands for a figure that does not exist. */
export const none = '–'

const mostDigits = 6

/** So many digits after the point, thousands set off by commas, the minus that of print; a dash for what is no number. */
export function fixed(value: number, digits: number, signed = false): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? none : value > 0 ? '∞' : `${minus}∞`
  const size = Math.abs(value)
  if (size >= 1e9 || digits > mostDigits) return size === 0 ? '0' : exponential(value, signed)
  const text = size.toFixed(digits).replace(/\B(?=(\d{3})+(\.|$))(?<!\..*)/g, ',')
  const zero = Number(size.toFixed(digits)) === 0
  return (zero ? '' : value < 0 ? minus : signed ? '+' : '') + text
}

/** A whole number with thousands set off by commas. */
export function count(value: number): string {
  return fixed(value, 0)
}

/** Three significant figures, an exponent where the size is no everyday one. */
export function figure(value: number, signed = false): string {
  const size = Math.abs(value)
  if (Number.isFinite(value) && size !== 0 && (size >= 1e9 || size < 1e-4)) return exponential(value, signed)
  return fixed(value, digitsFor(size), signed)
}

/** Digits after the point that show numbers up to this size by three significant figures. */
export function digitsFor(size: number): number {
  if (!Number.isFinite(size) || size === 0) return 1
  return Math.min(mostDigits, Math.max(0, 2 - Math.floor(Math.log10(size))))
}

function exponential(value: number, signed: boolean): string {
  const text = Math.abs(value).toExponential(1).replace('e-', `e${minus}`).replace('e+', 'e')
  return (value < 0 ? minus : signed ? '+' : '') + text
}

/** Two significant figures, without the zeros that end them: '4', '0.05', '250'. */
export function about(value: number): string {
  if (!Number.isFinite(value)) return none
  return value < 10 ? String(Number(value.toPrecision(2))) : count(Math.round(value))
}

/** A power of ten as a tick: '100', '0.01', '1e−9'. */
export function power(value: number): string {
  if (value >= 1e6 || value < 1e-3) return `1e${Math.round(Math.log10(value))}`.replace('-', minus)
  return fixed(value, Math.max(0, -Math.round(Math.log10(value))))
}

interface Interval {
  readonly lower: number
  readonly upper: number
}

/** '+1.6 %'. */
export function percent(value: number, digits = 1): string {
  return Number.isNaN(value) ? none : `${fixed(value, digits, true)}${space}%`
}

/** A share as per cent: 0.225 is '22.5 %'. */
export function share(value: number, digits = 1): string {
  return Number.isNaN(value) ? none : `${fixed(100 * value, digits)}${space}%`
}

/** '[0.1, 1.7]': digits are added until no bound rounds to zero, for its sign is the verdict. Empty where there is none. */
export function interval({ lower, upper }: Interval, digits = 1): string {
  if (Number.isNaN(lower) || Number.isNaN(upper)) return ''
  const shown = Math.max(digitsToShow(lower, digits), digitsToShow(upper, digits))
  const bound = (value: number): string =>
    value !== 0 && Number(value.toFixed(shown)) === 0 ? exponential(value, false) : fixed(value, shown)
  return `[${bound(lower)}, ${bound(upper)}]`
}

function digitsToShow(value: number, digits: number): number {
  let shown = digits
  while (value !== 0 && shown < mostDigits && Number(value.toFixed(shown)) === 0) shown++
  return shown
}

/** '< 0.01 s', '0.34 s', '12 s', '3 min', '2.1 h'. */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return none
  if (seconds < 0.01) return '< 0.01 s'
  if (seconds < 120) return `${seconds.toFixed(seconds < 1 ? 2 : seconds < 10 ? 1 : 0)} s`
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** '640 kB', '12 MB'. */
export function size(bytes: number): string {
  if (Number.isNaN(bytes)) return none
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB']
  const value = bytes / unit
  return value < 1 ? '< 1 kB' : `${fixed(value, value < 10 ? 1 : 0)} ${name}`
}
