import { MtlError, createRandom, dataset, fit, isReal } from '@mtl/core'
import type { Dataset, TaskInit } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { settingsOf, type VariationalOptions } from './options.ts'
import { variational } from './variational.ts'
import { variationalWarnings } from './warnings.ts'

type Kind = 'regression' | 'binary' | 'multiclass'

function tasksOf(tasks: number, rows: number, kind: Kind = 'regression'): Dataset {
  return relatedTasks({ random: createRandom(3), tasks, rows, features: 2, spread: 0.3, noise: 0.3, kind })
}

/** Trains, and predicts the very rows: finite, whatever the data; the warnings by code. */
async function warningsOf(data: Dataset, options: VariationalOptions = {}): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const model = await fit(variational(options), data, {
    random: 1,
    onEvent: (event) => {
      if (event.type === 'warning') found.set(event.code, event.message)
    },
  })
  for (const prediction of Object.values(await model.predict(data))) {
    expect(prediction.point.every(Number.isFinite)).toBe(true)
    if (isReal(prediction)) expect(prediction.variance.every((value) => value > 0)).toBe(true)
  }
  return found
}

const given = { priorRule: 'match' } as const

describe('awkward data has a result and its warning:', () => {
  it('a single task, on its own', async () => {
    const found = await warningsOf(tasksOf(1, 8))
    expect(found.get('lone-task')).toBe(
      'learns from its own rows alone, no other task being of use to it: "task-0"',
    )
  })

  it('a task that no other resembles', async () => {
    const { tasks } = tasksOf(5, 40)
    const [first, ...others] = tasks
    const odd = { ...first, targets: first.targets.map((y) => 3 - 4 * y) }
    const found = await warningsOf({ tasks: [odd, ...others] }, { ...given, concentration: 0.1 })
    expect(found.get('lone-task')).toContain('"task-0"')
  })

  it('a class that a task has no rows of', async () => {
    const { tasks } = tasksOf(4, 12, 'multiclass')
    const [first, ...others] = tasks
    const lacking = { ...first, targets: first.targets.map((y) => (y === 2 ? NaN : y)) }
    const found = await warningsOf({ tasks: [lacking, ...others] }, given)
    expect(found.get('class-without-rows')).toBe(
      'no row of the class, so its predictions rest on other tasks: "task-0: high"',
    )
  })

  it('classes that another task does not have, one row of each', async () => {
    const inputs = [[0], [1], [2]]
    const data = dataset([
      { name: 'first', kind: 'multiclass', classes: ['a', 'b', 'c'], inputs, targets: [0, 1, 2] },
      { name: 'second', kind: 'multiclass', classes: ['c', 'b', 'd'], inputs, targets: [0, 1, 2] },
      { name: 'third', kind: 'multiclass', classes: ['x', 'y', 'z'], inputs, targets: [0, 1, 2] },
    ])
    await warningsOf(data)
    const { parameters } = await fit(variational(given), data, { random: 1 })
    // A task of other classes is no component of the others, and has none.
    expect([...parameters.relatedness.data.subarray(8)]).toEqual([0, 0, 0, 1])
    expect(parameters.relatedness.data[2]).toBe(0)
    expect(parameters.relatedness.data[1]).toBeGreaterThan(0)
  })

  it('labels of one class', async () => {
    const { tasks } = tasksOf(3, 6, 'binary')
    const data = { tasks: tasks.map((task) => ({ ...task, targets: task.targets.map(() => 1) })) }
    expect([...(await warningsOf(data)).keys()]).toContain('one-class')
  })

  it('targets that are all equal, which are then predicted', async () => {
    const { tasks } = tasksOf(4, 6)
    const data = { tasks: tasks.map((task) => ({ ...task, targets: task.targets.map(() => 3) })) }
    expect([...(await warningsOf(data)).keys()]).toContain('constant-target')
    const { 'task-0': prediction } = await (await fit(variational(given), data, { random: 1 })).predict(data)
    prediction.point.forEach((value) => expect(value).toBeCloseTo(3, 6))
  })

  it('a task without rows, which the others do not learn of', async () => {
    const { tasks } = tasksOf(5, 8)
    const [first, ...others] = tasks
    const data = { tasks: [{ ...first, targets: first.targets.map(() => NaN) }, ...others] }
    expect([...(await warningsOf(data, given)).keys()]).toContain('task-without-rows')
    const { parameters } = await fit(variational(given), data, { random: 1 })
    expect([...parameters.teachers]).toEqual([1, 2, 3, 4])
    for (let t = 1; t < 5; t++) expect(parameters.relatedness.data[t * 6]).toBe(0)
  })

  it('many outer steps', async () => {
    const found = await warningsOf(tasksOf(3, 8), { ...given, outerSteps: 4 })
    expect(found.get('double-counting')).toContain('with 4 outer steps')
    expect([...(await warningsOf(tasksOf(3, 8), given)).keys()]).not.toContain('double-counting')
  })

  it('a limit of steps that was met', async () => {
    const found = await warningsOf(tasksOf(3, 8), { ...given, maxSteps: 1 })
    expect(found.get('step-limit')).toContain('still gaining after 1 sweeps')
  })

  it('more tasks than can all learn of one another', async () => {
    const random = createRandom(5)
    const tasks = Array.from({ length: 201 }, (_, t): TaskInit => {
      const inputs = [[random.next()], [random.next()], [random.next()]]
      const sign = 1 - 2 * (t % 2)
      return { name: `task ${t}`, inputs, targets: inputs.map(([x]) => sign * (x + 0.1 * random.next())) }
    })
    const data = dataset(tasks)
    const options = { ...given, outerSteps: 2, maxSteps: 3, neighbours: 4 }
    expect([...(await warningsOf(data, options)).keys()]).toContain('neighbour-components')
    const { parameters } = await fit(variational(options), data, { random: 1 })
    expect(parameters.relatednessHistory).toEqual([])
    const row = parameters.relatedness.data.subarray(0, 202)
    const nearest = [...row.keys()].filter((t) => row[t] > 0)
    expect(nearest).toHaveLength(5)
    // Of its own sign, and the anchor.
    expect(nearest.slice(0, 4).every((t) => t % 2 === 0)).toBe(true)
  })

  it('rules that held-out rows cannot tell apart', async () => {
    const data = tasksOf(4, 8)
    const { parameters } = await fit(variational(), data, { random: 1 })
    const { choice } = parameters
    if (choice === undefined) throw new Error('no choice was made')
    const codesOf = (logLoss: number[]): string[] =>
      variationalWarnings(
        {
          ...parameters,
          choice: {
            ...choice,
            logLoss: Float64Array.from(logLoss),
            standardError: Float64Array.of(0.1, 0.1),
          },
        },
        data,
        settingsOf({}),
      ).map(({ code }) => code)
    expect(codesOf([0.5, 0.55, 0.6, 0.6])).toContain('rule-undecided')
    expect(codesOf([0.5, 0.75, 0.55, 0.7])).not.toContain('rule-undecided')
  })
})

describe('what cannot be is refused:', () => {
  it('two classes that are not those of another task of the target, with the remedy', async () => {
    const inputs = [[0], [1]]
    const data = dataset([
      { name: 'first', kind: 'binary', classes: ['no', 'yes'], inputs, targets: [0, 1] },
      { name: 'second', kind: 'binary', classes: ['yes', 'no'], inputs, targets: [0, 1] },
    ])
    const refused: unknown = await fit(variational(), data, { random: 1 }).catch((error: unknown) => error)
    if (!(refused instanceof MtlError)) throw new Error('it was not refused')
    expect(refused.code).toBe('unsupported')
    expect(refused.message).toContain('"first" and "second" differ: give them the same classes')
  })

  it('options out of their range, by name', () => {
    expect(() => variational({ outerSteps: 0 })).toThrow('outerSteps must be an integer >= 1')
    expect(() => variational({ priorVariance: 0 })).toThrow('priorVariance must be a finite number > 0')
    expect(() => variational({ noiseVariance: -1 })).toThrow('noiseVariance')
    expect(() => variational({ transferVariance: NaN })).toThrow('transferVariance')
    expect(() => variational({ priorRule: 'mean' as 'match' })).toThrow(
      'priorRule must be one of auto, match',
    )
    expect(() => variational({ anchor: 'no' as 'none' })).toThrow('anchor must be one of prior, none')
    expect(() => variational({ concentration: 'learn' as unknown as number })).toThrow('concentration')
  })
})
