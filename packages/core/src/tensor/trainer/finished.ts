import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator } from '../../random/types.ts'
import { loadVariables } from '../variables.ts'
import type { Course } from './course.ts'
import { meanLosses } from './held-out.ts'
import { noiseVariances, parametersOf, type Learnt } from './learnt.ts'
import type { Run } from './run.ts'
import type { Watch } from './stopping.ts'
import type { Finished } from './train-network.ts'
import type { NetworkParameters } from './types.ts'

/** What a finished loop has learnt. */
export function learntParameters(run: Run, finished: Finished): Promise<NetworkParameters> {
  return withBest(run, finished, parametersOf)
}

/** How a finished loop went. `random`: see `meanLosses`. */
export function courseOf(run: Run, finished: Finished, random: RandomGenerator): Promise<Course> {
  const { loop, converged } = finished
  const { validation } = loop
  const isEach = run.options.monitor === 'each'
  return withBest(run, finished, async (learnt) => {
    const losses = await meanLosses(learnt.network, learnt.variables, learnt.heldOut ?? learnt.data, random)
    return {
      first: validation?.first ?? losses,
      losses,
      epochs: run.names.map((_, k) =>
        run.trained.includes(k) ? bestEpoch(validation?.watches[isEach ? k : 0], loop.epoch - 1) : 0,
      ),
      plateaus: validation?.plateaus.epochs ?? [],
      variances: await noiseVariances(learnt),
      converged,
    }
  })
}

/** All that were made where nothing was watched, or nothing finite was seen. */
function bestEpoch(watch: Watch | undefined, made: number): number {
  return watch === undefined || watch.bestEpoch === 0 ? made : watch.bestEpoch
}

/** With the best variables where early stopping watched, else the last. */
async function withBest<Result>(
  { network, rows, heldOut, data, options, kept, repeated }: Run,
  { loop: { state, validation } }: Finished,
  use: (learnt: Learnt) => Promise<Result>,
): Promise<Result> {
  const best = options.monitor === 'each' ? undefined : validation?.best
  const variables = best ? loadVariables(best) : state.variables
  try {
    return await use({
      network,
      variables,
      data: rows,
      tasks: data.tasks,
      kept,
      ...(heldOut && { heldOut }),
      ...(repeated && { variances: repeated.variances }),
      ...(options.classWeights && { classWeights: options.classWeights }),
    })
  } finally {
    if (best) tf.dispose({ ...variables })
  }
}
