/**
 * Multi-gate mixture of experts: shared experts, mixed for each task by a gate of its own.
 *
 *   f_e = MLP_e(x),    p_t = softmax(x (W_0 + W_t) / temperature),    z_t = sum_e p_te f_e
 *
 * x are the inputs of a row, f the experts, p_t the gate of task t, W_0 what gates have in common and W_t their own (0
 * at the start); with `heads: { sharing: 'own' }` the gate of the paper, W_t alone.
 *
 * Ma, Zhao, Yi, Chen, Hong and Chi (2018), Modeling task relationships in multi-task learning with multi-gate
 * mixture-of-experts, KDD, equations 5 to 7.
 */
import type { Estimator } from '@mtl/core'
import { networkEstimator, networkTrainer } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import { expertsArchitecture, type MixtureOptions } from './gated-experts.ts'
import { trainerOptions } from './options.ts'

/** Multi-gate mixture of experts. @throws MtlError 'invalid-option' */
export function mmoe(options: MixtureOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(mmoeArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function mmoeArchitecture(options: MixtureOptions = {}): Architecture {
  return expertsArchitecture('mmoe', options)
}
