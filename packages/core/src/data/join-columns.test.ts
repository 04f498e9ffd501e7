import { describe, expect, it } from 'vitest'
import { joinColumns } from './join-columns.ts'
import type { Columns } from './types.ts'

const pupils = { school: ['B', 'A', 'B', 'A'], ses: [1, 2, 3, 4] }

describe('joinColumns', () => {
  const schools = { school: ['A', 'B', 'C'], size: [100, 200, 300] }

  it('adds the columns of the other table by key', () => {
    const joined = joinColumns(pupils, schools, 'school')
    expect(joined.size).toEqual([200, 100, 200, 100])
    expect(joined.ses).toBe(pupils.ses)
  })

  it.each<[string, Columns]>([
    ['row 1, column "school": the table to be joined has no "B" (and 1 more)', { school: ['A'] }],
    ['row 2, column "school": "A" is given twice in the table to be joined', { school: ['A', 'A', 'B'] }],
    ['both tables have a column "ses"', { school: ['A', 'B'], ses: [1, 2] }],
    ['the table has no column "school"', { id: ['A'] }],
  ])('refuses: %s', (message, other) => {
    expect(() => joinColumns(pupils, other, 'school')).toThrow(message)
  })
})
