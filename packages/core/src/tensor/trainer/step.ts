import * as tf from '@tensorflow/tfjs'
import { check } from '../../error/mtl-error.ts'
import type { Direction, Losses, LossWeighting, TaskWeights } from '../../weighting/types.ts'
import { forwardPass } from '../forward-pass.ts'
import type { LabelledBatch, Network, Variables } from '../types.ts'
import { addGradients, clip, disposeGradients, gradientNorm } from './clip.ts'
import { optimiserOf, weightingOf } from './named-options.ts'
import { proximalStep } from './proximal-step.ts'
import type { ForwardPass, Gradients, PassContext, StepContext, TrainingState, TrainStep } from './types.ts'
import { partWeights, wholeLosses, wholeOf, type Whole } from './whole.ts'

/**
 * Losses, weighting, gradients, clipping, update, proximal map, moving statistics: what `networkTrainer` does in a step.
 * A step whose losses or gradients are not finite changes nothing and reports 'step-skipped'. Parts of a batch are run
 * twice, for their losses and for their gradients, so that one of them is in memory at a time.
 * @throws MtlError 'unsupported' (several parts, and a weighting that needs gradients)
 */
export const trainStep: TrainStep = async (state, batches, context) => {
  const weighting = weightingOf(context.options.weighting)
  const whole = wholeOf(batches, context.options.reduction ?? (batches[0].taskOf ? 'label' : 'task'))
  const computed =
    batches.length === 1
      ? await computeBatch(weighting, state, batches[0], whole, context)
      : await computeParts(weighting, state, batches, whole, context)
  if (computed === undefined) return skippedStep(state, context.network)
  let { gradients } = computed
  try {
    const { clipNorm } = context.options
    if (clipNorm !== undefined) {
      const norm = await gradientNorm(gradients)
      if (!Number.isFinite(norm)) return skippedStep(state, context.network)
      gradients = clip(gradients, norm, clipNorm)
    }
    const next = nextState(state, gradients, computed.state, context)
    const { losses, input, weighed } = computed
    const memory = weighting.afterUpdate
      ? weighting.afterUpdate(
          { ...input, lossesAfter: await lossesOf(next.variables, batches, whole, context) },
          weighed.state,
        )
      : weighed.state
    return {
      state: { ...next, weighting: memory },
      losses: byTask(context.network, whole.present, losses),
      ...(weighed.report && { report: weighed.report }),
    }
  } finally {
    disposeGradients(gradients)
    tf.dispose({ ...computed.state })
  }
}

/** What a weighting made of the losses. */
interface Weighed {
  readonly update: TaskWeights | Direction
  readonly state: unknown
  readonly report?: Readonly<Record<string, number>>
}

/** All that an update needs; `state` and `gradients` are to be disposed. */
interface Computed {
  readonly losses: Float64Array
  readonly input: Losses
  readonly weighed: Weighed
  readonly gradients: Gradients
  /** Next 'state/...' variables. */
  readonly state: Variables
}

/** Undefined where a loss is not finite. */
async function computeBatch(
  weighting: LossWeighting,
  state: TrainingState,
  batch: LabelledBatch,
  whole: Whole,
  context: StepContext,
): Promise<Computed | undefined> {
  using pass = forwardPass(context.network, state.variables, batch, passContext(context, 0))
  const losses = await pass.losses()
  if (!losses.every(Number.isFinite)) return undefined
  const input = lossesInput(whole, losses, context)
  const weighed = await weigh(weighting, state.weighting, input, pass)
  return { losses, input, weighed, gradients: pass.gradients(weighed.update), state: copies(pass.state) }
}

async function computeParts(
  weighting: LossWeighting,
  state: TrainingState,
  batches: readonly LabelledBatch[],
  whole: Whole,
  context: StepContext,
): Promise<Computed | undefined> {
  check(
    weighting.needs === 'losses',
    'unsupported',
    `accumulate goes with weightings that need losses alone; "${weighting.name}" needs the ${weighting.needs}`,
    { weighting: weighting.name },
  )
  const losses = await lossesOf(state.variables, batches, whole, context)
  if (!losses.every(Number.isFinite)) return undefined
  const input = lossesInput(whole, losses, context)
  const { state: memory, report, ...weights } = weighting.weigh(input, state.weighting)
  let gradients: Gradients = {}
  let moving: Variables = {}
  for (const [p, batch] of batches.entries()) {
    using pass = forwardPass(
      context.network,
      { ...state.variables, ...moving },
      batch,
      passContext(context, p),
    )
    const share = (values: Float64Array): Float64Array => partWeights(whole, batch, p, values)
    const part = pass.gradients({
      weights: share(weights.weights),
      ...(weights.ownWeights && { ownWeights: share(weights.ownWeights) }),
      penalties: 1 / batches.length,
    })
    gradients = addGradients(gradients, part)
    const moved = copies(pass.state)
    tf.dispose({ ...moving })
    moving = moved
  }
  const weighed = { update: weights, state: memory, ...(report && { report }) }
  return { losses, input, weighed, gradients, state: moving }
}

/** Of the whole batch with these variables, in training mode. */
async function lossesOf(
  variables: Variables,
  batches: readonly LabelledBatch[],
  whole: Whole,
  context: StepContext,
): Promise<Float64Array> {
  const parts: Float64Array[] = []
  for (const [p, batch] of batches.entries()) {
    const training = { ...passContext(context, p), trains: () => false }
    using pass = forwardPass(context.network, variables, batch, training)
    parts.push(await pass.losses())
  }
  return wholeLosses(whole, batches, parts)
}

/** The same draws for the same part, however often it is run. */
function passContext(context: StepContext, part: number): PassContext {
  return {
    random: context.random.fork('pass').fork(part),
    progress: context.progress,
    trains: (name) => context.rate(name) !== 0,
  }
}

function lossesInput({ present, labels }: Whole, losses: Float64Array, context: StepContext): Losses {
  const { validation } = context
  return {
    present,
    losses,
    labels,
    step: context.step,
    epoch: context.epoch,
    learningRate: context.rate('shared/'),
    ...(validation && { validation: Float64Array.from(present, (k) => validation[k]) }),
    random: context.random.fork('weighting'),
  }
}

async function weigh(
  weighting: LossWeighting,
  memory: unknown,
  input: Losses,
  pass: ForwardPass,
): Promise<Weighed> {
  switch (weighting.needs) {
    case 'losses': {
      const { state, report, ...update } = weighting.weigh(input, memory)
      return { update, state, ...(report && { report }) }
    }
    case 'gramian': {
      const gramian = await pass.gramian(weighting.at)
      const { state, report, ...weights } = weighting.weigh({ ...input, gramian }, memory)
      // What a task owns gets its loss at weight 1, where gradients of shared variables decided the weights.
      const ownWeights = weights.ownWeights ?? new Float64Array(weights.weights.length).fill(1)
      return { update: { ...weights, ownWeights }, state, ...(report && { report }) }
    }
    case 'jacobian': {
      const jacobian = await pass.jacobian(weighting.at)
      const { state, report, ...along } = weighting.combine({ ...input, jacobian }, memory)
      const at = along.at ?? weighting.at
      return { update: { ...along, ...(at !== undefined && { at }) }, state, ...(report && { report }) }
    }
  }
}

function nextState(
  state: TrainingState,
  gradients: Gradients,
  moving: Variables,
  { network, options, ...context }: StepContext,
): Pick<TrainingState, 'variables' | 'optimiser'> {
  const updated = optimiserOf(options.optimiser).update(gradients, state.optimiser, state.variables, (name) =>
    context.rate(name),
  )
  const near = network.proximal ? proximalStep(network, updated.variables, context) : updated.variables
  const replaced = Object.keys(moving).map((name) => near[name])
  tf.dispose(replaced)
  return { variables: { ...near, ...copies(moving) }, optimiser: updated.state }
}

/** All new tensors, and nothing changed. */
function skippedStep(state: TrainingState, { groups }: Network): Awaited<ReturnType<TrainStep>> {
  const { tensors, steps } = state.optimiser
  return {
    state: {
      variables: copies(state.variables),
      optimiser: { tensors: copies(tensors), steps },
      weighting: state.weighting,
    },
    losses: new Float64Array(groups.reduce((sum, { tasks }) => sum + tasks.length, 0)).fill(NaN),
    report: { 'step-skipped': 1 },
  }
}

function copies(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).map(([name, tensor]) => [name, tensor.clone()]))
}

function byTask({ groups }: Network, present: Int32Array, losses: Float64Array): Float64Array {
  const all = new Float64Array(groups.reduce((sum, { tasks }) => sum + tasks.length, 0)).fill(NaN)
  present.forEach((k, i) => (all[k] = losses[i]))
  return all
}
