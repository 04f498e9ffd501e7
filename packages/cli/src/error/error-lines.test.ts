import { MtlError } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { namingFile } from '../data/name-file.ts'
import { errorLines, exitCodeOf } from './error-lines.ts'
import { raiseTogether } from './problems.ts'

describe('errorLines', () => {
  it('gives every problem a line, at most 20, and counts the rest', () => {
    const problems = Array.from({ length: 20 }, (_, i) => ({ message: `problem ${i}` }))
    const lines = errorLines(new MtlError('invalid-data', 'many', { problems, count: 31 }), false)
    expect(lines[0]).toBe('error [invalid-data] problem 0')
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('and 11 more like these')
  })

  it('names the file and the remedy of a cell that is no number', () => {
    const read = (): never => {
      throw new MtlError('invalid-data', 'one cell is wrong', {
        problems: [
          { message: 'row 17, column "ses": "n/a" is not a number', row: 17, column: 'ses', cell: 'n/a' },
        ],
        count: 1,
      })
    }
    expect(() => namingFile('pupils.csv', read)).toThrow(
      'pupils.csv row 17, column "ses": "n/a" is not a number. Treat it as missing with --missing n/a',
    )
  })

  it('knows errors of another copy of the library by their name', () => {
    const foreign = Object.assign(new Error('no'), { name: 'MtlError', code: 'unsupported', details: {} })
    expect([errorLines(foreign, false), exitCodeOf(foreign)]).toEqual([['error [unsupported] no'], 1])
  })

  it('shows a stack only when asked to', () => {
    const bug = new TypeError('x is undefined')
    expect(errorLines(bug, false)).toEqual([
      'error [bug] x is undefined',
      'This is a fault of mtl, not of your data; --debug shows where.',
    ])
    expect(errorLines(bug, true).at(-1)).toContain('error-lines.test.ts')
    expect(errorLines(new MtlError('invalid-data', 'bad'), true).at(-1)).toContain('error-lines.test.ts')
    expect(errorLines('thrown text', false)[0]).toBe('error [bug] thrown text')
  })

  it('tells faults of the data from faults of the program', () => {
    expect(exitCodeOf(new MtlError('invalid-data', 'bad'))).toBe(1)
    expect(exitCodeOf(new Error('bug'))).toBe(2)
  })

  it('tells the problems of several errors together', () => {
    const errors = ['a', 'b'].map((name) => new MtlError('unreadable-file', `there is no file ${name}`))
    expect(() => raiseTogether(errors)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ count: 2 }) as unknown }),
    )
    expect(() => raiseTogether([new TypeError('bug')])).toThrow(TypeError)
    expect(() => raiseTogether([])).not.toThrow()
  })
})
