export interface Ticks {
  readonly values: readonly number[]
  /** After the point, as the step needs. */
  readonly digits: number
}

const multiples = [1, 2, 2.5, 5, 10]

/** At most about `most` round numbers from low to high, their step 1, 2, 2.5 or 5 times a power of ten. */
export function ticks(low: number, high: number, most: number): Ticks {
  const raw = (high - low) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(raw))
  const multiple = multiples.find((m) => m * power >= raw * 0.999) ?? 10
  const step = multiple * power
  const exponent = Math.floor(Math.log10(step) + 1e-9)
  const digits = Math.max(0, (multiple === 2.5 ? 1 : 0) - exponent)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step)
  return { values, digits }
}

/** Powers of ten within a positive range, thinned to at most `most`. */
export function powersOfTen(low: number, high: number, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  const stride = Math.max(1, Math.ceil((last - first + 1) / most))
  return Array.from(
    { length: Math.max(0, Math.floor((last - first) / stride) + 1) },
    (_, k) => 10 ** (first + k * stride),
  )
}
