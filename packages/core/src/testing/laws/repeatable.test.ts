import { describe, expect, it } from 'vitest'
import { normal } from '../../distribution/normal.ts'
import type { Estimator } from '../../model/types.ts'
import { createRandom } from '../../random/generator.ts'
import type { LawName } from '../types.ts'
import {
  brokenBy,
  changed,
  predictLines,
  iterating,
  modelled,
  rounded,
  sound,
  training,
  wrapped,
} from './descent.fixture.ts'

describe('the laws of repeatable training', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'keeps state from one training to the next',
      () => {
        let trainings = 0
        return iterating((given) => ({
          finish: (state) => ({ ...given.finish(state), variance: ++trainings }),
        }))
      },
      ['same seed, same bits', 'two trainings at once do not meet'],
    ],
    [
      'advances the generator of its caller',
      () => training((data, context) => (context.random.next(), [data, context])),
      ['training does not advance its generator'],
    ],
    [
      'treats the first task otherwise',
      () =>
        iterating((given) => ({
          finish: (state) => {
            const parameters = given.finish(state)
            const data = parameters.weights.data.map((w, at) => (at < parameters.weights.columns ? w / 2 : w))
            return { ...parameters, weights: { ...parameters.weights, data } }
          },
        })),
      ['order of tasks does not matter'],
    ],
    [
      'treats the first row otherwise',
      () =>
        training((data, context) => [
          {
            tasks: data.tasks.map((task) => ({
              ...task,
              targets: task.targets.map((y, i) => (i === 0 ? y / 2 : y)),
            })),
          },
          context,
        ]),
      [
        'order of rows does not matter',
        'a missing target is an absent row',
        'weight 2 is a row given twice',
        'rows given twice at half weight change nothing',
        'weight 0 is an absent row',
      ],
    ],
    [
      'starts each task by a stream named after it',
      () =>
        iterating((given, { tasks }) => ({
          init: (random) => {
            const { weights, ...state } = given.init(random)
            const data = weights.data.map((_, at) =>
              random.fork(tasks[Math.floor(at / weights.columns)].name).next(),
            )
            return { ...state, weights: { ...weights, data } }
          },
        })),
      ['names of tasks do not matter'],
    ],
    [
      'writes into its data',
      () =>
        wrapped({
          train: (data, context) => {
            data.tasks.slice(0, 1).forEach(({ inputs }) => inputs.data.set(inputs.data.map(rounded)))
            return sound().train(data, context)
          },
        }),
      ['training leaves its arguments as they were'],
    ],
    [
      'goes by the first column',
      () =>
        changed({
          predict: (parameters, queries) =>
            predictLines(parameters, queries).map(({ mean }, q) => {
              const { data, columns } = queries[q].inputs
              return normal(
                mean.map((y, i) => y + (columns > 0 ? data[i * columns] : 0)),
                mean.map(() => 1),
              )
            }),
        }),
      ['order of features does not matter'],
    ],
    [
      'goes by its executor',
      () =>
        training((data, context) => [context.executor ? { tasks: data.tasks.toReversed() } : data, context]),
      ['an executor that runs jobs elsewhere changes no bit'],
    ],
    [
      'writes into the rows that it predicts',
      () =>
        modelled((model) => ({
          ...model,
          predict: (inputs) => {
            if ('tasks' in inputs) inputs.tasks[0].inputs.data.set(inputs.tasks[0].inputs.data.map(rounded))
            return model.predict(inputs)
          },
        })),
      [
        'same seed, same bits',
        'prediction leaves its arguments as they were',
        'a stored model predicts the same bits',
      ],
    ],
  ]

  it('hold for a sound estimator', async () => {
    expect(await brokenBy(sound)).toEqual([])
  })

  it('find an estimator whose trainings share a stream', async () => {
    const stream = createRandom(1)
    const sharing = (): Estimator =>
      iterating((given) => ({ finish: (state) => ({ ...given.finish(state), variance: 1 + stream.next() }) }))
    expect(await brokenBy(sharing)).toEqual(expect.arrayContaining(['same seed, same bits']))
  })

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
