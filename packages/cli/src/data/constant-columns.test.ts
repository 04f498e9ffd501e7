import { describe, expect, it } from 'vitest'
import { constantWithinTasks } from './constant-columns.ts'

describe('constantWithinTasks', () => {
  const columns = {
    school: ['a', 'a', 'b', 'b'],
    sector: ['1', '1', '0', '0'],
    ses: ['0.1', '0.2', '0.3', '0.3'],
    country: ['us', 'us', 'us', 'us'],
  }

  it('finds traits of the task, and not what never varies', () => {
    expect(constantWithinTasks(columns, 'school', ['sector', 'ses', 'country'])).toEqual(['sector'])
  })

  it('finds none where every task has one row', () => {
    expect(constantWithinTasks({ id: ['a', 'b'], x: ['1', '2'] }, 'id', ['x'])).toEqual([])
  })
})
