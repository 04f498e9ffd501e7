/**
 * The loop of networks: rows into batches, a schedule by epoch, steps, validation, events, checkpoints.
 *
 * State is what a step changes (variables, the optimiser's and the weighting's state), the place in the epochs, and what
 * validation has shown; batches and draws follow from the stream's identity and the number of the epoch or step. So
 * state and identity are all that a checkpoint needs to go on to the very same bits on one backend.
 */
import * as tf from '@tensorflow/tfjs'
import { MtlError } from '../../error/mtl-error.ts'
import { breather } from '../../executor/breather.ts'
import type { TrainContext, TrainEvent, Trained, Training, Warning } from '../../model/types.ts'
import type { RandomGenerator } from '../../random/types.ts'
import { forwardPass } from '../forward-pass.ts'
import type { LabelledBatch } from '../types.ts'
import { loadVariables, readVariables } from '../variables.ts'
import { plateausBefore, stoppedBefore } from './course.ts'
import { afterEpoch } from './early-stopping.ts'
import { gradientReport } from './gradient-report.ts'
import { meanLosses, targetRows } from './held-out.ts'
import { rateAt, rateFactor } from './learning-rate.ts'
import { beginLoop, checkpointOf, disposeState, moveTo, warn, type Loop } from './loop.ts'
import type { CheckedOptions } from './options.ts'
import { settingsOf, type Run } from './run.ts'
import { settingsAt } from './schedule.ts'
import { activeTasks, epochOf } from './training-data.ts'
import type { EpochSettings, StepContext, TrainStep } from './types.ts'

/** So many steps in a row without a finite loss or gradient are a divergence. */
const mostSkipped = 10

/** A loop that has come to its end, its tensors still there. */
export interface Finished {
  readonly loop: Loop
  /** Early stopping ended it. */
  readonly converged: boolean
}

/** Runs the loop to its end; `finish` makes plain data of it. */
export async function* trainNetwork<Result>(
  run: Run,
  context: TrainContext,
  finish: (finished: Finished) => Promise<Result>,
): Training<Trained<Result>> {
  const { options, warnings } = run
  const loop = beginLoop(run, context)
  const breathe = breather()
  try {
    if (!context.resume) yield* warn(loop, warnings)
    while (loop.epoch <= run.epochs && !loop.validation?.isOver) {
      yield* trainEpoch(run, loop, context, breathe)
    }
    const converged = run.repeated?.converged ?? loop.validation?.isOver ?? false
    if (options.patience !== undefined && !converged && !run.isTrial)
      yield* warn(loop, [limitReached(options)])
    return {
      parameters: await finish({ loop, converged }),
      diagnostics: {
        steps: loop.trace.length,
        converged,
        objective: Float64Array.from(loop.trace),
        warnings: loop.warnings.map(({ message }) => message),
      },
    }
  } finally {
    disposeState(loop.state)
  }
}

async function* trainEpoch(
  run: Run,
  loop: Loop,
  context: TrainContext,
  breathe: () => Promise<void>,
): Training<void> {
  const { options } = run
  const number = loop.epoch
  const settings = settingsOf(run, number, loop.validation?.stopped ?? stoppedBefore(run.repeated, number))
  const epoch = epochOf(run.rows, run.network, { ...options, ...settings })
  const plans = epoch.plans(context.random.fork(`epoch ${number}`))
  const steps = Math.ceil(plans.length / options.accumulate)
  for (let i = loop.done; i < steps; i++) {
    context.signal?.throwIfAborted()
    const parts = plans.slice(i * options.accumulate, (i + 1) * options.accumulate)
    const batches = parts.map((plan) => epoch.batch(plan))
    const taken = await takeStep(run, loop, settings, batches, context.random)
    const isLast = i + 1 === steps
    if (isLast) await validate(run, loop, context.random)
    Object.assign(loop, isLast ? { epoch: number + 1, done: 0 } : { done: i + 1 })
    yield stepEvent(run, loop, number, taken, isLast ? loop.validation?.value : undefined)
    yield* afterStep(loop, context)
    await breathe()
  }
  if (steps === 0) loop.epoch += 1
}

function stepEvent(
  { maxSteps }: Run,
  { trace }: Loop,
  epoch: number,
  { losses, report }: Taken,
  validation: number | undefined,
): TrainEvent {
  const step = trace.length
  return {
    type: 'step',
    step,
    maxSteps,
    epoch,
    fraction: step / maxSteps,
    objective: trace[step - 1],
    taskLosses: losses,
    ...(validation !== undefined && { validation }),
    ...(report && { report }),
  }
}

/** What is to be said after a step, and its checkpoint. */
async function* afterStep(loop: Loop, context: TrainContext): Training<void> {
  const step = loop.trace.length
  if (isFirstSkipped(loop)) yield* warn(loop, [skippedIn(step)])
  if (step % (context.checkpointEvery ?? Infinity) === 0) yield await checkpointOf(loop, context)
}

type Taken = Pick<Awaited<ReturnType<TrainStep>>, 'losses' | 'report'>

/** Moves the loop by a step. The batches are used up. @throws MtlError 'not-finite' after ten skipped steps */
async function takeStep(
  run: Run,
  loop: Loop,
  settings: EpochSettings,
  batches: readonly LabelledBatch[],
  random: RandomGenerator,
): Promise<Taken> {
  const context = stepContext(run, loop, settings, random)
  try {
    const watched = await gradientsOf(run, loop, context, batches[0])
    const { state, losses, report } = await run.options.step(loop.state, batches, context)
    moveTo(loop, state)
    const isSkipped = report?.['step-skipped'] === 1
    loop.skipped = isSkipped ? loop.skipped + 1 : 0
    if (loop.skipped >= mostSkipped) throw diverged(run.options, context.step)
    loop.trace.push(isSkipped ? (loop.trace.at(-1) ?? 0) : total(losses))
    return { losses, ...((report ?? watched) && { report: { ...watched, ...report } }) }
  } finally {
    for (const batch of batches) batch[Symbol.dispose]()
  }
}

function stepContext(
  { options, network, names, plannedSteps, repeated }: Run,
  loop: Loop,
  settings: EpochSettings,
  random: RandomGenerator,
): StepContext {
  const { epoch, validation } = loop
  const step = loop.trace.length + 1
  const plateaus = validation?.plateaus.epochs.length ?? plateausBefore(repeated, epoch)
  const base = rateAt(options.learningRate, { step, epoch, maxSteps: plannedSteps, plateaus })
  return {
    network,
    options,
    random: random.fork(`step ${step}`),
    progress: (step - 1) / plannedSteps,
    rate: (name) => base * rateFactor(settings.rates, name),
    ...(settings.tasks && { tasks: Int32Array.from(settings.tasks, (name) => names.indexOf(name)) }),
    step,
    epoch,
    ...(validation && { validation: validation.latest }),
  }
}

/** Norms and cosines of the tasks' gradients, in the steps that report them. */
async function gradientsOf(
  { options: { monitorEvery = Infinity }, network, names }: Run,
  { state }: Loop,
  { step, random, progress }: StepContext,
  batch: LabelledBatch,
): Promise<Taken['report']> {
  if (step % monitorEvery !== 0) return undefined
  using pass = forwardPass(network, state.variables, batch, { random: random.fork('monitor'), progress })
  return gradientReport(
    await pass.gramian('shared/'),
    Array.from(batch.present, (k) => names[k]),
  )
}

/** After an epoch, where rows are held out. */
async function validate(run: Run, loop: Loop, random: RandomGenerator): Promise<void> {
  const { network, heldOut, options, task, names, trained } = run
  if (heldOut === undefined) return
  const { variables } = loop.state
  const { validation, weights } = await afterEpoch({
    before: loop.validation,
    losses: await meanLosses(network, variables, heldOut, random.fork('evaluation')),
    rows: targetRows(heldOut),
    epoch: loop.epoch,
    network,
    options,
    trained,
    active: activeTasks(names, settingsAt(options.schedule, loop.epoch)),
    ...(task !== undefined && { task }),
    read: () => readVariables(variables),
  })
  loop.validation = validation
  if (weights === undefined) return
  tf.dispose({ ...variables })
  loop.state = { ...loop.state, variables: loadVariables(weights) }
}

function total(losses: Float64Array): number {
  return losses.reduce((sum, loss) => sum + (Number.isNaN(loss) ? 0 : loss), 0)
}

function isFirstSkipped({ skipped, warnings }: Loop): boolean {
  return skipped > 0 && warnings.every(({ code }) => code !== 'step-skipped')
}

function skippedIn(step: number): Warning {
  return { code: 'step-skipped', message: `step ${step} was skipped: a loss or gradient was not finite` }
}

function limitReached({ epochs }: CheckedOptions): Warning {
  return {
    code: 'step-limit',
    message: `the validation loss still improved when training ended after ${epochs} epochs: more may be better`,
  }
}

function diverged({ learningRate: { base }, clipNorm }: CheckedOptions, step: number): MtlError {
  const other =
    clipNorm === undefined ? 'set clipNorm, to 5 for instance' : `lower clipNorm (now ${clipNorm})`
  const text = `training diverged: no finite loss or gradient in ${mostSkipped} steps up to step ${step}. Lower learningRate (now ${base}), or ${other}`
  return new MtlError('not-finite', text, { step, learningRate: base })
}
