import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasDecimalComma, withDecimalPoints } from './decimal-comma.ts'

describe('decimal commas', () => {
  it('are read as any number is written, and leave words and lists as they are', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(number)
        // Not the number itself: the text of minus zero has no sign.
        const value = Number(text)
        const { x } = withDecimalPoints({ x: [text.replace('.', ','), text] })
        expect(Array.from(x, Number)).toEqual([value, value])
      }),
    )
    const cells = ['a,b', '1,2,3', '1.234,5', 'x1,5', '', '7', null, 1.5]
    expect(withDecimalPoints({ x: cells }).x).toEqual(cells)
  })

  it('are known by their form alone', () => {
    expect(['1,5', '-,5', '+2,75', '1,5e-3'].map(hasDecimalComma)).toEqual([true, true, true, true])
    expect(['1.5', '1,', ',', '1,a', ''].map(hasDecimalComma)).toEqual([false, false, false, false, false])
  })
})
