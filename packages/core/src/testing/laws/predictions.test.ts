import { describe, expect, it } from 'vitest'
import type { Estimator } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { brokenBy, changed, definition, iterating, training } from './descent.fixture.ts'

describe('the laws of predictions', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'cannot predict for unseen tasks where it says it can',
      () =>
        changed({
          predict: (parameters, queries, tasks) => {
            if (queries.some(({ task }) => typeof task !== 'number')) throw new Error('cannot')
            return definition.predict(parameters, queries, tasks)
          },
        }),
      ['an unseen task is predicted from what it rests on'],
    ],
    [
      'predicts rows by those beside them',
      () =>
        changed({
          predict: (parameters, queries, tasks) =>
            definition.predict({ ...parameters, variance: queries[0].inputs.rows }, queries, tasks),
        }),
      ['predicts rows alone as together'],
    ],
    [
      'predicts tasks by those beside them',
      () =>
        changed({
          predict: (parameters, queries, tasks) =>
            definition.predict({ ...parameters, variance: queries.length }, queries, tasks),
        }),
      ['predicts tasks alone as together'],
    ],
    [
      'is sure of what it predicts',
      () => iterating((given) => ({ finish: (state) => ({ ...given.finish(state), variance: 0 }) })),
      ['variances are positive, probabilities sum to 1', '90 % intervals cover most of its own kind of data'],
    ],
    [
      'learns the contrary',
      () =>
        training((data, context) => [
          { tasks: data.tasks.map((task) => ({ ...task, targets: task.targets.map((y) => -y) })) },
          context,
        ]),
      [
        '90 % intervals cover most of its own kind of data',
        'does no worse than the mean on its own kind of data',
      ],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
