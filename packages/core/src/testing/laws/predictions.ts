import { expect } from 'vitest'
import type { Dataset, Task } from '../../data/types.ts'
import { observed, selectTaskRows } from '../../data/rows.ts'
import { tablesOf } from '../../data/tables.ts'
import { bernoulli } from '../../distribution/bernoulli.ts'
import { categorical } from '../../distribution/categorical.ts'
import { concatenate } from '../../distribution/concatenate.ts'
import { classProbabilities, isReal } from '../../distribution/kind.ts'
import { normal } from '../../distribution/normal.ts'
import type { Distribution } from '../../distribution/types.ts'
import { matrix, row } from '../../linalg/matrix.ts'
import { intervalCoverage } from '../../metric/calibration.ts'
import { defaultMetrics } from '../../metric/default-metrics.ts'
import type { Metric } from '../../metric/types.ts'
import type { Model, UnseenTask } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import type { Bench, Law } from './bench.ts'
import { mapTargets } from './changed.ts'
import { expectClose, expectFinite, numbersOf, outcomeOf } from './outcome.ts'

export const predictionLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'predicts one value for each row': { run: oneForEachRow },
  'predicts rows alone as together': { run: rowsAlone },
  'predicts tasks alone as together': { run: tasksAlone },
  'variances are positive, probabilities sum to 1': { run: properNumbers },
  'an unseen task is predicted from what it rests on': {
    applies: ({ make }) => make().capabilities.unseenTasks.length > 0,
    run: unseenTask,
  },
  '90 % intervals cover most of its own kind of data': {
    applies: ({ kind }) => kind === 'regression',
    run: intervalsCover,
  },
  'does no worse than the mean on its own kind of data': { run: noWorseThanMean },
}

async function oneForEachRow({ data, course }: Bench): Promise<void> {
  const { model } = await course()
  const predictions = await model.predict(data)
  expect(Object.keys(predictions).toSorted()).toEqual(data.tasks.map(({ name }) => name).toSorted())
  for (const { name, inputs } of data.tasks) expectSize(predictions[name], inputs.rows)
  if (Math.max(...tablesOf(model.tasks)) > 0) return
  // One table: the rows of any task may be asked of all.
  const [{ inputs }] = data.tasks
  for (const prediction of Object.values(await model.predict(inputs))) expectSize(prediction, inputs.rows)
}

function expectSize(prediction: Distribution, rows: number): void {
  expect(prediction.size).toBe(rows)
  for (const part of [prediction.point, ...numbersOf(prediction)]) expect(part.length % rows).toBe(0)
}

async function rowsAlone({ data, course, tolerance }: Bench): Promise<void> {
  const { model } = await course()
  const together = await model.predict(data)
  const last = Math.min(...data.tasks.map(({ inputs }) => inputs.rows)) - 1
  for (const i of [0, last]) {
    const alone = { tasks: data.tasks.map((task) => selectTaskRows(task, [i])) }
    const expected = data.tasks.map(({ name }) => numbersOf(together[name].select([i])))
    expectClose(await outcomeOf(model, alone), expected, tolerance)
  }
}

async function tasksAlone({ data, course, tolerance }: Bench): Promise<void> {
  const { model } = await course()
  const together = await outcomeOf(model, data)
  for (const [k, task] of data.tasks.entries())
    expectClose(await outcomeOf(model, { tasks: [task] }), [together[k]], tolerance)
}

async function properNumbers({ data, course }: Bench): Promise<void> {
  const predictions = await (await course()).model.predict(data)
  for (const { name, kind, classes } of data.tasks) {
    const prediction = predictions[name]
    if (kind === 'regression') expectVariances(prediction)
    else expectProbabilities(prediction, classes.length)
  }
}

function expectVariances(prediction: Distribution): void {
  if (!isReal(prediction)) throw new Error(`a ${prediction.kind} for numbers`)
  const { variance, noiseVariance, mean } = prediction
  expectFinite([[mean, variance]])
  expect(variance.every((value) => value > 0)).toBe(true)
  // Rounding of sums apart, noise is a part of the variance.
  expect(noiseVariance?.every((noise, i) => noise >= 0 && noise <= variance[i] * (1 + 1e-9)) ?? true).toBe(
    true,
  )
}

function expectProbabilities(prediction: Distribution, classes: number): void {
  const probabilities = classProbabilities(prediction)
  expect(probabilities.columns).toBe(classes)
  for (let i = 0; i < probabilities.rows; i++) {
    const of = row(probabilities, i)
    expect(of.every((p) => p >= 0 && p <= 1)).toBe(true)
    expect(Math.abs(of.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThanOrEqual(1e-9)
  }
}

/** From each basis alone, and from all together. */
async function unseenTask({ make, data, course }: Bench): Promise<void> {
  const { model } = await course()
  const { unseenTasks, descriptors } = make().capabilities
  const { kind, target, descriptor } = data.tasks[0]
  const { inputs, targets } = selectTaskRows(observed(data.tasks[0]), [0, 1, 2, 3])
  const traits = descriptor && { descriptor }
  const bases: Readonly<Record<(typeof unseenTasks)[number], Partial<UnseenTask>>> = {
    nothing: {},
    descriptor: { ...traits },
    examples: { examples: { inputs, targets } },
  }
  const given = unseenTasks.map((basis) => bases[basis])
  for (const basis of [...given, Object.assign({}, ...given) as Partial<UnseenTask>]) {
    const task = { kind, target, ...basis, ...(descriptors === 'needed' && traits) }
    const prediction = await model.predictTask(task, data.tasks[0].inputs)
    expectSize(prediction, data.tasks[0].inputs.rows)
    expectFinite([numbersOf(prediction)])
  }
}

const isHeldOut = (i: number): boolean => i % 4 === 3

/** Every fourth row is kept from training and then judged. */
async function judge({ data, train }: Bench): Promise<{ readonly model: Model; readonly heldOut: Dataset }> {
  const model = await train(mapTargets(data, (y, i) => (isHeldOut(i) ? NaN : y)))
  return { model, heldOut: mapTargets(data, (y, i) => (isHeldOut(i) ? y : NaN)) }
}

async function score(model: Model, { tasks }: Dataset, metric: Metric): Promise<number> {
  const predictions = await model.predict({ tasks })
  const together = concatenate(tasks.map(({ name }) => predictions[name]))
  return metric.evaluate(together, Float64Array.from(tasks.flatMap(({ targets }) => [...targets])))
}

async function intervalsCover(bench: Bench): Promise<void> {
  const { model, heldOut } = await judge(bench)
  expect(await score(model, heldOut, intervalCoverage(0.9))).toBeGreaterThan(0.5)
}

/**
 * By so much more than the mean of all may a method err that learns each task by itself, without shrinkage: a median of nine
 * rows errs by sqrt(1 + pi / 18), 1.08 times as much in the mean over such data, and twelve held-out rows scatter around it.
 */
const noise = 1.25

async function noWorseThanMean(bench: Bench): Promise<void> {
  const { model, heldOut } = await judge(bench)
  const [metric] = defaultMetrics(bench.kind)
  const targets = Float64Array.from(heldOut.tasks.flatMap((task) => [...task.targets]))
  const trained = bench.data.tasks.map((task) => ({
    ...task,
    targets: task.targets.filter((y, i) => !isHeldOut(i) && !Number.isNaN(y)),
  }))
  const mean = metric.evaluate(meanOf(trained, targets.length), targets)
  const own = await score(model, heldOut, metric)
  const figures = `${metric.name} ${own.toPrecision(4)} on held-out rows, ${mean.toPrecision(4)} by the mean of all`
  const remedy = 'give `data` that suits the method, or state under `except` why the law does not hold for it'
  expect(own, `${figures}: ${remedy}`).toBeLessThanOrEqual(noise * mean)
}

/** Mean and variance, or the shares of classes, of all targets. */
function meanOf(tasks: readonly Task[], size: number): Distribution {
  const values = tasks.flatMap(({ targets }) => [...targets])
  const share = (of: (y: number) => number): number =>
    values.reduce((sum, y) => sum + of(y), 0) / values.length
  const [{ kind, classes }] = tasks
  const fill = (value: number): Float64Array => new Float64Array(size).fill(value)
  if (kind === 'binary') return bernoulli(fill(share((y) => y)))
  if (kind === 'regression') return normal(fill(share((y) => y)), fill(1))
  const shares = classes.map((_, k) => share((y) => Number(y === k)))
  return categorical(
    matrix(size, classes.length, Float64Array.from(Array.from({ length: size }, () => shares).flat())),
  )
}
