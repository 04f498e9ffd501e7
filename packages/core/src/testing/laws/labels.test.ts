import { describe, expect, it } from 'vitest'
import { observed } from '../../data/rows.ts'
import { normal } from '../../distribution/normal.ts'
import type { Estimator } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import {
  brokenBy,
  changed,
  definition,
  iterating,
  predictLines,
  shares,
  training,
} from './descent.fixture.ts'

/** Lines shifted by the first trait of each task, which must be known. */
const shifted = (): Estimator =>
  changed({
    capabilities: { ...definition.capabilities, descriptors: 'needed' },
    predict: (parameters, queries, tasks) =>
      predictLines(parameters, queries).map(({ mean, variance }, q) => {
        const { task } = queries[q]
        const { descriptor = Float64Array.of(NaN) } = typeof task === 'number' ? tasks[task] : task
        return normal(
          mean.map((value) => value + descriptor[0]),
          variance,
        )
      }),
  })

describe('the laws of labels and weights', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'takes a missing target for a zero',
      () =>
        training((data, context) => [
          { tasks: data.tasks.map((task) => ({ ...task, targets: task.targets.map((y) => y || 0) })) },
          context,
        ]),
      ['a missing target is an absent row', 'a task without labels disturbs no other'],
    ],
    [
      'ignores weights',
      () =>
        training((data, context) => [
          { tasks: data.tasks.map((task) => ({ ...task, weights: undefined })) },
          context,
        ]),
      [
        'weight 2 is a row given twice',
        'rows given twice at half weight change nothing',
        'weight 0 is an absent row',
      ],
    ],
    [
      'divides by the rows of a task',
      () =>
        iterating((given, { tasks }) => ({
          finish: (state) => {
            const { weights, variance } = given.finish(state)
            const rows = (at: number): number =>
              observed(tasks[Math.floor(at / weights.columns)]).targets.length
            return {
              variance,
              weights: { ...weights, data: weights.data.map((w, at) => (w * rows(at)) / rows(at)) },
            }
          },
        })),
      ['finite for a task without rows', 'finite when no label is observed'],
    ],
    [
      'counts tasks',
      () =>
        iterating((given, { tasks }) => ({
          finish: (state) => ({ ...given.finish(state), variance: tasks.length }),
        })),
      ['a task without rows disturbs no other', 'a task without labels disturbs no other'],
    ],
    [
      'needs two rows of each task',
      () =>
        training((data, context) => {
          if (data.tasks.some((task) => observed(task).targets.length === 1)) throw new Error('too few')
          return [data, context]
        }),
      ['finite for a task of one row'],
    ],
    [
      'needs targets that differ',
      () =>
        training((data, context) => {
          const targets = data.tasks.flatMap((task) => [...observed(task).targets])
          if (targets.length > 0 && new Set(targets).size === 1) throw new Error('all alike')
          return [data, context]
        }),
      ['finite for a constant target'],
    ],
    [
      'needs rows of each class from a whole task',
      () =>
        shares(({ tasks }) => {
          if (
            tasks.some(
              ({ targets, classes }) => targets.length === 12 && new Set(targets).size < classes.length,
            )
          )
            throw new Error('a class is missing')
        }),
      ['finite for a single class', 'finite for a class that a task lacks'],
    ],
  ]

  it('hold for an estimator of classes, and for one that needs descriptors', async () => {
    expect(await brokenBy(() => shares(() => undefined))).toEqual([])
    expect(await brokenBy(shifted)).toEqual([])
  })

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
