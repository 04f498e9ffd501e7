/**
 * Variational multi-task learning above a shared encoder: latent numbers of a row, and for each task a Bayesian linear model of them. The
 * priors of both are mixtures of what the other tasks have.
 *
 *   q(z | x) = N(m(x), diag e^(s(x))),    q(W_t) = N(mu_t, diag e^(2 rho_t)),    a = W_t z
 *   p_t(W)   = sum_(i != t) alpha_ti q_i(W) + alpha_t0 N(0, s0 I)
 *   p_t(z_n) = sum_(i != t) beta_ti q(z | r_i(n))       r_i(n): rows of task i of the same class, weighed by attention (`representatives`)
 *   maximise  sum_n { E log p(y_n | a) - latentWeight KL(q(z | x_n), p_t) } - divergenceWeight KL(q(W_t), p_t),  summed over tasks
 *
 * In the first tenth of the steps priors are N(0, s0 I). alpha and beta are drawn by Gumbel-softmax; what priors are made of stands still
 * within a step: no slope reaches it. All is trained at once by `networkTrainer`, whose losses are minus the first term, the divergences its
 * penalties.
 *
 * Shen, Zhen, Worring and Shao (2021), Variational multi-task learning with Gumbel-softmax priors, NeurIPS, equations 3 to 13; here with an
 * anchor, an ordinary encoder in the place of the Bayesian one, and exact moments of activations in predictions.
 */
import { defineEstimator } from '@mtl/core'
import type { Dataset, Estimator } from '@mtl/core'
import { networkEstimator, networkTrainer, predictNetwork } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import { checkClasses } from '../task-rows.ts'
import {
  networkSettings,
  networkTraining,
  type NetworkSettings,
  type VariationalNetworkOptions,
} from './network-options.ts'
import { variationalUnits } from './variational-units.ts'

/** Tasks of few rows of many or intricate inputs, that learn a representation together. @throws MtlError 'invalid-option' */
export function variationalNetwork(options: VariationalNetworkOptions = {}): Estimator<NetworkParameters> {
  const architecture = architectureOf(networkSettings(options))
  const trainer = networkTrainer(networkTraining(options.trainer))
  const plain = networkEstimator(architecture, trainer)
  return defineEstimator<NetworkParameters>({
    name: architecture.name,
    version: 1,
    options: plain.options,
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: [],
      parameterUncertainty: true,
    },
    train(data, context) {
      checkClasses(data, 'variational-network')
      return trainer.train(architecture, data, context)
    },
    predict: (parameters, queries) => predictNetwork(architecture, parameters, queries),
    views: ({ views }) => views,
    cost: (data) => costOf(plain, data),
  })
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function variationalNetworkArchitecture(
  options: Omit<VariationalNetworkOptions, 'trainer'> = {},
): Architecture {
  return architectureOf(networkSettings(options))
}

function architectureOf(settings: NetworkSettings): Architecture {
  return {
    name: 'variational-network',
    options: { ...settings },
    capabilities: { inputs: 'same-features' },
    build: (shape) => variationalUnits(shape, settings),
  }
}

/** A row passes the encoder once for itself, and once for each task by the row that stands for that one. */
function costOf(plain: Estimator, data: Dataset): ReturnType<NonNullable<Estimator['cost']>> {
  const { parameters = 0, operations = 0, bytes = 0 } = plain.cost?.(data) ?? {}
  return { parameters, operations: operations * (1 + data.tasks.length), bytes }
}
