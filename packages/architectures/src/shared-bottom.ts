/**
 * Shared bottom: hidden layers that all tasks share, and an output for each task above them.
 *
 *   z = MLP(x),    output_t = z . (w_0 + v_t) + b_0 + c_t
 *
 * x are the inputs of a row, v and c what a task has of its own (0 at the start); with `heads: { sharing: 'own' }` the
 * classical form, output_t = z . w_t + b_t.
 *
 * Caruana (1997), Multitask learning, Machine Learning 28, section 2.
 */
import type { Estimator } from '@mtl/core'
import { layers, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import {
  checkedOptions,
  sharedCapabilities,
  storedHeads,
  trainerOptions,
  type NetworkOptions,
} from './options.ts'

export interface SharedBottomOptions extends NetworkOptions {
  /** Widths of the shared hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
}

/** Hard parameter sharing. @throws MtlError 'invalid-option' */
export function sharedBottom(options: SharedBottomOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(sharedBottomArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function sharedBottomArchitecture(options: SharedBottomOptions = {}): Architecture {
  const { widths, layer, heads } = checkedOptions('shared-bottom', options)
  return withHeads({
    name: 'shared-bottom',
    options: { layers: widths, ...layer, heads: storedHeads(heads) },
    capabilities: sharedCapabilities,
    heads,
    body(features) {
      const trunk = layers('shared/trunk', [features, ...widths], layer)
      return {
        units: trunk.units,
        init: trunk.init,
        forward: (variables, x, batch, pass) => ({ representation: trunk.apply(variables, x, batch, pass) }),
      }
    },
  })
}
