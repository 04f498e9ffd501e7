/**
 * Sparse Bayesian multi-task learning: linear models of all tasks whose weights are zero together, group of features by group, and
 * whose tasks are correlated.
 *
 *   y_tn = x_tn'w_t + noise,  W_i | g_i, Om_i, Sig ~ matrix normal (0, Om_i / g_i, Sig),  g_i ~ generalised inverse Gaussian
 *
 * W is T x D, W_i its columns of group i; the constant is by default a group too. Sig is exchangeable by default: task weights scatter
 * about a common vector. All posteriors by variational coordinate ascent; the bound of the log evidence is the objective, negated.
 * Classes by the logistic bound of Jaakkola and Jordan (2000). Tasks without rows are predicted as unseen ones.
 *
 * Archambeau, Guo and Zoeter (2011), Sparse Bayesian multi-task learning, NeurIPS.
 */
import { dataWarnings, defineEstimator } from '@mtl/core'
import type { Dataset, Estimator, TrainContext, Trained, Training, Warning } from '@mtl/core'
import { chooseCovariance } from './choose-covariance.ts'
import { costOf } from './cost.ts'
import { fitExchangeable, fitInverseWishart, fitLowRank } from './fit.ts'
import { settingsOf } from './options.ts'
import type { SparseBayesianOptions, SparseBayesianSettings } from './options.ts'
import type { SparseBayesianParameters } from './parameters.ts'
import { predictSparse } from './predict.ts'
import { prepare } from './prepare.ts'
import { sparseViews } from './views.ts'
import { sparseWarnings } from './warnings.ts'

/** Groups of features that matter to all tasks jointly, with the tasks' correlation and with uncertainty. */
export function sparseBayesian(options: SparseBayesianOptions = {}): Estimator<SparseBayesianParameters> {
  const settings = settingsOf(options)
  return defineEstimator<SparseBayesianParameters>({
    name: 'sparse-bayesian',
    version: 1,
    options: { ...settings },
    capabilities: {
      kinds: ['regression', 'binary'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: ['nothing', 'examples'],
      parameterUncertainty: true,
    },
    standardise: true,
    train: (data, context) => train(data, settings, context),
    predict: predictSparse,
    warnings: (parameters, data): readonly Warning[] => [
      ...dataWarnings(data),
      ...sparseWarnings(parameters, settings),
    ],
    cost: (data) => costOf(data, settings),
    views: sparseViews,
  })
}

function train(
  data: Dataset,
  settings: SparseBayesianSettings,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const prepared = prepare(data, settings)
  switch (settings.taskCovariance) {
    case 'inverse-wishart':
      return fitInverseWishart(prepared, settings, context)
    case 'low-rank':
      return fitLowRank(prepared, settings, context)
    case 'auto':
      return chooseCovariance(data, prepared, settings, context)
    default:
      return fitExchangeable(prepared, settings, settings.taskCovariance === 'exchangeable', context)
  }
}
