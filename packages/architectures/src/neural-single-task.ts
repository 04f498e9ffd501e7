/**
 * Neural single-task: the layers of shared bottom for each task alone, so that nothing but the scale of inputs and
 * targets is learnt together: what learning together must beat.
 *
 *   z_t = MLP_t(x),    output_t = z_t . w_t + b_t
 *
 * The networks of all tasks are trained in one run, stacked as one tensor over tasks: a row moves the numbers of its own
 * task alone. Columns of level ids are the exception: tasks of one table read the same embeddings. Each task stops for
 * itself, since its network is done when its own loss is.
 */
import type { Estimator } from '@mtl/core'
import { layers, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

export interface NeuralSingleTaskOptions extends NetworkOptions {
  /** Widths of each task's hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
}

/** A network for each task. @throws MtlError 'invalid-option' */
export function neuralSingleTask(options: NeuralSingleTaskOptions = {}): Estimator<NetworkParameters> {
  const trainer = trainerOptions({ monitor: 'each', ...options.trainer })
  return networkEstimator(neuralSingleTaskArchitecture(options), networkTrainer(trainer))
}

/** The networks alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function neuralSingleTaskArchitecture(options: NeuralSingleTaskOptions = {}): Architecture {
  const { widths, layer, heads } = checkedOptions('neural-single-task', {
    ...options,
    heads: { sharing: 'own', ...options.heads },
  })
  return withHeads({
    name: 'neural-single-task',
    options: { layers: widths, ...layer, heads: storedHeads(heads) },
    heads,
    body(features, { tasks }) {
      const networks = layers('tasks/network', [features, ...widths], { ...layer, tasks: tasks.length })
      return {
        units: networks.units,
        init: networks.init,
        forward: (variables, x, batch, pass) => ({
          representation: networks.apply(variables, x, batch, pass),
        }),
      }
    },
  })
}
