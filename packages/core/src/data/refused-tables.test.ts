import { describe, expect, it } from 'vitest'
import { MtlError } from '../error/mtl-error.ts'
import { parseCsv } from './csv.ts'
import { datasetFromTable } from './from-table.ts'
import type { Columns, TableDescription } from './types.ts'

const pupils = parseCsv(`school,sector,town,math,passed,grade,ses,n
B,1,Ulm,10,yes,9,0.5,2
A,0,Rom,12,no,10,-1e-1,1
B,1,Rom,,yes,9,.5,1
A,0,Ulm,8,no,,+3.,1
`)

function errorOf(run: () => unknown): MtlError {
  try {
    run()
  } catch (error) {
    if (error instanceof MtlError) return error
  }
  return expect.unreachable()
}
const problemsOf = (run: () => unknown): unknown => errorOf(run).details.problems

describe('datasetFromTable', () => {
  it('says which column lacks, and which is meant', () => {
    const error = errorOf(() =>
      datasetFromTable(pupils, { targets: { maths: 'regression' }, inputs: ['sez', 'n'] }),
    )
    expect(error.code).toBe('unknown-column')
    expect(error.message).toBe(
      'the table has no column "maths", "sez". Did you mean "math", "ses"? Columns: school, sector, town, math, passed, grade, ses, n',
    )
    expect(error.details).toEqual({
      lacking: ['maths', 'sez'],
      nearest: ['math', 'ses'],
      known: Object.keys(pupils),
    })
    expect(() => datasetFromTable(pupils, { targets: { valueOf: 'regression' }, inputs: [] })).toThrow(
      'valueOf',
    )
  })

  it('tells that a text is no number, where, and what would help', () => {
    const columns = { ...pupils, ses: ['1', 'n/a', '2', '0x1F'] }
    const run = (): unknown => datasetFromTable(columns, { targets: { math: 'regression' }, inputs: ['ses'] })
    expect(run).toThrow(
      'row 2, column "ses": "n/a" is not a number. Treat it as missing with missingMarkers: ["n/a"] (and 1 more)',
    )
    expect(problemsOf(run)).toEqual([
      { message: 'row 2, column "ses": "n/a" is not a number', row: 2, column: 'ses', cell: 'n/a' },
      { message: 'row 4, column "ses": "0x1F" is not a number', row: 4, column: 'ses', cell: '0x1F' },
    ])
  })

  const base = { task: 'school', targets: { math: 'regression' }, inputs: ['ses'] } as const
  it.each<[string, Columns, TableDescription, string]>([
    [
      'decimal commas',
      { ...pupils, ses: ['1,5', '2', '3', '4'] },
      base,
      'row 1, column "ses": "1,5" has a decimal comma',
    ],
    [
      'nothing but decimal commas',
      { ...pupils, ses: ['1,5', '2,5', 'x', ''] },
      base,
      "or take the column as 'levels'",
    ],
    [
      'infinite numbers',
      { ...pupils, ses: [1, Infinity, 2, 3] },
      base,
      'row 2, column "ses": "Infinity" is not a number',
    ],
    [
      'numbers beyond all bounds',
      { ...pupils, math: ['1', '1e999', '', '3'] },
      base,
      '"1e999" is not a number',
    ],
    [
      'a row of no task',
      { ...pupils, school: ['A', ' ', 'B', 'B'] },
      base,
      'row 2, column "school" is empty',
    ],
    [
      'a task of a polluting name',
      { ...pupils, school: ['A', 'A', '__proto__', 'A'] },
      base,
      'row 3, column "school": a task cannot be named "__proto__"',
    ],
    [
      'a column without cells',
      { ...pupils, ses: ['', '', '', ''] },
      base,
      'column "ses" has no cell that is not empty',
    ],
    [
      'a binary target of three labels',
      { ...pupils, math: ['1', '2', '3', ''] },
      { ...base, targets: { math: 'binary' } },
      'column "math" has 3 labels ("1", "2", "3"), a binary target two',
    ],
    [
      'a target of one label',
      { ...pupils, math: ['1', '1', '1', ''] },
      { ...base, targets: { math: 'multiclass' } },
      'a multiclass target at least two',
    ],
    [
      'a descriptor that varies',
      pupils,
      { ...base, descriptor: ['town'] },
      'row 3, column "town": a descriptor is constant in a task, but task "B" has two values',
    ],
    [
      'an empty descriptor',
      { ...pupils, sector: ['1', '', '1', '0'] },
      { ...base, descriptor: ['sector'] },
      'row 2, column "sector" is empty',
    ],
    [
      'descriptors of no task',
      pupils,
      { targets: base.targets, inputs: [], descriptor: ['sector'] },
      'need a column that names the tasks',
    ],
    ['a descriptor of ids', pupils, { ...base, descriptor: [{ column: 'town', as: 'ids' }] }, 'not as ids'],
    [
      'negative weights',
      { ...pupils, n: [1, 1, -1, 1] },
      { ...base, weight: 'n' },
      'row 3, column "n": a weight is -1',
    ],
    [
      'empty weights',
      { ...pupils, n: [1, '', 1, 1] },
      { ...base, weight: 'n' },
      'row 2, column "n" is empty',
    ],
    [
      'a target among the inputs',
      pupils,
      { ...base, inputs: ['math'] },
      'column "math" is a target, not an input',
    ],
    [
      'a target among the descriptors',
      pupils,
      { ...base, descriptor: ['math'] },
      'column "math" is a target, not a descriptor',
    ],
    [
      'the column of tasks as a target',
      pupils,
      { ...base, targets: { school: 'binary' } },
      'column "school" names the tasks and cannot be a target',
    ],
    ['no target', pupils, { ...base, targets: {} }, 'names no target'],
    [
      'columns of different length',
      { ...pupils, ses: ['1'] },
      base,
      'column "ses" has 1 cells, "school" has 4',
    ],
    [
      'very many levels',
      { y: Array.from({ length: 1001 }, () => 1), x: Array.from({ length: 1001 }, (_, i) => `a${i}`) },
      { targets: { y: 'regression' }, inputs: ['x'] },
      'column "x" has 1001 levels, more than 1000; take it as \'ids\'',
    ],
  ])('refuses %s', (_, columns, description, message) => {
    const run = (): unknown => datasetFromTable(columns, description)
    expect(run).toThrow(message)
    expect(run).toThrow(expect.objectContaining({ code: 'invalid-data' }))
  })

  it('lists the first twenty faults by row, whatever their column, and counts all', () => {
    const a = Array.from({ length: 30 }, (_, i) => (i === 0 ? 1 : 'bad'))
    const columns = { y: a.map(() => 1), a, b: a.map((_, i) => (i % 2 === 0 ? 'bad' : 1)) }
    const { details } = errorOf(() =>
      datasetFromTable(columns, { targets: { y: 'regression' }, inputs: ['a', 'b'] }),
    )
    expect(details.count).toBe(44)
    const list = details.problems as { row: number }[]
    expect(list.map(({ row }) => row)).toEqual([
      1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 11, 12, 13, 13, 14,
    ])
  })
})
