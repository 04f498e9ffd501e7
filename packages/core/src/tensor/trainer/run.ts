import * as tf from '@tensorflow/tfjs'
import { splitData } from '../../data/split-data.ts'
import { holdout } from '../../data/splits.ts'
import type { Dataset } from '../../data/types.ts'
import { check } from '../../error/mtl-error.ts'
import type { Warning } from '../../model/types.ts'
import type { RandomGenerator } from '../../random/types.ts'
import type { Architecture, Network, Variables } from '../types.ts'
import { encodeData, type EncodedData } from './encode.ts'
import type { Course } from './course.ts'
import type { CheckedOptions } from './options.ts'
import { checkScheduledRates, checkScheduledTasks, checkTask, settingsAt } from './schedule.ts'
import { stepsOf } from './training-data.ts'
import type { EpochSettings, TrainingState } from './types.ts'

/** What stays the same through a training. */
export interface Run {
  readonly options: CheckedOptions
  readonly network: Network
  readonly data: Dataset
  readonly names: readonly string[]
  /** The rows that train. */
  readonly rows: EncodedData
  /** Rows of which the validation loss is taken. */
  readonly heldOut?: EncodedData
  /** The one task that early stopping watches. */
  readonly task?: number
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
  const { rows, held } = splitRows(given.validationFraction, data, random)
  // What counts alike hangs on the whole data, of which a step sees a batch.
  const options = { ...given, reduction: given.reduction ?? (rows.isShared ? 'task' : 'label') } as const
  const names = rows.shape.tasks.map(({ name }) => name)
  if (given.schedule) checkScheduledTasks(given.schedule, names)
  const heldOut = held && isLabelled(held) ? held : undefined
  const task = watchedTask(given, names, heldOut)
  const steps = stepsUntil(options.epochs, rows, options)
  return {
    options,
    network: architecture.build(rows.shape),
    data,
    names,
    rows,
    ...(heldOut && { heldOut }),
    ...(task !== undefined && { task }),
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
  testFraction: number,
  data: Dataset,
  random: RandomGenerator,
): { readonly rows: EncodedData; readonly held?: EncodedData } {
  if (testFraction === 0) return { rows: encodeData(data) }
  const { train, test } = splitData(data, holdout(data, { random: random.fork('validation'), testFraction }))
  const rows = encodeData(train)
  return { rows, held: encodeData(test, rows.scaling) }
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
 * Fresh state, or what `start` says of variables of equal name and shape.
 * @throws MtlError 'unknown-name' for a prefix of the schedule that no variable has
 */
export function initialState({ options, network, data }: Run, random: RandomGenerator): TrainingState {
  const { start = {}, optimiser, weighting } = options
  const variables = tf.tidy(() => {
    const fresh = { ...network.init(random) } as Record<string, tf.Tensor>
    for (const [name, { shape, values }] of Object.entries(start)) {
      if (name in fresh && sameShape(fresh[name].shape, shape))
        fresh[name] = tf.tensor(values.slice(), [...shape], 'float32')
    }
    return fresh
  }) as Variables
  if (options.schedule) checkScheduledRates(options.schedule, Object.keys(variables))
  return { variables, optimiser: optimiser.init(variables), weighting: weighting.init(data.tasks) }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i])
}

/** The training of one candidate; what is to be said of the data is said once. */
export function trialOf(run: Run, architecture: Architecture, isFirst: boolean): Run {
  const network = architecture.build(run.rows.shape)
  return { ...run, network, warnings: isFirst ? run.warnings : [], isTrial: run.options.refit }
}

/** The same training once more, on all rows, as held-out ones have shown that it goes best. */
export function repeatedOn(run: Run, architecture: Architecture, course: Course): Run {
  const { options, data, names } = run
  const rows = encodeData(data)
  const epochs = Math.max(...course.epochs)
  return {
    options,
    data,
    names,
    rows,
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
