import * as tf from '@tensorflow/tfjs'
import { splitData } from '../../data/split-data.ts'
import { holdout } from '../../data/splits.ts'
import type { Dataset } from '../../data/types.ts'
import { check } from '../../error/mtl-error.ts'
import type { Warning } from '../../model/types.ts'
import type { RandomGenerator } from '../../random/types.ts'
import type { Architecture, FittedTask, Network, Variables } from '../types.ts'
import { encodeData, type EncodedData } from './encode.ts'
import type { Course } from './course.ts'
import type { CheckedOptions } from './options.ts'
import { checkScheduledRates, checkScheduledTasks, checkTask, settingsAt } from './schedule.ts'
import { isModel, knownTasks, startedScaling, startedVariables } from './start.ts'
import { activeTasks, stepsOf } from './training-data.ts'
import type { EpochSettings, TrainingState } from './types.ts'

/** What stays the same through a training. */
export interface Run {
  readonly options: CheckedOptions
  readonly architecture: Architecture
  readonly network: Network
  readonly data: Dataset
  readonly names: readonly string[]
  /** The rows that train. */
  readonly rows: EncodedData
  /** Rows of which the validation loss is taken. */
  readonly heldOut?: EncodedData
  /** The one task that early stopping watches. */
  readonly task?: number
  /** Tasks that train in some epoch. */
  readonly trained: readonly number[]
  /** What was known before of tasks that do not. */
  readonly kept: ReadonlyMap<number, FittedTask>
  /** The last epoch, if nothing stops it before. */
  readonly epochs: number
  /** Steps until then. */
  readonly maxSteps: number
  /** Of all epochs of the options, which learning rates and temperatures go by. */
  readonly plannedSteps: number
  /** What this run does again, on more rows. */
  readonly repeated?: Course
  /** Held-out rows take from it how to train, on all rows then. */
  readonly isTrial?: boolean
  readonly warnings: readonly Warning[]
}

/** @throws MtlError 'unknown-name' (a task of monitor or schedule), 'unsupported' (one without held-out labels) */
export function runOf(
  given: CheckedOptions,
  architecture: Architecture,
  data: Dataset,
  random: RandomGenerator,
): Run {
  const { rows, held } = splitRows(given, data, random)
  // What counts alike hangs on the whole data, of which a step sees a batch.
  const options = { ...given, reduction: given.reduction ?? (rows.isShared ? 'task' : 'label') } as const
  const names = rows.shape.tasks.map(({ name }) => name)
  if (given.schedule) checkScheduledTasks(given.schedule, names)
  const heldOut = held && isLabelled(held) ? held : undefined
  const task = watchedTask(given, names, heldOut)
  const trained = trainedTasks(options, rows)
  const steps = stepsUntil(options.epochs, rows, options)
  return {
    options,
    architecture,
    network: architecture.build(rows.shape),
    data,
    names,
    rows,
    ...(heldOut && { heldOut }),
    ...(task !== undefined && { task }),
    trained,
    kept: keptTasks(options, rows, trained),
    epochs: options.epochs,
    maxSteps: steps,
    plannedSteps: steps,
    warnings: labelWarnings(rows, held),
  }
}

function isLabelled({ tasks }: EncodedData): boolean {
  return tasks.some(({ labelled }) => labelled.length > 0)
}

/** Position of the one task that early stopping watches. */
function watchedTask(
  { monitor, patience }: CheckedOptions,
  names: readonly string[],
  heldOut: EncodedData | undefined,
): number | undefined {
  if (typeof monitor !== 'object') return undefined
  checkTask('monitor', monitor.task, names)
  const task = names.indexOf(monitor.task)
  if (patience === undefined) return task
  const labels = heldOut?.tasks[task].labelled.length ?? 0
  const text = `monitor watches task "${monitor.task}", of which no label is held out`
  check(labels > 0, 'unsupported', text, { task: monitor.task })
  return task
}

function splitRows(
  options: CheckedOptions,
  data: Dataset,
  random: RandomGenerator,
): { readonly rows: EncodedData; readonly held?: EncodedData } {
  const { validationFraction: testFraction } = options
  if (testFraction === 0) return { rows: encoded(options, data) }
  const { train, test } = splitData(data, holdout(data, { random: random.fork('validation'), testFraction }))
  const rows = encoded(options, train)
  return { rows, held: encodeData(test, rows.scaling) }
}

/** Rows that train, in their own scale or that of the model to start from. */
function encoded({ start }: CheckedOptions, train: Dataset): EncodedData {
  return isModel(start) ? encodeData(train, startedScaling(start, train)) : encodeData(train)
}

function trainedTasks({ schedule = {} }: CheckedOptions, { shape, tasks }: EncodedData): readonly number[] {
  const names = shape.tasks.map(({ name }) => name)
  const begun = ['1', ...Object.keys(schedule)].map((epoch) => settingsAt(schedule, Number(epoch)))
  const active = new Set(begun.flatMap((settings) => activeTasks(names, settings)))
  return Array.from(tasks.keys()).filter((k) => active.has(k) && tasks[k].labelled.length > 0)
}

function keptTasks(
  { start }: CheckedOptions,
  { shape: { tasks } }: EncodedData,
  trained: readonly number[],
): Run['kept'] {
  if (!isModel(start)) return new Map()
  const idle = [...knownTasks(start, tasks).entries()].filter(([k, at]) => at >= 0 && !trained.includes(k))
  return new Map(idle.map(([k, at]) => [k, start.tasks[at]]))
}

/** Settings of an epoch, without the tasks that stopped. */
export function settingsOf(
  { options, names }: Run,
  epoch: number,
  stopped: readonly number[],
): EpochSettings {
  const settings = settingsAt(options.schedule, epoch)
  if (stopped.length === 0) return settings
  const gone = new Set(stopped.map((k) => names[k]))
  return { ...settings, tasks: (settings.tasks ?? names).filter((name) => !gone.has(name)) }
}

/**
 * Fresh state, or what `start` says.
 * @throws MtlError 'unknown-name' for a prefix of the schedule that no variable has
 */
export function initialState(
  { options, network, architecture, data, rows }: Run,
  random: RandomGenerator,
): TrainingState {
  const { start, optimiser, weighting } = options
  const variables = tf.tidy(() => {
    const fresh = network.init(random)
    return { ...(start ? startedVariables(fresh, start, network, architecture, rows.shape.tasks) : fresh) }
  }) as Variables
  if (options.schedule) checkScheduledRates(options.schedule, Object.keys(variables))
  return { variables, optimiser: optimiser.init(variables), weighting: weighting.init(data.tasks) }
}

/** The training of one candidate; what is to be said of the data is said once. */
export function trialOf(run: Run, architecture: Architecture, isFirst: boolean): Run {
  const network = architecture.build(run.rows.shape)
  return { ...run, architecture, network, warnings: isFirst ? run.warnings : [], isTrial: run.options.refit }
}

/** The same training once more, on all rows, as held-out ones have shown that it goes best. */
export function repeatedOn(run: Run, architecture: Architecture, course: Course): Run {
  const { options, data, names, trained, kept } = run
  const rows = encoded(options, data)
  const epochs = Math.max(...course.epochs)
  return {
    options,
    data,
    names,
    trained,
    kept,
    rows,
    architecture,
    network: architecture.build(rows.shape),
    epochs,
    maxSteps: stepsUntil(epochs, rows, options),
    plannedSteps: stepsUntil(options.epochs, rows, options),
    warnings: [],
    repeated: course,
  }
}

/** Of the first `epochs` epochs, as if no task stopped. */
function stepsUntil(epochs: number, rows: EncodedData, options: CheckedOptions): number {
  const { schedule = {} } = options
  let steps = 0
  let inEpoch = 0
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (epoch === 1 || epoch in schedule)
      inEpoch = stepsOf(rows, { ...options, ...settingsAt(schedule, epoch) }, options.accumulate)
    steps += inEpoch
  }
  return steps
}

function labelWarnings(rows: EncodedData, held: EncodedData | undefined): Warning[] {
  const without = (data: EncodedData): string[] =>
    data.shape.tasks.filter((_, k) => data.tasks[k].labelled.length === 0).map(({ name }) => `"${name}"`)
  const untrained = without(rows)
  const unheld = held ? without(held) : []
  const warnings: Warning[] = []
  if (untrained.length > 0)
    warnings.push({
      code: 'task-without-labels',
      message: `no label trains ${listed(untrained)}: what it owns stays as at the start`,
    })
  if (unheld.length > 0)
    warnings.push({
      code: 'no-validation-labels',
      message: `no label is held out of ${listed(unheld)}: early stopping does not see it`,
    })
  return warnings
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 5).join(', ')
  return `${names.length === 1 ? 'task' : `${names.length} tasks,`} ${some}${names.length > 5 ? ', ...' : ''}`
}
