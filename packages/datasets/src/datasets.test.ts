import { fingerprint, observed, sharedInputs, type Dataset } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { datasets } from './datasets.ts'

/** Sums over rows of value and of value x row number: they tell values, and the order of rows. */
function sums(values: ArrayLike<unknown>): [number, number] {
  const numbers = Array.from(values, Number)
  const sum = numbers.reduce((total, value) => total + value, 0)
  return [sum, numbers.reduce((total, value, i) => total + value * i, 0)]
}

const rowsOf = ({ tasks }: Dataset): number[] => tasks.map(({ targets }) => targets.length)
const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

describe.each(Object.entries(datasets))('%s', (name, set) => {
  it('has its name, a story and a meaning for each column', () => {
    expect(set.name).toBe(name)
    for (const text of [set.title, set.source, set.citation, set.taskNoun])
      expect(text.length).toBeGreaterThan(4)
    const { task, targets, inputs, descriptor = [] } = set.description
    for (const column of [...Object.keys(targets), ...inputs, ...descriptor])
      expect(set.units).toHaveProperty(typeof column === 'string' ? column : column.column)
    expect(Object.keys(set.table())).toEqual(
      expect.arrayContaining([task ?? [], Object.keys(set.units)].flat()),
    )
  })

  it('gives the same data at each call', () => {
    expect(fingerprint(set.data())).toBe(fingerprint(set.data()))
  })
})

describe('High School & Beyond', () => {
  const data = datasets.hsb.data()

  it('has 160 schools of 14 to 67 pupils, three inputs and three descriptors', () => {
    const rows = rowsOf(data)
    expect([rows.length, total(rows), Math.min(...rows), Math.max(...rows)]).toEqual([160, 7185, 14, 67])
    const [first] = data.tasks
    expect(first.name).toBe('1224')
    expect(first.features.map(({ name }) => name)).toEqual(['ses', 'minority', 'sex'])
    expect([...(first.descriptor ?? [])]).toEqual([0, 842, -0.428])
  })

  it('keeps the order of rows of its source', () => {
    const { mathach, ses, minority, sex } = datasets.hsb.table()
    expect([mathach, ses, minority, sex].map(sums)).toEqual([
      [91593.32099999984, 328370303.5559992],
      [1.0299999999994134, 238649.37000000125],
      [1974, 6425986],
      [3795, 13683087],
    ])
  })
})

describe('verbal aggression', () => {
  it('has 24 answers of each of 316 persons', () => {
    const { tasks } = datasets.verbagg.data()
    expect(tasks).toHaveLength(316)
    for (const task of tasks) expect(task.targets).toHaveLength(24)
    expect(tasks[0].classes).toEqual(['no', 'yes'])
    expect([...(tasks[0].descriptor ?? [])]).toEqual([20, 1])
  })

  it('keeps the order of rows of its source', () => {
    const { response, train, store, operator, scold, shout, do: act } = datasets.verbagg.table()
    const answers = Array.from(response, (answer) => answer === 'yes')
    expect([answers, train, store, operator, scold, shout, act].map(sums)).toEqual([
      [3611, 13957037],
      [1896, 7185840],
      [1896, 7191528],
      [1896, 7197216],
      [2528, 9584912],
      [2528, 9587440],
      [3792, 14400120],
    ])
  })
})

describe('sleep deprivation', () => {
  it('has ten days of each of 18 persons, in order', () => {
    const { tasks } = datasets.sleepstudy.data()
    expect(tasks).toHaveLength(18)
    for (const task of tasks) expect([...task.inputs.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const [sum, ordered] = sums(datasets.sleepstudy.table().reaction)
    expect(sum).toBeCloseTo(53731.42049999999, 6)
    expect(ordered).toBeCloseTo(4914006.8629, 4)
  })
})

describe('examination marks', () => {
  it('has two tasks on one table, with holes', () => {
    const data = datasets.gcsemv.data()
    expect(sharedInputs(data)?.rows).toBe(1905)
    expect(data.tasks.map((task) => [task.name, observed(task).targets.length])).toEqual([
      ['written', 1703],
      ['course', 1725],
    ])
    const both = data.tasks[0].targets.some(
      (value, i) => Number.isNaN(value) && Number.isNaN(data.tasks[1].targets[i]),
    )
    expect(both).toBe(false)
    for (const task of data.tasks) {
      const marks = observed(task).targets
      expect(Math.min(...marks)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...marks)).toBeLessThanOrEqual(100)
    }
  })

  it('keeps the order of rows of its source', () => {
    const { written, course, sex } = datasets.gcsemv.table()
    expect([written, course, sex].map(sums)).toEqual([
      [78960, 74480144.2],
      [126593.34999999998, 119739727.5999999],
      [1128, 1085221],
    ])
  })
})
