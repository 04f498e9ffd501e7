import { MtlError, createRandom, dataset, fit, isReal } from '@mtl/core'
import type { Dataset, TaskInit } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { settingsOf, type TaskClusteringOptions } from './options.ts'
import { taskClustering } from './task-clustering.ts'
import { clusteringWarnings } from './warnings.ts'

function tasksOf(tasks: number, rows: number): Dataset {
  return relatedTasks({ random: createRandom(3), tasks, rows, features: 2, spread: 0.3, noise: 0.3 })
}

/** Trains, and predicts the very rows: finite, whatever the data; the warnings' codes. */
async function codesOf(data: Dataset, options: TaskClusteringOptions): Promise<Set<string>> {
  const codes = new Set<string>()
  const model = await fit(taskClustering(options), data, {
    random: 1,
    onEvent: (event) => {
      if (event.type === 'warning') codes.add(event.code)
    },
  })
  for (const prediction of Object.values(await model.predict(data))) {
    expect(prediction.point.every(Number.isFinite)).toBe(true)
    if (isReal(prediction)) expect(prediction.variance.every(Number.isFinite)).toBe(true)
  }
  return codes
}

async function refusalOf(data: Dataset, options: TaskClusteringOptions): Promise<MtlError> {
  const refused: unknown = await fit(taskClustering(options), data, { random: 1 }).catch(
    (error: unknown) => error,
  )
  if (refused instanceof MtlError) return refused
  throw new Error('it was not refused')
}

const identity = { activation: 'identity' } as const

describe('awkward data', () => {
  it('is refused where there are more clusters than tasks with rows, with the remedy', async () => {
    const data = tasksOf(3, 6)
    const [first, ...others] = data.tasks
    const empty = { ...first, targets: first.targets.map(() => NaN) }
    const refused = await refusalOf({ tasks: [empty, ...others] }, { ...identity, clusters: 3 })
    expect(refused.code).toBe('unsupported')
    expect(refused.message).toBe(
      '3 clusters need as many tasks with labelled rows, and there are 2: lower the option clusters',
    )
  })

  it('is refused where a descriptor is asked for and a task has none, by its name', async () => {
    for (const options of [{ priorMean: 'descriptor' }, { gating: 'descriptor', clusters: 2 }] as const) {
      const refused = await refusalOf(tasksOf(4, 6), { ...identity, ...options })
      expect(refused.code).toBe('unsupported')
      expect(refused.message).toContain('task-0')
    }
  })

  it('of an unseen task without the descriptor that was trained on is refused', async () => {
    const { tasks } = tasksOf(6, 6)
    const data = { tasks: tasks.map((task, k) => ({ ...task, descriptor: Float64Array.of(k) })) }
    const model = await fit(taskClustering({ ...identity, priorMean: 'descriptor' }), data, { random: 1 })
    await expect(model.predictTask({}, tasks[0].inputs)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('has its warning: many clusters of few tasks', async () => {
    const codes = await codesOf(tasksOf(5, 8), { ...identity, clusters: 2, restarts: 1 })
    expect([...codes]).toContain('many-clusters')
  })

  it('has its warning: one row in every task', async () => {
    expect([...(await codesOf(tasksOf(12, 1), identity))]).toContain('one-row-each')
  })

  it('has its warning: targets that are all equal, which are then predicted', async () => {
    const { tasks } = tasksOf(4, 6)
    const data = { tasks: tasks.map((task) => ({ ...task, targets: task.targets.map(() => 3) })) }
    expect([...(await codesOf(data, identity))]).toContain('constant-target')
    const model = await fit(taskClustering(identity), data, { random: 1 })
    const { 'task-0': prediction } = await model.predict(data)
    prediction.point.forEach((value) => expect(value).toBeCloseTo(3, 6))
  })

  it('has its warning: a task without rows, predicted as one never seen', async () => {
    const { tasks } = tasksOf(6, 8)
    const [first, ...others] = tasks
    const data = { tasks: [{ ...first, targets: first.targets.map(() => NaN) }, ...others] }
    expect([...(await codesOf(data, identity))]).toContain('task-without-rows')
    const model = await fit(taskClustering(identity), data, { random: 1 })
    const { 'task-0': known } = await model.predict(data)
    const unseen = await model.predictTask({}, first.inputs)
    known.point.forEach((value, i) => expect(value).toBeCloseTo(unseen.point[i], 9))
  })

  it('has its warning: no label at all, where the prior is the result', async () => {
    const { tasks } = tasksOf(4, 6)
    const data = { tasks: tasks.map((task) => ({ ...task, targets: task.targets.map(() => NaN) })) }
    expect([...(await codesOf(data, {}))]).toContain('task-without-rows')
  })

  it('has its warning: weights that do not vary between tasks', async () => {
    const alike = relatedTasks({
      random: createRandom(4),
      tasks: 30,
      rows: 8,
      features: 2,
      spread: 0,
      noise: 1,
    })
    expect([...(await codesOf(alike, identity))]).toContain('singular-covariance')
  })

  it('has its warning: a limit of steps that was met', async () => {
    const codes = await codesOf(tasksOf(8, 8), { ...identity, expectationMaximisationSteps: 1, maxSteps: 1 })
    expect([...codes]).toContain('step-limit')
  })

  it('has its warning: a choice that is close', async () => {
    const line = relatedTasks({
      random: createRandom(3),
      tasks: 10,
      rows: 8,
      features: 1,
      spread: 0.3,
      noise: 0.3,
    })
    expect([...(await codesOf(line, { hiddenUnits: 1, restarts: 1 }))]).toContain('close-choice')
  })

  it('has its warning: a cluster without tasks', async () => {
    const data = tasksOf(8, 8)
    const { parameters } = await fit(taskClustering({ ...identity, clusters: 2 }), data, { random: 1 })
    const { choice } = parameters
    const candidates = [{ ...choice.candidates[0], effectiveClusters: 1 }]
    const warnings = clusteringWarnings(
      { ...parameters, choice: { ...choice, candidates } },
      data,
      settingsOf({}),
    )
    expect(warnings.map(({ code }) => code)).toContain('dead-cluster')
  })

  it('has its warning: a class that no row has, which is then improbable', async () => {
    const random = createRandom(5)
    const tasks = Array.from({ length: 5 }, (_, k): TaskInit => {
      const inputs = Array.from({ length: 8 }, () => [random.next()])
      return {
        name: `task ${k}`,
        kind: 'multiclass',
        classes: ['a', 'b', 'c'],
        inputs,
        targets: inputs.map((__, i) => i % 2),
      }
    })
    const data = dataset(tasks)
    expect([...(await codesOf(data, identity))]).toContain('absent-class')
    const model = await fit(taskClustering(identity), data, { random: 1 })
    const { 'task 0': prediction } = await model.predict(data)
    expect([...prediction.point]).not.toContain(2)
  })

  it('with one class in all rows is one-class, finite', async () => {
    const { tasks } = relatedTasks({
      random: createRandom(6),
      tasks: 4,
      rows: 6,
      features: 1,
      spread: 1,
      noise: 1,
      kind: 'binary',
    })
    const data = { tasks: tasks.map((task) => ({ ...task, targets: task.targets.map(() => 1) })) }
    expect([...(await codesOf(data, identity))]).toContain('one-class')
  })

  it('of other classes in another task is refused', async () => {
    const inputs = [[0], [1]]
    const data = dataset([
      { name: 'first', kind: 'binary', classes: ['no', 'yes'], inputs, targets: [0, 1] },
      { name: 'second', kind: 'binary', classes: ['off', 'on'], inputs, targets: [0, 1] },
    ])
    expect((await refusalOf(data, identity)).message).toContain('"first" and "second" differ')
  })
})

describe('options', () => {
  it('out of their range are refused by name', () => {
    expect(() => taskClustering({ clusters: 0 })).toThrow('clusters must be an integer >= 1, got 0')
    expect(() => taskClustering({ clusters: [] })).toThrow('clusters must be a number or a list')
    expect(() => taskClustering({ gating: 'descriptor' })).toThrow('let clusters be 2 or more')
    expect(() => taskClustering({ activation: 'sigmoid' as 'tanh' })).toThrow('activation must be one of')
    expect(() => taskClustering({ restarts: 1.5 })).toThrow('restarts must be an integer')
  })
})
