import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { powersOfTen, ticks } from './ticks.ts'

describe('ticks', () => {
  it('are multiples of 1, 2, 2.5 or 5 within the range, about as many as asked', () => {
    expect(ticks(0, 10, 5).values).toEqual([0, 2, 4, 6, 8, 10])
    expect(ticks(-1, 1, 4)).toEqual({ values: [-1, -0.5, 0, 0.5, 1], digits: 1 })
    const range = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        range,
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 9 }),
        (low, length, most) => {
          const high = low + length
          const { values } = ticks(low, high, most)
          const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high))
          return (
            values.length <= most + 1 &&
            values.every((value) => value >= low - slack && value <= high + slack)
          )
        },
      ),
    )
  })

  it('of a logarithmic scale are powers of ten', () => {
    expect(powersOfTen(0.5, 2000, 5)).toEqual([1, 10, 100, 1000])
    expect(powersOfTen(1e-9, 1, 5).length).toBeLessThanOrEqual(5)
  })
})
