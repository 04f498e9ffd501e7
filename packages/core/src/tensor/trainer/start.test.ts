import { describe, expect, it } from 'vitest'
import type { Dataset, Task } from '../../data/types.ts'
import type { RealDistribution } from '../../distribution/types.ts'
import type { Model } from '../../model/types.ts'
import { long, rowOf, trained, wide } from './training.fixture.ts'

const [a, b, c] = long.tasks
const withoutRows = (task: Task): Task => ({
  ...task,
  inputs: { ...task.inputs, rows: 0, data: new Float64Array(0) },
  targets: new Float64Array(0),
})
/** Numbers of the predictions for some tasks. */
const predicted = async (model: Model, tasks: Dataset['tasks']): Promise<readonly Float64Array[]> =>
  Object.values(await model.predict({ tasks })).flatMap((prediction) => {
    const { mean, variance } = prediction as RealDistribution
    return [mean, variance]
  })

const onlyNew = { schedule: { 1: { tasks: ['c'], rates: { 'shared/': 0 } } }, learningRate: 0.1 }

describe("a training that starts from a model's parameters", () => {
  it('leaves what tasks are predicted that do not train, to the bit, wherever they stand and with rows or without', async () => {
    const before = await trained({}, { tasks: [a, b] })
    const expected = await predicted(before.model, [a, b])
    const options = { ...onlyNew, start: before.model.parameters }
    for (const tasks of [
      [a, b, c],
      [c, b, a],
      [withoutRows(a), withoutRows(b), c],
    ]) {
      const { model } = await trained(options, { tasks })
      expect(await predicted(model, [a, b])).toEqual(expected)
      const k = tasks.indexOf(c)
      expect(rowOf(model.parameters.weights, 'tasks:0/bias', k)).not.toEqual([0])
    }
  })

  it('does so on rows that all tasks share', async () => {
    const [first, second] = wide.tasks
    const before = await trained({}, { tasks: [first, second] })
    const expected = await predicted(before.model, [first, second])
    const { model } = await trained({ ...onlyNew, start: before.model.parameters }, wide)
    expect(await predicted(model, [first, second])).toEqual(expected)
  })

  it('knows a task by its name and kind, and gives a new one the scale of what it measures', async () => {
    const { model: before } = await trained({}, { tasks: [a, b] })
    const other = { ...c, target: 'other', targets: c.targets.map((y) => 100 + 30 * y) }
    const start = before.parameters
    const fitted = async (data: Dataset) => (await trained({ ...onlyNew, start }, data)).model.parameters
    const sister = await fitted({ tasks: [a, c] })
    expect(sister.tasks[1].deviation).toBe(start.tasks[0].deviation)
    expect(sister.tables).toEqual(start.tables)
    const stranger = await fitted({ tasks: [a, other] })
    expect(stranger.tasks[1].mean).toBeGreaterThan(50)
    expect(stranger.tasks[0]).toEqual(start.tasks[0])
    const renamed = await fitted({ tasks: [{ ...a, name: 'd' }, c] })
    expect(rowOf(renamed.weights, 'tasks:0/bias', 0)).toEqual([0])
  })

  it('goes on from its weights where all tasks train', async () => {
    const { model: before } = await trained({ epochs: 40 }, long)
    const { steps } = await trained({ start: before.parameters, epochs: 1 }, long)
    const { steps: fresh } = await trained({ epochs: 1 }, long)
    expect(steps[0].objective).toBeLessThan(0.2 * fresh[0].objective)
    const { model: kept } = await trained({ start: before.parameters, learningRate: 0 }, long)
    expect(await predicted(kept, long.tasks)).toEqual(await predicted(before, long.tasks))
  })

  it('refuses a known task of other columns', async () => {
    const { model } = await trained({}, { tasks: [a] })
    const narrow = {
      ...a,
      features: a.features.slice(0, 1),
      inputs: { rows: 20, columns: 1, data: a.inputs.data.slice(0, 20) },
    }
    await expect(trained({ start: model.parameters }, { tasks: [narrow] })).rejects.toMatchObject({
      code: 'dimension-mismatch',
    })
  })
})

describe('early stopping of tasks that train one after another', () => {
  it('does not wait for one that has not begun, and gives each its own best epoch', async () => {
    const { model, steps } = await trained({
      monitor: 'each',
      validationFraction: 0.3,
      patience: 2,
      epochs: 120,
      learningRate: 0.1,
      schedule: { 1: { tasks: ['a'] }, 41: { tasks: ['b'] }, 81: { tasks: ['c'] } },
    })
    const epochsOf = (k: number): number[] =>
      steps.flatMap(({ epoch = 0, taskLosses }) => (Number.isNaN(taskLosses?.[k]) ? [] : [epoch]))
    for (const [k, first] of [1, 41, 81].entries()) {
      expect(Math.min(...epochsOf(k))).toBe(first)
      expect(Math.max(...epochsOf(k))).toBeLessThan(first + 39)
    }
    expect(model.diagnostics.converged).toBe(true)
  })
})
