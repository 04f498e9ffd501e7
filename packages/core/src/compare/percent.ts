import type { Estimate } from './types.ts'

/** Minus and the narrow space before the sign of per cent are those of print. */
const minus = '−'
const space = '\u202f'

/** 'x % [a, b]': one digit after the point, more where a bound would otherwise lose its sign. */
export function percentWithInterval({ mean, lower, upper }: Estimate): string {
  if (Number.isNaN(lower)) return `${rounded(mean)}${space}%`
  return `${rounded(mean)}${space}% [${rounded(lower)}, ${rounded(upper)}]`
}

/** The same change seen from the other side: a fall of -2 % is a rise of 2 %. */
export function turned({ mean, lower, upper }: Estimate): Estimate {
  return { mean: -mean, lower: -upper, upper: -lower }
}

/** A bound never rounds to zero, for its sign is the verdict. */
function rounded(value: number): string {
  if (value === 0) return '0.0'
  const digits = Math.max(1, Math.ceil(-Math.log10(2 * Math.abs(value))))
  return value.toFixed(digits).replace('-', minus)
}
