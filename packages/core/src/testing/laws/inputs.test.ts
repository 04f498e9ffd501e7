import { describe, expect, it } from 'vitest'
import type { Dataset, Feature, Task } from '../../data/types.ts'
import type { Estimator } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { brokenBy, changed, definition, modelled } from './descent.fixture.ts'

/** Fails, by no error of this project, on data of a certain sort. */
const failingOn =
  (sort: (data: Dataset) => boolean): (typeof definition)['train'] =>
  (data, context) => {
    if (sort(data)) throw new Error('cannot')
    return definition.train(data, context)
  }

const failing = (sort: (data: Dataset) => boolean): Estimator => changed({ train: failingOn(sort) })

const isFarFromOne = ({ tasks: [{ inputs }] }: Dataset): boolean =>
  inputs.data.some((value) => Math.abs(value) > 1e6) ||
  (inputs.data.length > 0 && inputs.data.every((value) => Math.abs(value) < 1e-6))

/** With a change of each cell that it is to predict. */
const predicting = (change: (value: number, feature: Feature) => number): Estimator =>
  modelled((model) => ({
    ...model,
    predict: (inputs) => {
      if (!('tasks' in inputs)) return model.predict(inputs)
      const cells = (task: Task): Float64Array =>
        task.inputs.data.map((value, at) => change(value, task.features[at % task.features.length]))
      return model.predict({
        tasks: inputs.tasks.map((task) => ({ ...task, inputs: { ...task.inputs, data: cells(task) } })),
      })
    },
  }))

const columnsOf = ({ tasks: [{ inputs }] }: Dataset): Float64Array[] =>
  Array.from({ length: inputs.columns }, (_, j) => inputs.data.filter((_, at) => at % inputs.columns === j))

describe('the laws of inputs', () => {
  const faults: readonly (readonly [string, () => Estimator, readonly LawName[]])[] = [
    [
      'divides by the deviation of a column',
      () =>
        failing((data) => columnsOf(data).some((column) => column.length > 1 && new Set(column).size === 1)),
      ['finite for a constant column'],
    ],
    [
      'inverts the covariance of its columns',
      () =>
        failing((data) => {
          const columns = columnsOf(data)
            .filter(({ length }) => length > 0)
            .map(String)
          return new Set(columns).size < columns.length
        }),
      ['finite for the same column twice'],
    ],
    [
      'needs more rows than features',
      () => failing(({ tasks: [{ inputs }] }) => inputs.columns > Math.max(12, inputs.rows)),
      ['finite for more features than rows'],
    ],
    ['needs a feature', () => failing((data) => columnsOf(data).length === 0), ['finite without features']],
    ['needs two tasks', () => failing(({ tasks }) => tasks.length === 1), ['finite for a single task']],
    [
      'takes inputs as they are, and only some',
      () => changed({ standardise: false, train: failingOn(isFarFromOne) }),
      [
        'finite for inputs times 1e8',
        'finite for inputs times 1e-8',
        'an affine change of the target changes predictions alike',
      ],
    ],
    [
      'takes targets as they are, and only some',
      () => changed({ standardise: false, train: failingOn(({ tasks }) => tasks[0].targets[0] > 1e5) }),
      ['an affine change of the target changes predictions alike', 'finite for targets shifted by 1e6'],
    ],
    [
      'fills cells with 0',
      () => predicting((value) => value || 0),
      ['a cell to be filled predicts as its mean does'],
    ],
    [
      'knows no level but those it was trained on',
      () =>
        predicting((value, feature) => {
          if (feature.vocabulary !== undefined && value === 0) throw new Error('unknown')
          return value
        }),
      ['an unknown level predicts'],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find an estimator that ${fault}`, async () => {
      expect(await brokenBy(make)).toEqual(laws)
    })
  }
})
