import { describe, expect, it } from 'vitest'
import { nounOf } from './noun.ts'

describe('nounOf', () => {
  it.each([
    ['school', 'school'],
    ['School', 'school'],
    ['school_id', 'school'],
    ['School_ID', 'school'],
    ['schoolid', 'school'],
    ['schoolId', 'school'],
    ['jobID', 'job'],
    ['grid', 'grid'],
    ['kid', 'kid'],
    ['task_id', 'task'],
  ])('of the column %s is %s', (column, noun) => {
    expect(nounOf(column)).toBe(noun)
  })

  it.each(['id', 'ID', 'Id', '_id', 'SCHOOL', 'SCHOOL_ID', 'school 2', 'school_name', 's', '7', ''])(
    'is task where the column "%s" is no plain word',
    (column) => {
      expect(nounOf(column)).toBe('task')
    },
  )
})
