import * as tf from '@tensorflow/tfjs'
import type { TrainContext, TrainEvent, Warning } from '../../model/types.ts'
import type { Weights } from '../types.ts'
import { loadVariables, readVariables } from '../variables.ts'
import type { Validation } from './early-stopping.ts'
import { initialState, type Run } from './run.ts'
import type { TrainingState } from './types.ts'

/** Where a training stands: what the loop moves along, in place. */
export interface Loop {
  state: TrainingState
  /** Of the next step: 1, 2, ... */
  epoch: number
  /** Steps of that epoch that are taken. */
  done: number
  /** Steps in a row that changed nothing. */
  skipped: number
  validation: Validation | undefined
  /** Objective after each step. */
  readonly trace: number[]
  readonly warnings: Warning[]
}

/** The same as plain data. */
interface Saved {
  readonly weights: Weights
  readonly optimiser: { readonly tensors: Weights; readonly steps: Readonly<Record<string, Int32Array>> }
  readonly weighting: unknown
  readonly epoch: number
  readonly done: number
  readonly skipped: number
  readonly validation?: Validation
  readonly trace: readonly number[]
  readonly warnings: readonly Warning[]
}

/** From the beginning, or from a checkpoint. Its tensors are the caller's. */
export function beginLoop(run: Run, { random, resume }: TrainContext): Loop {
  if (resume === undefined) {
    return {
      state: initialState(run, random.fork('init')),
      epoch: 1,
      done: 0,
      skipped: 0,
      validation: undefined,
      trace: [],
      warnings: [],
    }
  }
  const { weights, optimiser, weighting, trace, warnings, validation, ...place } = resume.value as Saved
  return {
    ...place,
    state: {
      variables: loadVariables(weights),
      optimiser: { tensors: loadVariables(optimiser.tensors), steps: optimiser.steps },
      weighting,
    },
    validation,
    trace: [...trace],
    warnings: [...warnings],
  }
}

export async function checkpointOf(loop: Loop, { random }: TrainContext): Promise<TrainEvent> {
  const { state, trace, warnings, validation, epoch, done, skipped } = loop
  const value: Saved = {
    weights: await readVariables(state.variables),
    optimiser: { tensors: await readVariables(state.optimiser.tensors), steps: state.optimiser.steps },
    weighting: state.weighting,
    epoch,
    done,
    skipped,
    ...(validation && { validation }),
    trace: [...trace],
    warnings: [...warnings],
  }
  return { type: 'checkpoint', checkpoint: { step: trace.length, random: random.toJSON(), value } }
}

/** Frees the old state. */
export function moveTo(loop: Loop, state: TrainingState): void {
  disposeState(loop.state)
  loop.state = state
}

export function disposeState({ variables, optimiser }: TrainingState): void {
  tf.dispose([{ ...variables }, { ...optimiser.tensors }])
}

/** Events of warnings, which diagnostics will list. */
export function* warn(loop: Loop, warnings: readonly Warning[]): Generator<TrainEvent, void> {
  for (const warning of warnings) {
    loop.warnings.push(warning)
    yield { type: 'warning', ...warning }
  }
}
