import { describe, expect, it } from 'vitest'
import type { Estimator } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { brokenBy, changed, definition, modelled, wrapped } from './descent.fixture.ts'

describe('the laws of refusals', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'honours weights that it says it does not',
      () => wrapped({ capabilities: { ...definition.capabilities, weights: false } }),
      ['refuses weights that it does not honour'],
    ],
    [
      'takes inputs that it says it does not',
      () => wrapped({ capabilities: { ...definition.capabilities, inputs: 'same-rows' } }),
      ['refuses inputs that it does not list'],
    ],
    [
      'predicts for unseen tasks where it says it cannot',
      () => wrapped({ capabilities: { ...definition.capabilities, unseenTasks: [] } }),
      ['refuses an unseen task without what it rests on'],
    ],
    [
      'leaves out tasks that it does not know',
      () =>
        modelled((model) => ({
          ...model,
          predict: (inputs) => {
            const known = (name: string): boolean => model.tasks.some((task) => task.name === name)
            return model.predict(
              'tasks' in inputs ? { tasks: inputs.tasks.filter(({ name }) => known(name)) } : inputs,
            )
          },
        })),
      ['refuses a task that it does not know'],
    ],
    [
      'goes by the place of a column, not by its name',
      () =>
        modelled((model) => ({
          ...model,
          predict: (inputs) => {
            if (!('tasks' in inputs)) return model.predict(inputs)
            const { features } = model.tasks[0]
            return model.predict({
              tasks: inputs.tasks.map((task) =>
                task.features.length === features.length ? { ...task, features } : task,
              ),
            })
          },
        })),
      [
        'order of features does not matter',
        'a cell to be filled predicts as its mean does',
        'refuses columns other than the trained, by name',
      ],
    ],
    [
      'learns kinds that it says it does not',
      () => {
        const { capabilities } = definition
        const any = changed({
          capabilities: { ...capabilities, mixedKinds: true, kinds: ['regression', 'binary'] },
        })
        return { ...any, capabilities }
      },
      ['refuses kinds that it does not list'],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
