import { describe, expect, expectTypeOf, it } from 'vitest'
import { MtlError } from '../error/mtl-error.ts'
import { parseCsv } from './csv.ts'
import { encodeInputs } from './encode.ts'
import { datasetFromTable } from './from-table.ts'
import { prepareInputs } from './prepare.ts'
import type { Columns, Dataset, Task } from './types.ts'

const pupils = parseCsv(`school,sector,town,math,passed,grade,ses,n
B,1,Ulm,10,yes,9,0.5,2
A,0,Rom,12,no,10,-1e-1,1
B,1,Rom,,yes,9,.5,1
A,0,Ulm,8,no,,+3.,1
`)

/** The rows of a task as plain arrays. */
const rows = ({ inputs: { rows, columns, data } }: Task): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)])
const names = ({ features }: Task): string[] => features.map(({ name }) => name)
const problemsOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    if (error instanceof MtlError) return error.details.problems
  }
  return expect.unreachable()
}

describe('datasetFromTable', () => {
  it('makes a task of each name, in the order of first appearance, and remembers lines', () => {
    const { tasks } = datasetFromTable(pupils, {
      task: 'school',
      targets: { math: 'regression' },
      inputs: ['ses', 'town'],
      descriptor: ['sector'],
      weight: 'n',
    })
    expect(tasks.map(({ name, target, kind }) => [name, target, kind])).toEqual([
      ['B', 'math', 'regression'],
      ['A', 'math', 'regression'],
    ])
    const [b, a] = tasks
    expect(names(b)).toEqual(['ses', 'town=Rom', 'town=Ulm'])
    expect(rows(b)).toEqual([
      [0.5, 0, 1],
      [0.5, 1, 0],
    ])
    expect(rows(a)).toEqual([
      [-0.1, 1, 0],
      [3, 0, 1],
    ])
    expect([b.targets, b.weights, b.rows, b.descriptor]).toEqual([
      Float64Array.of(10, NaN),
      Float64Array.of(2, 1),
      Int32Array.of(0, 2),
      Float64Array.of(1),
    ])
    expect(a.features).toBe(b.features)
    expect(a.descriptorFeatures).toBe(b.descriptorFeatures)
  })

  it('makes a task of each target on the one table (wide), known by name to the type', () => {
    const targets = { math: 'regression', passed: 'binary', grade: 'multiclass' } as const
    const data = datasetFromTable(pupils, { targets, inputs: ['ses'] })
    expectTypeOf(data).toEqualTypeOf<Dataset<'math' | 'passed' | 'grade'>>()
    const [math, passed, grade] = data.tasks
    expect([math.name, passed.name, grade.name]).toEqual(['math', 'passed', 'grade'])
    expect(passed.inputs).toBe(math.inputs)
    expect(passed.classes).toEqual(['no', 'yes'])
    expect(passed.targets).toEqual(Float64Array.of(1, 0, 1, 0))
    expect(grade.classes).toEqual(['9', '10'])
    expect(grade.targets).toEqual(Float64Array.of(0, 1, 0, NaN))
  })

  it('crosses tasks with several targets, which share their rows', () => {
    const targets = { math: 'regression', passed: 'binary' } as const
    const { tasks } = datasetFromTable(pupils, { task: 'school', targets, inputs: ['ses'] })
    expect(tasks.map(({ name, target }) => [name, target])).toEqual([
      ['B/math', 'math'],
      ['B/passed', 'passed'],
      ['A/math', 'math'],
      ['A/passed', 'passed'],
    ])
    expect(tasks[1].inputs).toBe(tasks[0].inputs)
    expect(tasks[2].inputs).not.toBe(tasks[0].inputs)
  })

  it('takes classes in the order given', () => {
    const classes = { passed: ['yes', 'no'] }
    const { tasks } = datasetFromTable(pupils, { targets: { passed: 'binary' }, inputs: ['ses'], classes })
    expect(tasks[0].targets).toEqual(Float64Array.of(0, 1, 0, 1))
  })

  it('does not count blanks around cells, and takes numbers, booleans and null from other sources', () => {
    const columns: Columns = {
      x: [' 1.5 ', 2, '\t3'],
      flag: [true, false, true],
      word: ['a ', 'a', ' b'],
      y: Float64Array.of(1, NaN, -999),
      z: [null, undefined, ' '],
    }
    const { tasks } = datasetFromTable(columns, {
      targets: { y: 'regression', z: 'regression' },
      inputs: ['x', 'flag', 'word'],
      missingMarkers: ['-999'],
    })
    expect(names(tasks[0])).toEqual(['x', 'flag=false', 'flag=true', 'word=a', 'word=b'])
    expect(rows(tasks[0])).toEqual([
      [1.5, 0, 1, 1, 0],
      [2, 1, 0, 1, 0],
      [3, 0, 1, 0, 1],
    ])
    expect([...tasks[0].targets]).toEqual([1, NaN, NaN])
    expect([...tasks[1].targets]).toEqual([NaN, NaN, NaN])
  })

  it('takes a column as it is told: levels of numbers by size, ids', () => {
    const columns = { town: ['Ulm', 'Rom', 'Ulm'], year: ['10', '9', '10'], y: [1, 2, 3] }
    const inputs = [
      { column: 'year', as: 'levels' },
      { column: 'town', as: 'ids' },
    ] as const
    const [task] = datasetFromTable(columns, { targets: { y: 'regression' }, inputs }).tasks
    expect(names(task)).toEqual(['year=9', 'year=10', 'town'])
    expect(task.features[2].vocabulary).toEqual(['Rom', 'Ulm'])
    expect(rows(task)).toEqual([
      [0, 1, 2],
      [1, 0, 1],
      [0, 1, 2],
    ])
  })

  describe('of empty cells', () => {
    const columns = parseCsv('x,town,y\n1,Ulm,1\nn/a,,2\n4,Rom,3\n')
    const description = {
      targets: { y: 'regression' },
      inputs: ['x', 'town', { column: 'y2', as: 'number' }],
      missingMarkers: ['n/a'],
    } as const
    const table = { ...columns, y2: ['1', '2', '3'] }

    it('refuses them by default, each by its place', () => {
      const run = (): unknown => datasetFromTable(table, description)
      expect(run).toThrow('row 2, column "town" is empty; missing: \'mean\' takes such cells (and 1 more)')
      expect(problemsOf(run)).toEqual([
        { message: 'row 2, column "town" is empty', row: 2, column: 'town' },
        { message: 'row 2, column "x" is empty', row: 2, column: 'x' },
      ])
    })

    it("leaves them to training with 'mean', beside an indicator", () => {
      const data = datasetFromTable(table, { ...description, missing: 'mean' })
      expect(names(data.tasks[0])).toEqual(['x', 'x=', 'town=', 'town=Rom', 'town=Ulm', 'y2'])
      expect(rows(data.tasks[0])[1]).toEqual([NaN, 1, 1, 0, 0, 2])
      expect(rows(prepareInputs(data, 'indicators').tasks[0])[1]).toEqual([2.5, 1, 1, 0, 0, 2])
    })
  })

  describe('like the tasks of a model', () => {
    const description = {
      task: 'school',
      targets: { passed: 'binary' },
      inputs: ['ses', 'town', { column: 'grade', as: 'ids' }],
      descriptor: ['sector'],
      weight: 'n',
      missing: 'mean',
    } as const
    const { tasks: like } = prepareInputs(datasetFromTable(pupils, description), 'ids')

    it('reads new rows in their features, levels and classes', () => {
      const columns = parseCsv(`school,sector,town,grade,ses,passed
C,1,Ur,11,,yes
A,0,Ulm,10,7,
`)
      const { tasks } = datasetFromTable(columns, description, like)
      expect(tasks.map(({ name }) => name)).toEqual(['C', 'A'])
      expect(names(tasks[0])).toEqual(['ses', 'town=Rom', 'town=Ulm', 'grade'])
      // (2 x 0.5 + 0.5 - 0.1 + 3) / 5: the mean of training, weighted.
      expect(rows(tasks[0])[0][0]).toBeCloseTo(0.88, 12)
      expect(rows(tasks[0])[0].slice(1)).toEqual([0, 0, 0])
      expect(rows(tasks[1])).toEqual([[7, 0, 1, 3]])
      expect(tasks[0].classes).toEqual(['no', 'yes'])
      expect([tasks[0].targets[0], tasks[1].targets[0]]).toEqual([1, NaN])
    })

    it('needs no labels', () => {
      const { school, sector, town, grade, ses } = pupils
      const { tasks } = datasetFromTable({ school, sector, town, grade, ses }, description, like)
      expect(tasks.every(({ targets }) => targets.every(Number.isNaN))).toBe(true)
      expect(tasks[0].classes).toEqual(['no', 'yes'])
      expect(tasks.map(rows)).toEqual(like.map(rows))
    })

    it('reads the rows of training to the same matrix by encodeInputs', () => {
      const order = [0, 2, 1, 3]
      const encoded = encodeInputs(pupils, like[0].features)
      expect(order.map((i) => [...encoded.data.subarray(4 * i, 4 * i + 4)])).toEqual(like.flatMap(rows))
    })

    it('refuses a label that is no class, and columns that lack', () => {
      const passed = ['yes', 'no', 'perhaps', 'yes']
      expect(problemsOf(() => datasetFromTable({ ...pupils, passed }, description, like))).toEqual([
        {
          message: 'row 3, column "passed": "perhaps" is none of the classes "no", "yes"',
          row: 3,
          column: 'passed',
          cell: 'perhaps',
        },
      ])
      const { school, sector, grade, ses } = pupils
      expect(() => datasetFromTable({ school, sector, grade, ses }, description, like)).toThrow(
        'no column "town"',
      )
    })
  })
})

describe('encodeInputs', () => {
  it('refuses a table without columns, whose rows nobody can count', () => {
    expect(() => encodeInputs({}, [])).toThrow('the table has no columns')
  })

  it('fills by number, and refuses an empty cell that has no fill', () => {
    const features = [
      { name: 'x', column: 'x', fill: 7 },
      { name: 'x=', column: 'x', level: '' },
    ]
    expect([...encodeInputs({ x: ['', 2] }, features).data]).toEqual([7, 1, 2, 0])
    expect(() => encodeInputs({ x: ['', 2] }, [{ name: 'x', column: 'x' }])).toThrow(
      'row 1, column "x" is empty',
    )
    expect(() => encodeInputs({ y: [1] }, features)).toThrow('the table has no column "x"')
  })
})
