import { describe, expect, it } from 'vitest'
import { inferKind } from './infer-kind.ts'

describe('inferKind', () => {
  it('takes two distinct values for classes, words for classes, all else for numbers', () => {
    expect(inferKind(['0', '1', '1', '0'], [])).toBe('binary')
    expect(inferKind(['yes', 'no', ''], [])).toBe('binary')
    expect(inferKind(['red', 'green', 'blue'], [])).toBe('multiclass')
    expect(inferKind(['1.5', '2', '3'], [])).toBe('regression')
    expect(inferKind(['7', '7'], [])).toBe('regression')
  })

  it('counts neither empty cells nor markers of missing ones', () => {
    expect(inferKind(['0', '', '1', 'NA', null, undefined], ['NA'])).toBe('binary')
    expect(inferKind(['', 'NA'], ['NA'])).toBe('regression')
    expect(inferKind([' yes', 'yes', 'no ', ' ', ' NA'], ['NA'])).toBe('binary')
  })

  it('makes no classes of numbers with a stray word among them', () => {
    expect(inferKind(['n/a', '1', '2', '3'], [])).toBe('regression')
    expect(inferKind(['a', 'b', 'c', '1', '2'], [])).toBe('regression')
  })
})
