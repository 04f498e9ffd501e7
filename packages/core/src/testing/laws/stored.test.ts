import { describe, expect, it } from 'vitest'
import { normal } from '../../distribution/normal.ts'
import type { Estimator, Model } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { brokenBy, changed, iterating, sound, wrapped, type Parameters } from './descent.fixture.ts'

describe('the laws of stored models', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'holds a table that is no plain data',
      () =>
        iterating((given) => ({
          finish: (state) => Object.assign(given.finish(state), { table: new Map([['a', 1]]) }),
        })),
      ['a stored model predicts the same bits', 'parameters are plain data'],
    ],
    [
      'restores whatever it is given',
      () =>
        wrapped({
          restore: (document) =>
            sound().restore({
              type: 'model',
              version: 1,
              value: { ...(document.value as object), estimator: 'descent', version: 1 },
            }),
        }),
      ['refuses a document of another estimator', 'refuses a document of a later version'],
    ],
    [
      'has an option that JSON does not know',
      () => changed({ options: { penalty: Infinity } }),
      ['options are plain JSON and make the same estimator'],
    ],
    [
      'draws more bars than it names',
      () =>
        changed({
          views: () => [
            {
              kind: 'bars',
              title: 'Noise',
              reading: 'One bar.',
              labels: ['noise'],
              values: new Float64Array(2),
            },
          ],
        }),
      ['views are finite and of matching lengths'],
    ],
    [
      'forgets a part of what it learnt when it is stored',
      () =>
        wrapped({
          restore: (document) => {
            const model = sound().restore(document)
            return { ...model, predict: halved(model) }
          },
        }),
      ['a stored model predicts the same bits'],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})

function halved(model: Model<string, Parameters>): Model<string, Parameters>['predict'] {
  return async (inputs) => {
    const predictions = await model.predict(inputs)
    return Object.fromEntries(
      Object.entries(predictions).map(([name, { point }]) => [
        name,
        normal(
          point.map((y) => y / 2),
          point.map(() => 1),
        ),
      ]),
    )
  }
}
