import { describe, expect, it } from 'vitest'
import { normal } from '../distribution/normal.ts'
import { rmse } from '../metric/regression.ts'
import type { TargetGroup } from './layout.ts'
import { overallNames, overallStarts, overallValues } from './overall.ts'
import type { Judged } from './overall.ts'

const group: TargetGroup = { target: 'y', kind: 'regression', tasks: [0, 1, 2], metrics: [rmse] }

function judged(means: readonly number[], targets: readonly number[], weights?: readonly number[]): Judged {
  return {
    prediction: normal(Float64Array.from(means), new Float64Array(means.length).fill(1)),
    targets: Float64Array.from(targets),
    ...(weights && { weights: Float64Array.from(weights) }),
  }
}

function figures(parts: readonly (Judged | undefined)[], scores: readonly number[]): Record<string, number> {
  const values = overallValues(group, parts, Float64Array.from(scores), ['rmse'])
  return Object.fromEntries(overallNames(group).map((name, i) => [name, values[i]]))
}

describe('the figures over all tasks of a target', () => {
  it('take rows together, tasks alike, and targets around the mean of all or of each task', () => {
    const parts = [judged([1, 2], [0, 2]), judged([5, 5, 5], [4, 6, NaN]), undefined]
    const found = figures(parts, [0.5, 1.5, NaN])
    // Errors 1, 0, 1, 1; targets 0, 2, 4, 6 around 3, and around 1 and 5.
    expect(found.rmse).toBeCloseTo(Math.sqrt(3 / 4), 12)
    expect(found['rmse-task-mean']).toBe(1)
    expect(found['explained-variance-pooled']).toBeCloseTo(1 - 3 / 20, 12)
    expect(found['explained-variance-within']).toBeCloseTo(1 - 3 / 4, 12)
  })

  it('count a row of weight 2 twice', () => {
    const weighted = figures(
      [judged([1, 2], [0, 2], [2, 1]), judged([5], [4]), judged([1], [7], [0])],
      [1, 1, NaN],
    )
    const twice = figures([judged([1, 1, 2], [0, 0, 2]), judged([5], [4]), undefined], [1, 1, NaN])
    for (const [name, value] of Object.entries(twice)) expect(weighted[name]).toBeCloseTo(value, 12)
  })

  it('are undefined where nothing was tested, and within tasks where no task varies', () => {
    expect(
      Object.values(figures([undefined, undefined, undefined], [NaN, NaN, NaN])).every(Number.isNaN),
    ).toBe(true)
    const constant = figures([judged([1], [2]), judged([3], [4]), undefined], [1, 1, NaN])
    expect(constant['explained-variance-within']).toBeNaN()
    expect(constant['explained-variance-pooled']).toBeCloseTo(1 - 2 / 2, 12)
  })

  it('stand one group after the other', () => {
    const classes: TargetGroup = { ...group, kind: 'binary' }
    expect(overallNames(classes)).toEqual(['rmse', 'rmse-task-mean'])
    expect(overallStarts([group, classes, group])).toEqual([0, 4, 6])
  })
})
