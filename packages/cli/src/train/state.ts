import path from 'node:path'
import { fingerprint } from '@mtl/core'
import type { Checkpoint, Dataset, Estimator } from '@mtl/core'
import { trainingFiles } from '../model-directory/places.ts'
import type { Identity, KeptWork } from '../state-file.ts'

/** A training as far as it came. */
export interface TrainState {
  readonly checkpoint: Checkpoint
  /** Share that was done. */
  readonly fraction: number
}

/** A training that is kept in the directory of its model. */
export const keptTraining: KeptWork<TrainState> = {
  type: 'training-state',
  noun: 'training',
  remedy: 'name another directory with --out',
  isContent: ({ checkpoint, fraction }) =>
    typeof fraction === 'number' &&
    typeof checkpoint?.step === 'number' &&
    typeof checkpoint.random === 'object',
}

/** What makes the training of a method on such data this one. */
export function identityOf(
  data: Dataset,
  { name, version, options }: Estimator,
  seed: number,
  versions: Readonly<Record<string, string>>,
): Identity {
  return {
    data: fingerprint(data),
    settings: JSON.stringify({ name, version, options, seed }),
    versions: JSON.stringify(versions),
  }
}

export function checkpointFile(out: string): string {
  return path.join(out, trainingFiles.training)
}

export function comparisonFile(out: string): string {
  return path.join(out, trainingFiles.comparison)
}
