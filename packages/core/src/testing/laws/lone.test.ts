import { describe, expect, it } from 'vitest'
import { observed } from '../../data/rows.ts'
import type { Dataset, Task } from '../../data/types.ts'
import { normal } from '../../distribution/normal.ts'
import type { RealDistribution } from '../../distribution/types.ts'
import { MtlError } from '../../error/mtl-error.ts'
import type { Checkpoint, Estimator, Model, Predictions, TrainContext, Training } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import { estimatorLaws } from './all.ts'
import { sampleOf } from './bench.ts'
import { mapTargets, mapTasks } from './changed.ts'
import {
  brokenBy,
  changed,
  definition,
  iterating,
  modelled,
  predictLines,
  rounded,
  shares,
  sound,
  wrapped,
  type Parameters,
} from './descent.fixture.ts'

/** Trained in another way; names of tasks are strings here. */
const trainedBy = (
  train: (data: Dataset, context: TrainContext) => Training<Model<string, Parameters>>,
  others: Partial<Estimator<Parameters>> = {},
): Estimator => wrapped({ train: train as Estimator<Parameters>['train'], ...others })

/** Trains on other data where `sort` says so, outside of all checks. */
const retargeting = (sort: (data: Dataset, context: TrainContext) => boolean): Estimator =>
  trainedBy((data, context) =>
    sound().train(
      data.tasks.length > 0 && sort(data, context) ? mapTargets(data, (y) => y + 0.1) : data,
      context,
    ),
  )

/** Fails, by no error of this project, on data of a certain sort. */
const failing = (sort: (data: Dataset) => boolean): Estimator =>
  trainedBy((data, context) => {
    if (data.tasks.length > 0 && sort(data)) throw new Error('cannot')
    return sound().train(data, context)
  })

const weighs = (sort: (weight: number) => boolean): Estimator =>
  retargeting(({ tasks }) => tasks.some(({ weights }) => weights?.some(sort)))

const labels = ({ targets }: Task): number => targets.filter((y) => !Number.isNaN(y)).length

/** Whether of the last two rows that differ the later is higher. */
const endsHigh = (task: Task): boolean => {
  const { targets, weights } = observed(task)
  const counted = targets.filter((_, i) => weights?.[i] !== 0)
  const last = counted[counted.length - 1]
  return last > (counted.findLast((y) => y !== last) ?? last)
}

/** Learns another variance when it goes on from a checkpoint of a certain sort. */
const resuming = (sort: (checkpoint: Checkpoint) => boolean): Estimator =>
  trainedBy(async function* (data, context) {
    const { resume } = context
    const model = yield* sound().train(data, context)
    return resume && sort(resume) ? { ...model, parameters: { ...model.parameters, variance: 7 } } : model
  })

const predictingBy = (change: (model: Model) => Partial<Model>): Estimator =>
  modelled((model) => ({ ...model, ...change(model) }))

const roundedRows = (data: Dataset): Dataset =>
  mapTasks(data, (task) => ({ ...task, inputs: { ...task.inputs, data: task.inputs.data.map(rounded) } }))

const sees = (estimator: Estimator, change: (value: object) => object): Estimator => ({
  ...estimator,
  restore: (document) => sound().restore({ ...document, value: change(document.value as object) }),
})

/** Those that count the trainings that are under way. */
const counting = (): (() => Estimator) => {
  let running = 0
  return () =>
    trainedBy(async function* (data, context) {
      running++
      try {
        return yield* sound().train(running > 1 ? mapTargets(data, (y) => y + 0.1) : data, context)
      } finally {
        running--
      }
    })
}

/** Knows checkpoints by their object, not by what they hold. */
const remembering = (): (() => Estimator) => {
  const known = new WeakSet<Checkpoint>()
  return () =>
    trainedBy(async function* (data, context) {
      const { resume } = context
      const lost = resume !== undefined && !known.has(resume)
      for (const inner = sound().train(lost ? mapTargets(data, (y) => y + 0.1) : data, context); ; ) {
        const { done, value } = await inner.next()
        if (done) return value
        if (value.type === 'checkpoint') known.add(value.checkpoint)
        yield value
      }
    })
}

const lone: Readonly<Partial<Record<LawName, () => Estimator>>> = {
  'order of rows does not matter': () =>
    iterating((given, { tasks }) => ({
      finish(state) {
        const { weights, variance } = given.finish(state)
        return { weights, variance: variance * (1 + tasks.filter(endsHigh).length) }
      },
    })),
  'two trainings at once do not meet': counting(),
  'prediction leaves its arguments as they were': () =>
    trainedBy(
      async function* (data, context) {
        const model = yield* sound().train(roundedRows(data), context)
        return {
          ...model,
          predict(inputs) {
            if (!('tasks' in inputs)) return model.predict(inputs)
            inputs.tasks[0].inputs.data.set(inputs.tasks[0].inputs.data.map(rounded))
            return model.predict(roundedRows(inputs))
          },
        }
      },
      {
        restore(document) {
          const model = sound().restore(document)
          return {
            ...model,
            predict: (inputs) => model.predict('tasks' in inputs ? roundedRows(inputs) : inputs),
          }
        },
      },
    ),
  'resumes from the first checkpoint to the same bits': () => resuming(({ step }) => step === 1),
  'resumes from a middle checkpoint to the same bits': () => resuming(({ step }) => step === 6),
  'resumes from the last checkpoint to the same bits': () => resuming(({ step }) => step === 10),
  'resumes from a stored checkpoint to the same bits': remembering(),
  'a missing target is an absent row': () =>
    retargeting(({ tasks }) => tasks.some((task) => labels(task) > 1 && labels(task) < task.targets.length)),
  'weight 2 is a row given twice': () => weighs((weight) => weight > 1),
  'rows given twice at half weight change nothing': () => weighs((weight) => weight > 0 && weight < 1),
  'weight 0 is an absent row': () => weighs((weight) => weight === 0),
  'a task without rows disturbs no other': () =>
    retargeting(({ tasks }) => tasks.some(({ targets }) => targets.length === 0)),
  'a task without labels disturbs no other': () =>
    retargeting(({ tasks }) => tasks.some((task) => task.targets.length > 0 && labels(task) === 0)),
  'finite for a task without rows': () => failing(({ tasks }) => tasks[0].targets.length === 0),
  'finite when no label is observed': () => failing(({ tasks }) => tasks.every((task) => labels(task) === 0)),
  'finite for a single class': () =>
    shares(({ tasks }) => {
      if (tasks.every(({ targets }) => targets.length > 0 && targets.every((y) => y === 0)))
        throw new Error('one class')
    }),
  'finite for a class that a task lacks': () =>
    shares(({ tasks: [first, ...others] }) => {
      const lacking = first.targets.length === 12 && first.targets.every((y) => y === 0)
      if (lacking && others.some(({ targets }) => targets.includes(1))) throw new Error('lacking')
    }),
  'finite for inputs times 1e8': () =>
    failing(({ tasks }) => tasks[0].inputs.data.some((value) => Math.abs(value) > 1e6)),
  'finite for inputs times 1e-8': () =>
    failing(
      ({ tasks: [{ inputs }] }) =>
        inputs.data.length > 0 && inputs.data.every((value) => Math.abs(value) < 1e-6),
    ),
  'an affine change of the target changes predictions alike': () =>
    retargeting(({ tasks }) => tasks[0].targets[0] > 3 && tasks[0].targets[0] < 1e5),
  'finite for targets shifted by 1e6': () => failing(({ tasks }) => tasks[0].targets[0] > 1e5),
  'refuses data without tasks': () =>
    trainedBy((data, context) =>
      sound().train(data.tasks.length === 0 ? sampleOf('long', 'regression') : data, context),
    ),
  'refuses columns other than the trained, by name': () =>
    predictingBy((model) => ({
      predict: (inputs) => {
        if (!('tasks' in inputs)) return model.predict(inputs)
        const stranger = inputs.tasks.some(({ features }) => features.some(({ name }) => name === 'stranger'))
        if (stranger) throw new MtlError('unknown-column', 'some column is not there')
        return model.predict(inputs)
      },
    })),
  'predicts one value for each row': () =>
    predictingBy((model) => ({
      predict: async (inputs) => {
        const predictions = await model.predict(inputs)
        return { ...predictions, more: Object.values(predictions)[0] }
      },
    })),
  'variances are positive, probabilities sum to 1': () =>
    predictingBy((model) => ({
      predict: async (inputs) => {
        const predictions = Object.entries(await model.predict(inputs)) as [string, RealDistribution][]
        const noisy = predictions.map(([name, prediction]) => {
          const noiseVariance = prediction.variance.map((value) => 2 * value)
          return [name, { ...prediction, noiseVariance }]
        })
        return Object.fromEntries(noisy) as Predictions
      },
    })),
  '90 % intervals cover most of its own kind of data': () =>
    iterating((given) => ({
      finish: (state) => ({ ...given.finish(state), variance: given.finish(state).variance / 1e6 }),
    })),
  'does no worse than the mean on its own kind of data': () =>
    changed({
      train: (data, context) =>
        definition.train(
          mapTargets(data, (y) => -y),
          context,
        ),
      predict: (parameters, queries) =>
        predictLines(parameters, queries).map(({ mean, variance }) =>
          normal(
            mean,
            variance.map((value) => 100 * value),
          ),
        ),
    }),
  'parameters are plain data': () =>
    predictingBy(({ parameters }) => ({
      parameters: { ...(parameters as object), table: new Map([['a', 1]]) },
    })),
  'refuses a document of another estimator': () =>
    sees(sound(), (value) => ({ ...value, estimator: 'descent' })),
  'refuses a document of a later version': () => sees(sound(), (value) => ({ ...value, version: 1 })),
}

/** Laws that an estimator in the tests beside this one breaks and no other with it. */
const shownElsewhere: readonly LawName[] = [
  'same seed, same bits',
  'training does not advance its generator',
  'order of tasks does not matter',
  'order of features does not matter',
  'names of tasks do not matter',
  'an executor that runs jobs elsewhere changes no bit',
  'training leaves its arguments as they were',
  'steps count from 1 to at most maxSteps',
  'objectives are finite',
  'a monotone objective never rises',
  'an aborted signal stops before the first step',
  'a signal stops between steps with its reason',
  'no tensor is left',
  'stated cost grows with rows and tasks',
  'finite for a task of one row',
  'finite for a constant target',
  'finite for a constant column',
  'finite for the same column twice',
  'finite for more features than rows',
  'finite without features',
  'finite for a single task',
  'a cell to be filled predicts as its mean does',
  'an unknown level predicts',
  'refuses kinds that it does not list',
  'refuses inputs that it does not list',
  'refuses weights that it does not honour',
  'refuses a task that it does not know',
  'refuses an unseen task without what it rests on',
  'predicts rows alone as together',
  'predicts tasks alone as together',
  'an unseen task is predicted from what it rests on',
  'a stored model predicts the same bits',
  'options are plain JSON and make the same estimator',
  'views are finite and of matching lengths',
]

describe('an estimator that breaks one law alone', () => {
  it(`is there for each of the ${estimatorLaws.length} laws`, () => {
    const shown = [...Object.keys(lone), ...shownElsewhere]
    expect(shown.toSorted()).toEqual(estimatorLaws.map(([name]) => name).toSorted())
  })

  for (const [law, make] of Object.entries(lone)) {
    it(`is found by: ${law}`, async () => {
      expect(await brokenBy(make)).toEqual([law])
    })
  }
})
