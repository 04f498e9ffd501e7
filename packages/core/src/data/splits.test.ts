import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matrix } from '../linalg/matrix.ts'
import { createRandom } from '../random/generator.ts'
import { dataset } from './dataset.ts'
import { splitData } from './split-data.ts'
import { holdout, kFold, leaveTasksOut, splitWhere } from './splits.ts'
import type { Dataset, Split, Task, TaskInit } from './types.ts'

const label = fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(NaN) })
const kinds = fc.constantFrom('regression', 'multiclass')

/** Tasks of their own rows, each row's input its number. */
const ownRows = fc
  .uniqueArray(
    fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), kinds, fc.array(label, { maxLength: 20 })),
    {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((tasks) => tasks.map(([name, kind, targets]) => taskInit(`task ${name}`, kind, targets)))

/** Tasks on one table. */
const sharedRows = fc
  .tuple(fc.nat(12), fc.integer({ min: 2, max: 4 }))
  .chain(([rows, tasks]) =>
    fc.array(fc.tuple(kinds, fc.array(label, { minLength: rows, maxLength: rows })), {
      minLength: tasks,
      maxLength: tasks,
    }),
  )
  .map((tasks) => {
    const { inputs } = taskInit('', 'regression', tasks[0][1])
    return tasks.map(([kind, targets], k) => ({ ...taskInit(`t${k}`, kind, targets), inputs }))
  })

function taskInit(name: string, kind: Task['kind'], targets: readonly number[]): TaskInit {
  const inputs = matrix(targets.length, 1, Float64Array.from(targets.keys()))
  return { name, kind, inputs, targets, ...(kind === 'multiclass' && { classes: ['0', '1', '2'] }) }
}

const labelled = ({ targets }: Task): number[] => [...targets.keys()].filter((i) => !Number.isNaN(targets[i]))
const count = (n: number, fraction: number): number =>
  Math.max(0, Math.min(Math.floor(n * fraction + 0.5), n - 1))
const counts = (task: Task, rows: Iterable<number>): number[] => {
  const result = [0, 0, 0]
  for (const i of rows) result[task.targets[i]] += 1
  return result
}
const property = <T>(arbitrary: fc.Arbitrary<T>, hold: (value: T, seed: number) => void): void =>
  fc.assert(fc.property(arbitrary, fc.integer(), hold))
const ascending = (rows: Int32Array): boolean => rows.every((row, i) => i === 0 || rows[i - 1] < row)

/** Every label stands on one side, and on one alone, with the row it had. */
function expectComplete(data: Dataset, split: Split): void {
  const { train, test, examples } = splitData(data, split)
  for (const task of data.tasks) {
    const of = (side: Dataset): number[] =>
      side.tasks
        .filter(({ name }) => name === task.name)
        .flatMap((part) => labelled(part).map((i) => 10 * part.inputs.data[i] + part.targets[i]))
    const all = labelled(task).map((i) => 10 * i + task.targets[i])
    expect([...of(train), ...of(test), ...of(examples)].sort((a, b) => a - b)).toEqual(all)
  }
}

describe('holdout', () => {
  const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true })

  it('tests the stated number of each task, classes within one of their share, and loses no label', () => {
    property(fc.tuple(ownRows, fraction), ([tasks, testFraction], seed) => {
      const data = dataset(tasks)
      const split = holdout(data, { random: createRandom(seed), testFraction })
      data.tasks.forEach((task, k) => {
        const rows = labelled(task)
        const tested = split.test[k]
        expect(tested.length).toBe(count(rows.length, testFraction))
        expect(ascending(tested)).toBe(true)
        if (task.kind === 'regression' || rows.length === 0) return
        const all = counts(task, rows)
        counts(task, tested).forEach((n, c) =>
          expect(Math.abs(n - (all[c] * tested.length) / rows.length)).toBeLessThan(1),
        )
      })
      expectComplete(data, split)
    })
  })

  it('depends on the seed alone, and a further task moves no other', () => {
    property(ownRows, (tasks, seed) => {
      const draw = (some: readonly TaskInit[]): Split =>
        holdout(dataset(some), { random: createRandom(seed), testFraction: 0.4 })
      const split = draw(tasks)
      expect(draw(tasks)).toEqual(split)
      const more = draw([taskInit('first', 'regression', [1, 2, 3]), ...tasks])
      expect(more.test.slice(1)).toEqual(split.test)
    })
    const one = dataset([
      taskInit(
        'a',
        'regression',
        Array.from({ length: 40 }, () => 1),
      ),
    ])
    const [left, right] = [1, 2].map((seed) =>
      holdout(one, { random: createRandom(seed), testFraction: 0.5 }),
    )
    expect(left).not.toEqual(right)
    expect(left.test[0]).not.toEqual(left.test[1])
  })

  it('draws every row alike', () => {
    const data = dataset([taskInit('a', 'multiclass', [0, 0, 0, 0, 1, 1, 2, 2])])
    const tested = new Array<number>(8).fill(0)
    for (let seed = 0; seed < 2000; seed++) {
      const [rows] = holdout(data, { random: createRandom(seed), testFraction: 0.5 }).test
      for (const row of rows) tested[row] += 1
    }
    // sd of a count of 2000 draws at 1/2 is 22.4; 5 sd.
    for (const n of tested) expect(Math.abs(n - 1000)).toBeLessThan(112)
  })

  it('draws rows whatever their class where asked to, as many of each task', () => {
    const targets = Array.from({ length: 24 }, (_, i) => Number(i < 6))
    const data = dataset([taskInit('a', 'multiclass', targets)])
    const shares = Array.from({ length: 50 }, (_, seed) => {
      const options = { random: createRandom(seed), stratify: 'task' } as const
      const [rows] = holdout(data, { ...options, testFraction: 0.5 }).test
      const folds = kFold(data, { ...options, folds: 2 }).map(({ test: [fold] }) => fold)
      expect([rows, ...folds].map(({ length }) => length)).toEqual([12, 12, 12])
      return [rows, folds[0]].map((tested) => counts(data.tasks[0], tested)[1])
    })
    // Hypergeometric: mean 3, sd 1.25; by class each would be 3.
    for (const side of [0, 1]) expect(new Set(shares.map((of) => of[side])).size).toBeGreaterThan(2)
  })

  it('sends a row of a shared table to one side with all its labels', () => {
    property(fc.tuple(sharedRows, fraction), ([tasks, testFraction], seed) => {
      const data = dataset(tasks)
      const split = holdout(data, { random: createRandom(seed), testFraction })
      const any = new Set(data.tasks.flatMap(labelled))
      expect(split.test[0].length).toBeLessThanOrEqual(count(any.size, testFraction))
      for (const [k, task] of data.tasks.entries()) {
        expect(split.test[k]).toBe(split.test[0])
        const rows = labelled(task)
        if (rows.length > 0) expect(rows.some((row) => !split.test[k].includes(row))).toBe(true)
      }
      const { train, test } = splitData(data, split)
      for (const side of [train, test])
        for (const task of side.tasks) expect(task.inputs).toBe(side.tasks[0].inputs)
      expect(train.tasks[0].inputs.rows + test.tasks[0].inputs.rows).toBe(data.tasks[0].inputs.rows)
      expectComplete(data, split)
    })
  })

  it('tests the stated number of a shared table whose labels are all there', () => {
    const targets = [1, 2, 3, 4, 5, 6, 7]
    const task = { ...taskInit('', 'regression', targets), targets }
    const data = dataset([
      { ...task, name: 'a' },
      { ...task, name: 'b' },
    ])
    expect(holdout(data, { random: createRandom(1), testFraction: 0.3 }).test[1]).toHaveLength(2)
  })

  it("splits each task for itself by 'target', and the sides keep the one matrix", () => {
    property(sharedRows, (tasks, seed) => {
      const data = dataset(tasks)
      const split = holdout(data, { random: createRandom(seed), testFraction: 0.5, by: 'target' })
      data.tasks.forEach((task, k) => expect(split.test[k]).toHaveLength(count(labelled(task).length, 0.5)))
      const { train, test } = splitData(data, split)
      for (const side of [train, test])
        for (const task of side.tasks) expect(task.inputs).toBe(side.tasks[0].inputs)
      expectComplete(data, split)
    })
  })

  it.each([0, 1, NaN, -0.1])('refuses a test fraction of %s', (testFraction) => {
    const data = dataset([taskInit('a', 'regression', [1, 2])])
    expect(() => holdout(data, { random: createRandom(1), testFraction })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  })
})

describe('kFold', () => {
  it('tests each labelled row once, in folds of equal size and classes', () => {
    property(fc.tuple(ownRows, fc.integer({ min: 2, max: 6 })), ([tasks, folds], seed) => {
      const data = dataset(tasks)
      const splits = kFold(data, { random: createRandom(seed), folds })
      expect(splits).toHaveLength(folds)
      data.tasks.forEach((task, k) => {
        const tested = splits.map(({ test }) => test[k])
        const rows = labelled(task)
        expect([...tested.flatMap((list) => [...list])].sort((a, b) => a - b)).toEqual(
          rows.length > 1 ? rows : [],
        )
        if (rows.length < 2) return
        expectWithinOne(tested.map(({ length }) => length))
        if (task.kind === 'multiclass')
          for (const c of [0, 1, 2]) expectWithinOne(tested.map((list) => counts(task, list)[c]))
      })
      for (const split of splits) expectComplete(data, split)
    })
  })

  it('keeps a label of each task of a shared table in every training set', () => {
    property(sharedRows, (tasks, seed) => {
      const data = dataset(tasks)
      for (const split of kFold(data, { random: createRandom(seed), folds: 2 })) {
        const { train } = splitData(data, split)
        data.tasks.forEach((task, k) => {
          if (labelled(task).length > 0) expect(labelled(train.tasks[k]).length).toBeGreaterThan(0)
        })
      }
    })
  })

  function expectWithinOne(numbers: readonly number[]): void {
    expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThanOrEqual(1)
  }
})

describe('leaveTasksOut', () => {
  it('tests each task once, and hands its examples over', () => {
    const arbitrary = fc.tuple(
      fc.oneof(ownRows, sharedRows).filter((tasks) => tasks.length > 1),
      fc.nat(3),
      fc.integer({ min: 2, max: 5 }),
    )
    property(arbitrary, ([tasks, examples, most], seed) => {
      const data = dataset(tasks)
      const folds = Math.min(most, tasks.length)
      const splits = leaveTasksOut(data, { random: createRandom(seed), folds, examples })
      const unseen = splits.flatMap((split) => split.unseen ?? [])
      expect([...unseen].sort((a, b) => a - b)).toEqual([...data.tasks.keys()])
      for (const split of splits) {
        const sides = splitData(data, split)
        const left = (split.unseen ?? []).map((k) => data.tasks[k])
        expect(sides.train.tasks.map(({ name }) => name)).toEqual(
          data.tasks.filter((task) => !left.includes(task)).map(({ name }) => name),
        )
        for (const { name, ...task } of left) {
          const given = sides.examples.tasks.find((candidate) => candidate.name === name)
          const n = labelled({ name, ...task }).length
          expect(given === undefined ? 0 : labelled(given).length).toBe(
            Math.max(0, Math.min(examples, n - 1)),
          )
        }
        expectComplete(data, split)
      }
    })
  })

  it('deals the tasks of each target evenly', () => {
    const targets = ['a', 'b'].flatMap((target) =>
      Array.from({ length: 6 }, (_, k) => ({ ...taskInit(`${target}${k}`, 'regression', [1, 2]), target })),
    )
    const splits = leaveTasksOut(dataset(targets), { random: createRandom(3), folds: 3 })
    for (const { unseen = [] } of splits) expect(unseen.filter((k) => k < 6)).toHaveLength(2)
  })

  it('refuses more folds than tasks', () => {
    const data = dataset([taskInit('a', 'regression', [1]), taskInit('b', 'regression', [1])])
    expect(() => leaveTasksOut(data, { random: createRandom(1), folds: 3 })).toThrow('folds must be')
  })
})

describe('splitWhere', () => {
  it('asks by position in the table where rows have one', () => {
    const data = dataset([
      { name: 'a', inputs: [[1], [2]], targets: [1, 2], rows: [7, 9] },
      { name: 'b', inputs: [[1], [2]], targets: [1, 2] },
    ])
    const { test } = splitWhere(data, (row, task) => row === 9 || (row === 0 && task === 'b'))
    expect(test).toEqual([Int32Array.of(1), Int32Array.of(0)])
  })
})

describe('splitData', () => {
  it('keeps weights and positions with their rows, and a task that is not tested as it is', () => {
    const data = dataset([
      { name: 'a', inputs: [[1], [2], [3]], targets: [1, 2, 3], rows: [4, 5, 6], weights: [1, 2, 3] },
      { name: 'b', inputs: [[1]], targets: [1] },
    ])
    const { train, test, examples } = splitData(data, { test: [Int32Array.of(1), new Int32Array(0)] })
    expect(train.tasks[0]).toMatchObject({ weights: Float64Array.of(1, 3), rows: Int32Array.of(4, 6) })
    expect(test.tasks[0]).toMatchObject({ weights: Float64Array.of(2), rows: Int32Array.of(5) })
    expect(train.tasks[1]).toBe(data.tasks[1])
    expect(test.tasks[1].inputs.rows).toBe(0)
    expect(examples.tasks).toEqual([])
  })

  it('refuses a split of other data', () => {
    const data = dataset([taskInit('a', 'regression', [1])])
    expect(() => splitData(data, { test: [] })).toThrow('a split of 0 tasks does not fit data of 1')
    for (const row of [-1, 1])
      expect(() => splitData(data, { test: [Int32Array.of(row)] })).toThrow(
        `a split tests position ${row} of task "a", which has 1 rows`,
      )
  })

  it('refuses rows out of order, which would be trained on too', () => {
    const data = dataset([taskInit('a', 'regression', [1, 2, 3])])
    for (const rows of [
      [2, 0],
      [1, 1],
    ])
      expect(() => splitData(data, { test: [Int32Array.from(rows)] })).toThrow(
        'the test rows of task "a" do not ascend',
      )
  })
})
