/**
 * Different questions about the same inputs: weights are not shared, but how large each is expected to be. The logarithms s of the weights'
 * standard deviations diffuse down the tree, and one correlation matrix R holds for all tasks.
 *
 *   s_root ~ N(0, rootVariance I),  s_c | s_p ~ N(s_p, d_c Lambda), Lambda diagonal
 *   w_k ~ N(0, diag(e^s_k) R diag(e^s_k)),  y_kn ~ N(w_k'x_kn, rho2), or P(y_kn = 1) = 1 / (1 + exp(-w_k'x_kn))
 *
 * Weights are integrated out, s by Laplace's method. The objective is minus that evidence and the priors.
 *
 * Daume III (2009), Bayesian multitask learning with latent hierarchies, UAI, 135-142, the variant for multitask learning.
 */
import { bernoulli, defineEstimator, iterate, matrix, runPhases } from '@mtl/core'
import type {
  Dataset,
  Distribution,
  Estimator,
  Query,
  TaskInfo,
  TrainContext,
  Trained,
  Training,
} from '@mtl/core'
import { costOf } from './cost.ts'
import { fitOfAll } from './fit/all-tasks.ts'
import { problemOfTasks } from './fit/problem.ts'
import { probabilities, project } from './fit/predictive.ts'
import { firstScalePlace, scaleClimb, scaleProblem } from './fit/scale-em.ts'
import type { ScaleProblem, ScaleState } from './fit/scale-em.ts'
import { exactLimit } from './fit/proposals.ts'
import { trainedTasks } from './fit/trained-tasks.ts'
import { scaleSettingsOf, type LatentScaleHierarchyOptions, type ScaleSettings } from './options.ts'
import type { LatentScaleHierarchyParameters } from './parameters.ts'
import { predictive } from './predict.ts'
import { consensusNewick } from './tree/consensus.ts'
import { givenTree, type GivenTree } from './tree/given-tree.ts'
import { starTree } from './tree/task-tree.ts'
import { scaleHierarchyViews } from './views.ts'
import { scaleHierarchyWarnings } from './warnings.ts'

/** A tree of tasks by which inputs matter to them. @throws MtlError 'invalid-option', of a Newick text with the position */
export function latentScaleHierarchy(
  options: LatentScaleHierarchyOptions = {},
): Estimator<LatentScaleHierarchyParameters> {
  const settings = scaleSettingsOf(options)
  return defineEstimator({
    name: 'latent-scale-hierarchy',
    version: 1,
    options: { ...settings },
    capabilities: {
      kinds: ['regression', 'binary'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: [],
      parameterUncertainty: true,
    },
    standardise: true,
    train: (data, context) => train(data, settings, context),
    predict: (parameters, queries, tasks) => predict(parameters, queries, tasks, settings),
    warnings: (parameters, data) => scaleHierarchyWarnings(parameters, data, settings),
    cost: (data) => costOf(data, settings),
    views: scaleHierarchyViews,
  })
}

async function* train(
  data: Dataset,
  settings: ScaleSettings,
  context: TrainContext,
): Training<Trained<LatentScaleHierarchyParameters>> {
  const given = settings.tree === undefined ? undefined : givenTree(settings.tree, data.tasks)
  const numeric = data.tasks[0].kind === 'regression'
  const { tasks, positions, counted } = trainedTasks(data.tasks, given !== undefined)
  const problem = problemOfTasks(tasks)
  const fit = scaleProblem(problem, settings, numeric, counted)
  const { parameters: state, diagnostics } = yield* oneTree(fit, given, settings, context)
  const whole = scaleProblem(problemOfTasks(data.tasks), settings, numeric)
  whole.likelihood.correlate(state.correlation)
  const fitted = fitOfAll(whole, state, problem.counts, positions, diagnostics.converged)
  const { size } = problem
  const { weights, covariances } = whole.likelihood
  const names = data.tasks.map(({ name }) => name)
  return {
    parameters: {
      structure: settings.structure,
      fits: [fitted],
      shares: Float64Array.of(1),
      newick: consensusNewick([fitted], names),
      ...(given && { nodeNames: given.nodeNames }),
      accepted: state.accepted,
      search: data.tasks.length > exactLimit ? 'neighbours' : 'exact',
      correlation: matrix(size, size, state.correlation),
      taskWeights: matrix(data.tasks.length, size, weights),
      taskCovariances: matrix(data.tasks.length, size * size, covariances),
    },
    diagnostics,
  }
}

function oneTree(
  fit: ScaleProblem,
  given: GivenTree | undefined,
  { maxSteps, structure, tipLength, tipStart, warmUpSteps }: ScaleSettings,
  context: TrainContext,
): Training<Trained<ScaleState>> {
  const tip = tipLength === 'learn' ? tipStart : tipLength
  const learnsTip = tipLength === 'learn'
  const { tasks } = fit.problem
  const first = given?.tree ?? starTree(tasks, 1, tip)
  const begin = firstScalePlace(fit, { ...first, tipLength: tip })
  if (given || structure === 'star' || tasks < 2)
    return iterate(scaleClimb(fit, begin, { tree: false, tip: learnsTip, maxSteps }), context)
  return runPhases(context, 2, async function* (run) {
    const warm = scaleClimb(fit, begin, { tree: false, tip: false, maxSteps: warmUpSteps })
    const begun = yield* run('warm-up', (inner) => iterate(warm, inner))
    const from = warm.firstTree(begun.parameters)
    const climb = scaleClimb(fit, from, { tree: true, tip: learnsTip, maxSteps })
    const end = yield* run('tree', (inner) => iterate(climb, inner))
    return { parameters: end.parameters, converged: end.diagnostics.converged }
  })
}

function predict(
  { taskWeights, taskCovariances, fits: [{ noiseVariance }] }: LatentScaleHierarchyParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
  { approximation }: ScaleSettings,
): readonly Distribution[] {
  const size = taskWeights.columns
  return queries.map(({ task, inputs }) => {
    const k = Number(task)
    const belief = {
      mean: taskWeights.data.subarray(k * size, (k + 1) * size),
      covariance: taskCovariances.data.subarray(k * size * size, (k + 1) * size * size),
      noise: noiseVariance[k] ?? 0,
    }
    if (tasks[k].kind === 'regression') return predictive(belief, inputs)
    const own = project(inputs.data, inputs.columns, inputs.rows, belief.mean, belief.covariance)
    return bernoulli(probabilities(own, approximation))
  })
}
