import { expect } from 'vitest'
import type { Dataset } from '../../data/types.ts'
import { createRandom } from '../../random/generator.ts'
import { permutation } from '../../random/sample.ts'
import { fit } from '../../training/fit.ts'
import { elsewhere } from '../elsewhere.ts'
import type { LawName } from '../types.ts'
import { seed, type Bench, type Law } from './bench.ts'
import { columnsOf, mapColumns, mapRows, mapTasks } from './changed.ts'
import { expectClose, outcomeOf } from './outcome.ts'

export const repeatableLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'same seed, same bits': { run: sameBits },
  'training does not advance its generator': { run: generatorStays },
  'order of tasks does not matter': { run: orderOfTasks },
  'order of rows does not matter': { run: orderOfRows },
  'order of features does not matter': { run: orderOfFeatures },
  'names of tasks do not matter': { run: namesOfTasks },
  'two trainings at once do not meet': { run: twoAtOnce },
  'an executor that runs jobs elsewhere changes no bit': { run: jobsElsewhere },
  'training leaves its arguments as they were': { run: trainingLeavesArguments },
  'prediction leaves its arguments as they were': { run: predictionLeavesArguments },
}

/** The rows backwards: rows that no training has met, so that nothing was written into them before. */
const turnedRows = (data: Dataset): Dataset => mapRows(data, (rows) => [...Array(rows).keys()].toReversed())

/** By one estimator twice, and by another one. */
async function sameBits({ make, data, course }: Bench): Promise<void> {
  const { model } = await course()
  const estimator = make()
  for (let time = 0; time < 2; time++) {
    const again = await fit(estimator, data, { random: seed })
    expect(again.parameters).toEqual(model.parameters)
    expect(again.diagnostics).toEqual(model.diagnostics)
    expect(await outcomeOf(again, data)).toEqual(await outcomeOf(model, data))
  }
}

async function generatorStays({ train, data }: Bench): Promise<void> {
  const random = createRandom(3)
  const before = random.toJSON()
  await train(data, { random })
  expect(random.toJSON()).toEqual(before)
}

async function orderOfTasks({ train, data, course, tolerance }: Bench): Promise<void> {
  const turned = await train({ tasks: data.tasks.toReversed() })
  expectClose(await outcomeOf(turned, data), await outcomeOf((await course()).model, data), tolerance)
}

async function orderOfRows({ train, data, course, tolerance }: Bench): Promise<void> {
  const shuffled = await train(mapRows(data, (rows) => [...permutation(createRandom(4), rows)]))
  expectClose(await outcomeOf(shuffled, data), await outcomeOf((await course()).model, data), tolerance)
}

async function orderOfFeatures({ train, data, course, tolerance }: Bench): Promise<void> {
  const turned = await train(mapColumns(data, (features) => columnsOf(features).toReversed()))
  expectClose(await outcomeOf(turned, data), await outcomeOf((await course()).model, data), tolerance)
}

async function namesOfTasks({ train, data, course, tolerance }: Bench): Promise<void> {
  // In an order of the alphabet that turns the given one about.
  const renamed = mapTasks(data, (task, k) => ({ ...task, name: `renamed-${data.tasks.length - k}` }))
  const model = await train(renamed)
  expectClose(await outcomeOf(model, renamed), await outcomeOf((await course()).model, data), tolerance)
}

async function twoAtOnce({ make, data, course }: Bench): Promise<void> {
  const estimator = make()
  const { model, events } = await course()
  const first = estimator.train(data, { random: createRandom(seed), checkpointEvery: 1 })
  const second = estimator.train(turnedRows(data), { random: createRandom('another') })
  let yielded = 0
  let other: IteratorResult<unknown> = { done: false, value: undefined }
  for (;;) {
    if (!other.done) other = await second.next()
    const { done, value } = await first.next()
    if (!done) {
      yielded++
      continue
    }
    expect(value.parameters).toEqual(model.parameters)
    expect(yielded).toBe(events.length)
    return
  }
}

async function jobsElsewhere({ train, data, course }: Bench): Promise<void> {
  const other = await train(data, { executor: elsewhere() })
  const { model } = await course()
  expect(other.parameters).toEqual(model.parameters)
  expect(other.diagnostics).toEqual(model.diagnostics)
}

async function trainingLeavesArguments({ train, data }: Bench): Promise<void> {
  const given = turnedRows(data)
  const copy = structuredClone(given)
  await train(given)
  expect(given).toEqual(copy)
}

async function predictionLeavesArguments({ data, train }: Bench): Promise<void> {
  const model = await train(data)
  const given = turnedRows(data)
  const before = structuredClone([given, model.parameters, model.tasks])
  await model.predict(given)
  await model.predictTask(given.tasks[0].name, given.tasks[0].inputs)
  model.views()
  expect([given, model.parameters, model.tasks]).toEqual(before)
}
