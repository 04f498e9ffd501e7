/**
 * Variational multi-task learning: every task has a Bayesian linear model of its own, whose prior is a mixture of what the other
 * tasks have learnt, so that a task borrows from those that resemble it and leaves the rest alone.
 *
 *   q(W_t) = N(mu_t, diag e^(2 rho_t)),   p_t(W) = sum_(i != t) alpha_ti q_i(W) + alpha_t0 N(0, s0 I)
 *   maximise  sum_n E log p(y_n | x_n, W_t) - beta KL(q_t, p_t) + (c / J) sum_i log alpha_ti      for each task t
 *
 * mu_t, rho_t: K x P weights, the constant last; q_i: the posterior of task i after the outer step before, a constant within this one. In the
 * first all priors are N(0, s0 I). Likelihoods: normal with its own noise, logistic, softmax by Jensen's bound. Its objective is minus the
 * sum over tasks.
 *
 * Shen, Zhen, Worring and Shao (2021), Variational multi-task learning with Gumbel-softmax priors, NeurIPS. Here alpha is at its mode, without
 * Gumbel noise, with a pseudo-count, an anchor, and ascent by Newton steps.
 */
import { defineEstimator, runPhases } from '@mtl/core'
import type { Dataset, Estimator, TrainContext, Trained, Training } from '@mtl/core'
import { chooseRule, chosenCandidate, type Candidate } from './choose-rule.ts'
import { costOf } from './cost.ts'
import { fitOuterSteps } from './fit-outer.ts'
import { settingsOf, type Settings, type VariationalOptions } from './options.ts'
import { parametersOf, type VariationalParameters } from './parameters.ts'
import { predictTasks } from './predict.ts'
import { checkClasses, taskRowsOf } from './task-rows.ts'
import { variationalViews } from './views.ts'
import { variationalWarnings } from './warnings.ts'

/** Tasks of few rows that learn of one another, and say of whom. Three to about a hundred tasks of one kind, 5 to 200 rows each. */
export function variational(options: VariationalOptions = {}): Estimator<VariationalParameters> {
  const settings = settingsOf(options)
  return defineEstimator({
    name: 'variational',
    version: 1,
    options: { ...settings },
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
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
    predict: (parameters, queries, tasks) => predictTasks(parameters, queries, tasks, settings),
    warnings: (parameters, data) => variationalWarnings(parameters, data, settings),
    cost: (data) => costOf(data, settings),
    views: variationalViews,
  })
}

/** The choice of the rule, where there is one, then the outer steps. */
function train(
  data: Dataset,
  settings: Settings,
  context: TrainContext,
): Training<Trained<VariationalParameters>> {
  checkClasses(data, 'variational')
  const { divergenceWeight, outerSteps, priorRule } = settings
  const rows = data.tasks.map(taskRowsOf)
  const fitted = (
    { rule, priorVariance }: Candidate,
    inner: TrainContext,
  ): ReturnType<typeof fitOuterSteps> =>
    fitOuterSteps(rows, { ...settings, priorRule: rule, priorVariance }, inner)
  const choosing = priorRule === 'auto' && data.tasks.length > 1 && outerSteps > 1
  return runPhases(context, choosing ? 2 : 1, async function* (run) {
    const choice = choosing ? yield* chooseRule(data, settings, run, context) : undefined
    const chosen = choice === undefined ? withoutChoice(settings) : chosenCandidate(choice)
    const { parameters: fits, diagnostics } = yield* run('fit', (inner) => fitted(chosen, inner))
    return {
      parameters: parametersOf(rows, fits, chosen.rule, divergenceWeight, choice),
      converged: diagnostics.converged,
    }
  })
}

/** Where there is nothing to choose by, the normal with the mixture's mean and variance, above a prior of variance 1. */
function withoutChoice({ priorRule, priorVariance }: Settings): Candidate {
  return {
    rule: priorRule === 'auto' ? 'match' : priorRule,
    priorVariance: priorVariance === 'auto' ? 1 : priorVariance,
  }
}
