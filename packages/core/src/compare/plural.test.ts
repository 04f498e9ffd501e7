import { describe, expect, it } from 'vitest'
import { pluralOf } from './plural.ts'

describe('pluralOf', () => {
  it.each([
    ['school', 'schools'],
    ['city', 'cities'],
    ['day', 'days'],
    ['class', 'classes'],
    ['box', 'boxes'],
    ['branch', 'branches'],
    ['dish', 'dishes'],
    ['month', 'months'],
    ['task', 'tasks'],
  ])('of one %s makes several %s', (noun, several) => {
    expect(pluralOf(noun)).toBe(several)
  })
})
