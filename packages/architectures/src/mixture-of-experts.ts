/**
 * Mixture of experts: shared experts, mixed by one gate that all tasks share; tasks differ in their outputs alone.
 *
 *   f_e = MLP_e(x),    p = softmax(x W / temperature),    z = sum_e p_e f_e
 *
 * x are the inputs of a row, f the experts, p the gate.
 *
 * Jacobs, Jordan, Nowlan and Hinton (1991), Adaptive mixtures of local experts, Neural Computation 3, equation 1;
 * as layer of a network Shazeer et al. (2017), ICLR.
 */
import type { Estimator } from '@mtl/core'
import { networkEstimator, networkTrainer } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import { expertsArchitecture, type MixtureOptions } from './gated-experts.ts'
import { trainerOptions } from './options.ts'

/** Mixture of experts with one gate. @throws MtlError 'invalid-option' */
export function mixtureOfExperts(options: MixtureOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(
    mixtureOfExpertsArchitecture(options),
    networkTrainer(trainerOptions(options.trainer)),
  )
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function mixtureOfExpertsArchitecture(options: MixtureOptions = {}): Architecture {
  return expertsArchitecture('mixture-of-experts', options)
}
