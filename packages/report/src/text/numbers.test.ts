import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  about,
  digitsFor,
  duration,
  figure,
  fixed,
  interval,
  percent,
  power,
  share,
  size,
} from './numbers.ts'

describe('fixed', () => {
  it('sets thousands off, and writes the minus of print', () => {
    expect(fixed(-1234567.891, 2)).toBe('−1,234,567.89')
    expect(fixed(0.123456, 4)).toBe('0.1235')
    expect(fixed(7185, 0)).toBe('7,185')
  })

  it('gives zero no sign, and others one where signs are asked for', () => {
    expect([fixed(-0.001, 1, true), fixed(0.5, 1, true), fixed(-0.5, 1, true)]).toEqual([
      '0.0',
      '+0.5',
      '−0.5',
    ])
  })

  it('writes what is no number as a dash, and what is out of size with an exponent', () => {
    expect([fixed(NaN, 1), fixed(Infinity, 1), fixed(-Infinity, 1)]).toEqual(['–', '∞', '−∞'])
    expect(fixed(3e12, 0)).toBe('3.0e12')
    expect(fixed(3e-12, 12)).toBe('3.0e−12')
  })

  it('is read back as the number it was', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e8, max: 1e8, noNaN: true }), fc.nat(6), (value, digits) => {
        const read = Number(fixed(value, digits).replaceAll(',', '').replace('−', '-'))
        return Math.abs(read - value) <= 0.5 * 10 ** -digits * (1 + 1e-9)
      }),
    )
  })
})

describe('interval', () => {
  it('adds digits until no bound rounds to zero', () => {
    expect(interval({ lower: -0.05, upper: 1.68 })).toBe('[−0.1, 1.7]')
    expect(interval({ lower: -0.012, upper: 1.68 })).toBe('[−0.01, 1.68]')
    expect(interval({ lower: 0, upper: 2 })).toBe('[0.0, 2.0]')
    expect(interval({ lower: -1e-9, upper: 2 })).toMatch(/^\[−1\.0e−9, /)
    expect(interval({ lower: NaN, upper: 2 })).toBe('')
  })

  it('never shows a bound as zero that is not', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (lower) => {
        const [shown] = interval({ lower, upper: 200 }).slice(1).split(', ')
        return (
          lower === 0 || Math.abs(lower) < 1e-300 || Number(shown.replace('−', '-').replace('e−', 'e-')) !== 0
        )
      }),
    )
  })
})

describe('sizes and shares', () => {
  it('have the digits that a reader needs', () => {
    expect([figure(5.934), figure(0.0421), figure(123.4), figure(0)]).toEqual([
      '5.93',
      '0.0421',
      '123',
      '0.0',
    ])
    expect([digitsFor(0), digitsFor(1e-9), digitsFor(1234)]).toEqual([1, 6, 0])
    expect([about(4), about(0.05), about(0.3), about(250)]).toEqual(['4', '0.05', '0.3', '250'])
    expect([power(100), power(0.01), power(1e-9), power(1e7)]).toEqual(['100', '0.01', '1e−9', '1e7'])
    expect([percent(1.26), share(0.2247), percent(NaN)]).toEqual(['+1.3\u202f%', '22.5\u202f%', '–'])
    expect([0.001, 0.34, 12, 240, 8000].map(duration)).toEqual([
      '< 0.01 s',
      '0.34 s',
      '12 s',
      '4 min',
      '2.2 h',
    ])
    expect([100, 640e3, 12e6, 3e9].map(size)).toEqual(['< 1 kB', '640 kB', '12 MB', '3.0 GB'])
  })
})
