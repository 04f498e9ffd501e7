import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { splitSizes, targetGroups } from './layout.ts'
import { metric } from './evidence.fixture.ts'

const row = (i: number): number[] => [i]
const task = (name: string, targets: readonly (number | null)[], weights?: readonly number[]): object => ({
  name,
  inputs: targets.map((_, i) => row(i)),
  targets,
  ...(weights && { weights }),
})
const data = dataset([
  task('a', [1, 2, 3, 4, 5, 6]),
  task('b', [1, null, 3, 4]),
  task('c', [1, 2, 3], [1, 0, 2]),
] as Parameters<typeof dataset>[0])
const test = (...rows: readonly (readonly number[])[]): { test: Int32Array[] } => ({
  test: rows.map((list) => Int32Array.from(list)),
})

describe('splitSizes', () => {
  it('counts labelled rows that have a weight', () => {
    const sizes = splitSizes(data, [test([0, 1], [1, 2], [1, 2]), test([0], [], [0])])
    expect([...sizes.rows]).toEqual([6, 3, 2])
    // Tested: 2, 1, 1 of 11 rows, then 1, 0, 1.
    expect(sizes.testedByTrained).toBeCloseTo((4 / 7 + 2 / 9) / 2, 12)
    // Over the splits that test a task: 3 tested beside 4 + 5 trained, 1 beside 2, 2 beside 2.
    expect([...sizes.taskTestedByTrained]).toEqual([3 / 9, 1 / 2, 2 / 2])
    expect([...sizes.testRows]).toEqual([1.5, 1, 1])
  })

  it('takes the ratio of all tasks for one that is unseen where it is tested', () => {
    const unseen = { ...test([0, 1, 2, 3, 4, 5], [], []), unseen: [0] }
    const sizes = splitSizes(data, [unseen, test([], [0], [])])
    const all = (6 / 5 + 1 / 10) / 2
    expect(sizes.testedByTrained).toBeCloseTo(all, 12)
    expect([...sizes.taskTestedByTrained]).toEqual([sizes.testedByTrained, 1 / 2, sizes.testedByTrained])
    expect([...sizes.testRows]).toEqual([6, 1, 0])
  })
})

describe('targetGroups', () => {
  it('judges tasks of one target and kind together, by the metrics of their kind', () => {
    const mixed = dataset([
      { name: 'a', target: 'x', inputs: [[1]], targets: [1] },
      { name: 'b', target: 'y', inputs: [[1]], targets: [1], kind: 'binary' },
      { name: 'c', target: 'x', inputs: [[1]], targets: [1], kind: 'binary' },
      { name: 'd', target: 'x', inputs: [[1]], targets: [1] },
    ])
    const metrics = [metric('error'), metric('loss', { kinds: ['binary'] })]
    const groups = targetGroups(mixed.tasks, metrics)
    expect(groups.map(({ target, tasks, metrics: own }) => [target, tasks, own[0].name])).toEqual([
      ['x', [0, 3], 'error'],
      ['y', [1], 'loss'],
      ['x', [2], 'loss'],
    ])
  })
})
