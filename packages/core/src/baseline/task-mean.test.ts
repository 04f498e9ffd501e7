import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { isReal } from '../distribution/kind.ts'
import { matrix } from '../linalg/matrix.ts'
import type { RealDistribution } from '../distribution/types.ts'
import type { Model } from '../model/types.ts'
import { describeEstimator } from '../testing/describe-estimator.ts'
import { fit } from '../training/fit.ts'
import { taskMean } from './task-mean.ts'

describeEstimator('task-mean', taskMean, {
  except: {
    'does no worse than the mean on its own kind of data':
      'tasks of that data have no levels of their own; a test below has such data',
  },
})

const one = matrix(1, 1)

async function realOf(model: Model, task: string | { target?: string }): Promise<RealDistribution> {
  const prediction = await model.predictTask(task, one)
  if (!isReal(prediction)) throw new Error('a number was asked for')
  return prediction
}

const inputs = [[0], [0], [0]]

describe('taskMean', () => {
  it('is nearer than the mean of all where tasks have levels of their own', async () => {
    const rows = Array.from({ length: 8 }, () => [0])
    const targets = (level: number): number[] => rows.map((_, i) => level + (i % 2))
    const data = dataset([
      { name: 'low', inputs: rows, targets: targets(0) },
      { name: 'high', inputs: rows, targets: targets(10) },
    ])
    const model = await fit(taskMean(), data, { random: 1 })
    expect((await realOf(model, 'low')).mean[0]).toBeCloseTo(0.5, 12)
    expect((await realOf(model, 'high')).mean[0]).toBeCloseTo(10.5, 12)
    expect((await realOf(model, {})).mean[0]).toBeCloseTo(5.5, 12)
  })

  it('predicts weighted means, and the variance within tasks', async () => {
    const data = dataset([
      { name: 'a', inputs, targets: [1, 3, NaN] },
      { name: 'b', inputs, targets: [10, 30, 99], weights: [3, 1, 0] },
      { name: 'empty', inputs, targets: [NaN, NaN, NaN] },
    ])
    const model = await fit(taskMean(), data, { random: 1 })
    const [a, b, empty] = [await realOf(model, 'a'), await realOf(model, 'b'), await realOf(model, 'empty')]
    expect(a.mean[0]).toBeCloseTo(2, 12)
    expect(b.mean[0]).toBeCloseTo(15, 12)
    // Squares around own means: 2 and 300; 2 + 4 rows of weight less 2 means.
    expect(a.variance[0]).toBeCloseTo(302 / 4, 9)
    expect(b.variance[0]).toBeCloseTo(302 / 4, 9)
    // A task without rows, and one not seen: mean and variance of all 6 rows.
    const [mean, variance] = [64 / 6, (1 + 9 + 3 * 100 + 900) / 6 - (64 / 6) ** 2]
    for (const other of [empty, await realOf(model, {})]) {
      expect(other.mean[0]).toBeCloseTo(mean, 9)
      expect(other.variance[0]).toBeCloseTo(variance, 9)
    }
    expect(model.diagnostics.warnings).toEqual([
      'no labelled row, so what all tasks share is predicted: "empty"',
    ])
  })

  it('predicts shares of classes, none of them 0', async () => {
    const labels = ['red', 'blue', 'green']
    const data = dataset([
      { name: 'mixed', kind: 'binary', inputs, targets: [1, 0, 1] },
      { name: 'sure', kind: 'binary', inputs, targets: [1, 1, 1] },
      { name: 'colour', kind: 'multiclass', inputs, targets: [0, 1, 1], classes: labels },
      { name: 'none', kind: 'multiclass', inputs, targets: [NaN, NaN, NaN], classes: ['x', 'y', 'z'] },
    ])
    const model = await fit(taskMean(), data, { random: 1 })
    expect((await realOf(model, 'mixed')).mean[0]).toBeCloseTo(2 / 3, 12)
    // One more row, 5/6 of it of the second class as in all rows of this target.
    expect((await realOf(model, 'sure')).mean[0]).toBeCloseTo((3 + 5 / 6) / 4, 12)
    // 1, 2 and 0 rows and a half for each class are 1.5, 2.5 and 0.5 of 4.5; one more row so divided.
    const { means, targets } = model.parameters
    const expectShares = (actual: Float64Array, expected: readonly number[]): void =>
      actual.forEach((share, k) => expect(share).toBeCloseTo(expected[k], 12))
    expectShares(targets[1].mean, [3 / 9, 5 / 9, 1 / 9])
    expectShares(means.data.subarray(6, 9), [12 / 36, 23 / 36, 1 / 36])
    expectShares(means.data.subarray(9, 12), [1 / 3, 1 / 3, 1 / 3])
    expect(model.diagnostics.warnings[1]).toContain('"sure"')
  })
})
