import { describe, expect, it } from 'vitest'
import { alignCells, truncate, wrap } from './layout.ts'

describe('layout', () => {
  it('breaks lines at spaces, none longer than the width', () => {
    expect(wrap('one two three four', 9)).toBe('one two\nthree\nfour')
    expect(wrap('one two three', 8, '  ')).toBe('one two\n  three')
  })

  it('keeps a thin space unbroken', () => {
    expect(wrap('by 0.9\u202f% less', 7)).toBe('by\n0.9\u202f%\nless')
  })

  it('cuts long names with an ellipsis', () => {
    expect(truncate('latent-scale-hierarchy', 10)).toBe('latent-sc…')
    expect(truncate('pooled', 10)).toBe('pooled')
  })

  it('sets columns below one another', () => {
    expect(
      alignCells(
        [
          ['a', '1'],
          ['bbb', '22'],
        ],
        ['left', 'right'],
      ),
    ).toEqual(['a     1', 'bbb  22'])
  })
})
