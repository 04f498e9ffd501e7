import { describe, expect, it } from 'vitest'
import { observed } from '../../data/rows.ts'
import { normal } from '../../distribution/normal.ts'
import { matrix } from '../../linalg/matrix.ts'
import type { Estimator } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { benchesOf, sampleOf } from './bench.ts'
import { mapTasks } from './changed.ts'
import { predictionLaws } from './predictions.ts'
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

  it('let each task by the median of its own rows pass, and tell by how much another is worse', async () => {
    const medians = (sign: number): Estimator =>
      changed({
        train: ({ tasks }) => {
          const median = (values: Float64Array): number =>
            values.toSorted()[Math.floor(values.length / 2)] ?? 0
          const data = Float64Array.from(tasks, (task) => sign * median(observed(task).targets))
          return { weights: matrix(tasks.length, 1, data), variance: 1 }
        },
        predict: ({ weights }, queries) =>
          queries.map(({ task, inputs: { rows } }) =>
            normal(
              new Float64Array(rows).fill(weights.data[typeof task === 'number' ? task : 0]),
              new Float64Array(rows).fill(1),
            ),
          ),
      })
    const law = predictionLaws['does no worse than the mean on its own kind of data']
    for (const layout of ['long', 'wide', 'partial'] as const) {
      const [bench] = benchesOf(() => medians(1), { data: () => sampleOf(layout, 'regression') })
      await law?.run(bench)
    }
    const shifted = mapTasks(sampleOf('long', 'regression'), (task, k) => ({
      ...task,
      targets: task.targets.map((y) => y + 10 * (k % 2)),
    }))
    const [contrary] = benchesOf(() => medians(-1), { data: () => shifted })
    await expect(law?.run(contrary)).rejects.toThrow(
      /rmse [\d.]+ on held-out rows, [\d.]+ by the mean of all: .*except/,
    )
  })

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
