import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, duration, figure, fixed, gain } from './numbers.ts'
import { styleFor } from './style.ts'

const { symbols } = styleFor({}, { LANG: 'C.UTF-8' })

describe('gain', () => {
  it('is signed, with a minus sign and a thin space before the per cent sign', () => {
    expect(gain({ mean: 0.94, lower: 0.12, upper: 1.68 }, symbols)).toBe('+0.9 [0.1, 1.7]')
    expect(gain({ mean: -2.5, lower: -4, upper: -1 }, symbols)).toBe('\u22122.5 [\u22124.0, \u22121.0]')
  })

  it('adds digits until no bound rounds to zero', () => {
    expect(gain({ mean: 0.84, lower: -0.012, upper: 1.68 }, symbols)).toBe('+0.84 [\u22120.01, 1.68]')
  })

  it('shows the sign of every bound, however small', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10, noNaN: true }), (bound) => {
        fc.pre(bound !== 0)
        const shown = gain({ mean: bound, lower: bound, upper: bound }, symbols)
        const [, lower] = /\[(.*), /.exec(shown) ?? []
        expect(Math.sign(Number(lower.replaceAll('\u2212', '-')))).toBe(Math.sign(bound))
      }),
    )
  })

  it('has no interval where there is none', () => {
    expect(gain({ mean: 1, lower: NaN, upper: NaN }, symbols)).toBe('+1.0')
    expect(gain({ mean: NaN, lower: NaN, upper: NaN }, symbols)).toBe('–')
  })
})

describe('numbers as text', () => {
  it('never shows a negative zero', () => {
    expect(fixed(-0.01, 1, symbols)).toBe('0.0')
    expect(fixed(-1.26, 1, symbols)).toBe('\u22121.3')
    expect(fixed(NaN, 1, symbols)).toBe('–')
  })

  it('sets thousands off by commas', () => {
    expect(count(7185)).toBe('7,185')
  })

  it('gives figures about four digits, and an exponent to the very large and small alone', () => {
    expect(
      [0.1234, 6.2342, 62.342, 623.42, 6234.2, 12345678, -0.00001].map((x) => figure(x, symbols)),
    ).toEqual(['0.123', '6.234', '62.34', '623.4', '6234', '1.23e+7', '\u22121.00e\u22125'])
    expect(figure(NaN, symbols)).toBe('–')
  })

  it('gives durations in the unit that a person plans by', () => {
    expect([NaN, 0.001, 0.5, 3.14, 42, 600, 9000].map(duration)).toEqual([
      'unknown',
      '< 0.01 s',
      '0.50 s',
      '3.1 s',
      '42 s',
      '10 min',
      '2.5 h',
    ])
  })
})
