import * as tf from '@tensorflow/tfjs'
import type { Dataset } from '../../data/types.ts'
import { defineEstimator } from '../../model/define-estimator.ts'
import type { Estimator, TrainingCost } from '../../model/types.ts'
import { createRandom } from '../../random/generator.ts'
import { isStarting } from '../backend.ts'
import type { Architecture, DataShape } from '../types.ts'
import { shapeOf } from './encode.ts'
import { networkTrainer } from './network-trainer.ts'
import { predictQueries } from './predict-network.ts'
import type { NetworkParameters, Trainer, TrainerOptions } from './types.ts'

/**
 * All that a factory needs: `networkEstimator(withHeads({ ... }), networkTrainer(options.trainer))`. Its options are the
 * architecture's and `trainer`; its capabilities the architecture's and: all kinds, mixed kinds, weights, level ids.
 */
export function networkEstimator(
  architecture: Architecture,
  trainer: Trainer = networkTrainer(),
): Estimator<NetworkParameters> {
  return defineEstimator<NetworkParameters>({
    name: architecture.name,
    version: 1,
    options: { ...architecture.options, trainer: trainer.options },
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: true,
      inputs: 'nothing',
      levels: 'ids',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: [],
      parameterUncertainty: false,
      ...architecture.capabilities,
    },
    train: (data, context) => trainer.train(architecture, data, context),
    predict: (parameters, queries, tasks) => predictQueries(architecture, parameters, queries, tasks),
    views: ({ views }) => views,
    warnings: ({ warnings = [] }) => warnings,
    cost: (data) => networkCost(architecture, trainer, data),
  })
}

/** Passes over the rows of a trainer that does not say. */
const usualEpochs = 20

/** Times that a network is trained: for each candidate where rows are held out, and once more on all rows. */
function trainings(architecture: Architecture, { options }: Trainer, shape: DataShape): number {
  const { validationFraction = 0, refit = false } = options as Pick<
    TrainerOptions,
    'validationFraction' | 'refit'
  >
  if (validationFraction === 0) return 1
  return Math.max(1, architecture.candidates?.(shape).length ?? 1) + Number(refit)
}

/** Forward, and twice that backward; a multiplication and an addition for each number. */
const operationsPerNumber = 6

/** Values, gradients and what an optimiser keeps of each number, twice while a step replaces them; in bytes. */
const bytesPerNumber = 4 * 6

/** A row passes what is shared, and its own task's part of what tasks own. */
function networkCost(architecture: Architecture, trainer: Trainer, data: Dataset): TrainingCost {
  const shape = shapeOf(data)
  const sizes = variableSizes(architecture, shape)
  const numbers = (owned: boolean): number =>
    sizes
      .filter(([owner]) => owner !== 'state' && owner.startsWith('task') === owned)
      .reduce((sum, [, size]) => sum + size, 0)
  const [shared, own] = [numbers(false), numbers(true)]
  const rows = data.tasks.reduce((sum, { targets }) => sum + targets.length, 0)
  const cells = data.tasks.reduce((sum, { inputs }) => sum + inputs.data.length, 0)
  const { epochs = usualEpochs } = trainer.options as { readonly epochs?: number }
  return {
    parameters: shared + own,
    operations:
      operationsPerNumber *
      trainings(architecture, trainer, shape) *
      epochs *
      rows *
      (shared + own / data.tasks.length),
    bytes: bytesPerNumber * (shared + own) + 4 * cells,
  }
}

/** Owner and size of each variable. Where no backend is in use yet, counting leaves it so: training chooses. */
function variableSizes(architecture: Architecture, shape: DataShape): (readonly [string, number])[] {
  const engine = tf.engine()
  const isFresh = !engine.backendName && !isStarting()
  if (isFresh) tf.enableProdMode()
  try {
    return tf.tidy(() =>
      Object.entries(architecture.build(shape).init(createRandom('cost'))).map(
        ([name, { size }]) => [name.slice(0, name.indexOf('/')), size] as const,
      ),
    )
  } finally {
    if (isFresh) engine.reset()
  }
}
