import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MtlError } from '../error/mtl-error.ts'
import { parseCsv } from './csv.ts'

const cell = fc.string({ unit: fc.constantFrom('a', '0', '"', ',', ';', '\t', '\n', ' ', 'é'), maxLength: 5 })
const newlines = fc.constantFrom('\n', '\r\n', '\r')
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

describe('parseCsv', () => {
  it('reads back any cells, whatever separates them', () => {
    const lines = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 })
    const form = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      newline: newlines,
      bom: fc.constantFrom('', '\uFEFF'),
      ended: fc.boolean(),
    })
    fc.assert(
      fc.property(lines, form, (rows, { delimiter, newline, bom, ended }) => {
        fc.pre(newline !== '\r' || rows.flat().every((text) => !text.includes('\n')))
        const all = [['first', 'second;,'], ...rows].map((cells) => cells.map(quoted).join(delimiter))
        const columns = parseCsv(bom + all.join(newline) + (ended ? newline : ''))
        expect(columns).toEqual({ first: rows.map(([a]) => a), 'second;,': rows.map(([, b]) => b) })
      }),
    )
  })

  it('keeps cells as text and takes lines of mixed ends', () => {
    expect(parseCsv('a,b\r\n01, x \n1,\r\n\n\n')).toEqual({ a: ['01', '1'], b: [' x ', ''] })
    expect(parseCsv('a\n1\n\n2\n\n')).toEqual({ a: ['1', '', '2', ''] })
    expect(parseCsv('a,b')).toEqual({ a: [], b: [] })
    expect(parseCsv('a, b\n1, 2')).toEqual({ a: ['1'], b: [' 2'] })
  })

  it.each([
    ['a,b\n1\n1,2,3\n', 'row 1 has 1 cells, the header has 2 (and 1 more)'],
    ['a,b\n1,2\n\n3,4', 'row 2 has 1 cells, the header has 2'],
    ['a,b\n1,"2\n3,4\n', 'row 1 has a quote that is never closed'],
    ['a,b\n1,"2"3\n', 'row 1 has text after a closing quote'],
    ['"a,b\n1,2', 'the header has a quote that is never closed'],
    ['', 'the table is empty'],
    ['\uFEFF\n \n', 'the table is empty'],
    ['""', 'column 1 of the header has no name'],
    ['a, a \n1,2', 'the header has "a" twice'],
    ['a,,b\n1,2,3', 'column 2 of the header has no name'],
    ['a,b,a\n1,2,3', 'the header has "a" twice'],
    ['a,__proto__\n1,2', 'column 2 of the header: "__proto__" cannot be a name'],
    ['constructor\n1', '"constructor" cannot be a name'],
  ])('refuses %j', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message)
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ code: 'invalid-data' }))
  })

  it('lists the first twenty faults and counts all', () => {
    const text = `a,b\n${'1\n'.repeat(30)}`
    try {
      parseCsv(text)
      expect.unreachable()
    } catch (error) {
      const { problems, count } = (error as MtlError).details
      expect(count).toBe(30)
      expect(problems).toHaveLength(20)
      expect(problems).toMatchObject({ 19: { row: 20, message: 'row 20 has 1 cells, the header has 2' } })
    }
  })
})
