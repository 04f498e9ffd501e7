import { describe, expect, it } from 'vitest'
import type { Estimator, Model } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { brokenBy, changed, iterating, reporting, sound, training, wrapped } from './descent.fixture.ts'

/** Of one phase, which is said to have had one step less than the training. */
function lackingAStep<Name extends string, Parameters>(
  model: Model<Name, Parameters>,
): Model<Name, Parameters> {
  const phases = [{ name: 'only', steps: model.diagnostics.steps - 1 }]
  return { ...model, diagnostics: { ...model.diagnostics, phases } }
}

describe('the laws of training', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'begins anew instead of resuming',
      () => training((data, context) => [data, { ...context, resume: undefined }]),
      [
        'resumes from the first checkpoint to the same bits',
        'resumes from a middle checkpoint to the same bits',
        'resumes from the last checkpoint to the same bits',
        'resumes from a stored checkpoint to the same bits',
      ],
    ],
    [
      'writes into the state that a checkpoint holds',
      () =>
        iterating((given) => ({
          step: (state, random) => {
            const next = given.step(state, random)
            state.weights.data.set(next.weights.data)
            return { ...next, weights: state.weights }
          },
        })),
      [
        'resumes from the first checkpoint to the same bits',
        'resumes from a middle checkpoint to the same bits',
        'resumes from a stored checkpoint to the same bits',
      ],
    ],
    [
      'does not look at the signal',
      () => training((data, context) => [data, { ...context, signal: undefined }]),
      ['a signal stops between steps with its reason'],
    ],
    [
      'looks at the signal after a step',
      () =>
        wrapped({
          async *train(data, { signal, ...context }) {
            for (const inner = sound().train(data, context); ; ) {
              const { done, value } = await inner.next()
              if (done) return value
              yield value
              signal?.throwIfAborted()
            }
          },
        }),
      ['an aborted signal stops before the first step'],
    ],
    [
      'has an objective that rises',
      () => iterating((given) => ({ objective: (state) => -given.objective(state) })),
      ['a monotone objective never rises'],
    ],
    [
      'states a cost that does not grow',
      () => changed({ cost: () => ({ parameters: 1, operations: 1, bytes: 1 }) }),
      ['stated cost grows with rows and tasks'],
    ],
    [
      'counts its steps from 0',
      () => reporting((event) => (event.type === 'step' ? { ...event, step: event.step - 1 } : event)),
      ['steps count from 1 to at most maxSteps'],
    ],
    [
      'goes back in what it says is behind',
      () => reporting((event) => (event.type === 'step' ? { ...event, fraction: 1 / event.step } : event)),
      ['steps count from 1 to at most maxSteps'],
    ],
    [
      'has phases whose steps do not add up',
      () =>
        wrapped({
          async *train(data, context) {
            return lackingAStep(yield* sound().train(data, context))
          },
          restore: (document) => lackingAStep(sound().restore(document)),
        }),
      ['steps count from 1 to at most maxSteps'],
    ],
    [
      'reports an objective that is none',
      () => reporting((event) => (event.type === 'step' ? { ...event, objective: NaN } : event)),
      ['objectives are finite'],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
