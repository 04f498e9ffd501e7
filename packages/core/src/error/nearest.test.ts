import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

const known = ['school', 'mathach', 'ses', 'minority', 'sex']

describe('nearest', () => {
  it.each([
    ['math', ['mathach']],
    ['Minorty', ['minority']],
    ['sez', ['ses', 'sex']],
    ['shcool', ['school']],
    ['sse', ['ses']],
    ['income', []],
    ['', []],
  ])('of %s', (name, expected) => {
    expect(nearest(name, known)).toEqual(expected)
  })

  it('begins with the name itself where it is known, and lists three at most', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1 }), (names) => {
        const found = nearest(names[0], names)
        expect(found[0].toLowerCase()).toBe(names[0].toLowerCase())
        expect(found.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
