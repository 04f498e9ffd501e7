/**
 * Each task's weights are a part that all share and a part of its own, and all entries of both have one variance: ridge on inputs that
 * are copied once for all tasks and once for each.
 *
 *   w_k = g + v_k,  g, v_k ~ N(0, lambda I)
 *
 * lambda and the noise maximise the evidence. Here it is the star whose root has the diffusion's own variance. The objective is minus the
 * log evidence and the priors.
 *
 * Daume III (2007), Frustratingly easy domain adaptation, ACL, 256-263.
 */
import { bernoulli, dataWarnings, defineEstimator, iterate, matrix } from '@mtl/core'
import type {
  Dataset,
  Distribution,
  Estimator,
  Iteration,
  Query,
  TaskInfo,
  TrainContext,
  Trained,
  Training,
} from '@mtl/core'
import { noiseOfAll } from './fit/all-tasks.ts'
import { unwhitened } from './fit/diffusion.ts'
import { fitProblem, type FitProblem } from './fit/fit-problem.ts'
import { noiseLogPrior, updateNoise } from './fit/noise.ts'
import { problemOfTasks } from './fit/problem.ts'
import { probabilities, project } from './fit/predictive.ts'
import { trainedTasks } from './fit/trained-tasks.ts'
import { congruent, metricOf } from './messages/metric.ts'
import { isotropicRoot } from './messages/root.ts'
import { settingsOf, type LatentHierarchyOptions, type Settings } from './options.ts'
import type { FeatureAugmentationParameters } from './parameters.ts'
import { predictive } from './predict.ts'
import { starTree } from './tree/task-tree.ts'
import { stepLimit } from './warnings.ts'

/** Of latentHierarchy the options of the same name. */
export type FeatureAugmentationOptions = Pick<LatentHierarchyOptions, 'noise' | 'maxSteps' | 'tolerance'>

/** A general part and one of each task, under one ridge. @throws MtlError 'invalid-option' */
export function featureAugmentation(
  options: FeatureAugmentationOptions = {},
): Estimator<FeatureAugmentationParameters> {
  const settings = settingsOf({ ...options, structure: 'star', covariance: 'scalar' })
  const { noise, maxSteps, tolerance } = settings
  return defineEstimator({
    name: 'feature-augmentation',
    version: 1,
    options: { noise, maxSteps, tolerance },
    capabilities: {
      kinds: ['regression', 'binary'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: ['nothing'],
      parameterUncertainty: true,
    },
    standardise: true,
    train: (data, context) => train(data, settings, context),
    predict,
    warnings: ({ converged }, data) => [...dataWarnings(data), ...stepLimit(!converged, 'fit', maxSteps)],
  })
}

/** lambda and noise, and where Laplace's method begins. */
export interface AugmentationState {
  readonly weightVariance: number
  readonly noise: Float64Array
  readonly leaves: Float64Array
  readonly objective: number
  readonly still: number
}

/** EM for lambda and noise; `posterior` leaves that of a state in the pass. */
export function augmentation(
  fit: FitProblem,
  maxSteps: number,
): Iteration<AugmentationState, AugmentationState> & {
  posterior(state: Pick<AugmentationState, 'weightVariance' | 'noise' | 'leaves'>): number
} {
  const { problem, inference, settings, prior, numeric, counted } = fit
  const { size, tasks } = problem
  const tree = starTree(tasks, 1, 0)
  const isAlone = tasks === 1
  const block = size * size
  const scaled = (variance: number): Float64Array =>
    new Float64Array(block).map((_, at) => (at % (size + 1) === 0 ? variance : 0))
  let held: AugmentationState | undefined

  const posterior = ({
    weightVariance,
    noise,
    leaves,
  }: Pick<AugmentationState, 'weightVariance' | 'noise' | 'leaves'>): number => {
    // A task alone hangs at no branch: its two parts add up.
    inference.at(scaled(weightVariance), noise, isotropicRoot(size, (isAlone ? 2 : 1) * weightVariance))
    return inference.posterior(tree, leaves)
  }
  const arrive = (
    weightVariance: number,
    noise: Float64Array,
    leaves: Float64Array,
    before?: AugmentationState,
  ): AugmentationState => {
    const evidence = posterior({ weightVariance, noise, leaves })
    const logPrior = -(prior.shape + 1) * (Math.log(weightVariance) + prior.scale / weightVariance)
    const objective = -(evidence + logPrior + (numeric ? noiseLogPrior(noise, settings) : 0))
    const isStill =
      before !== undefined &&
      Math.abs(objective - before.objective) < settings.tolerance * (1 + Math.abs(objective))
    held = { weightVariance, noise, leaves, objective, still: isStill ? before.still + 1 : 0 }
    return held
  }

  return {
    posterior,
    init: () =>
      arrive(
        settings.diffusionStart,
        new Float64Array(tasks).fill(settings.noiseStart),
        new Float64Array(tasks * size),
      ),
    step(state) {
      if (held !== state) posterior(state)
      const metric = metricOf(scaled(state.weightVariance), size)
      const { means, covariances } = inference.pass
      const { sum, branches } = unwhitened(inference.pass.scatter(counted), metric)
      const root = means.length - size
      let total = 0
      for (let d = 0; d < size; d++) {
        const top = means[root + d] ** 2 + covariances[covariances.length - block + d * (size + 1)]
        total += sum[d * (size + 1)] + (state.weightVariance * top) / (isAlone ? 2 : 1)
      }
      const entries = size * (branches + 1)
      const b = prior.scale * (prior.shape + 1)
      const weightVariance = (b + 0.5 * total) / (prior.shape + 1 + 0.5 * entries)
      const leaves = inference.leafMeans()
      const own = congruent(metric.lower, covariances.subarray(0, tasks * block), size)
      const noise = numeric ? updateNoise(problem, leaves, own, settings) : state.noise
      return arrive(weightVariance, noise, leaves, state)
    },
    objective: ({ objective }) => objective,
    finish: (state) => state,
    done: ({ still }) => still >= 2,
    maxSteps,
    monotone: numeric,
  }
}

async function* train(
  data: Dataset,
  settings: Settings,
  context: TrainContext,
): Training<Trained<FeatureAugmentationParameters>> {
  const numeric = data.tasks[0].kind === 'regression'
  const { tasks, positions, counted } = trainedTasks(data.tasks, false)
  const problem = problemOfTasks(tasks)
  const fit = fitProblem(problem, settings, numeric, counted)
  const { parameters: state, diagnostics } = yield* iterate(augmentation(fit, settings.maxSteps), context)
  const whole = fitProblem(problemOfTasks(data.tasks), settings, numeric)
  const { size } = problem
  const count = data.tasks.length
  const leaves = new Float64Array(count * size)
  positions.forEach((k, i) => leaves.set(state.leaves.subarray(i * size, (i + 1) * size), k * size))
  const noise = noiseOfAll(state.noise, problem.counts, positions, count)
  augmentation(whole, 0).posterior({ ...state, noise, leaves })
  const { means, covariances } = whole.inference.pass
  const deviation = Math.sqrt(state.weightVariance)
  const nodes = means.map((value) => deviation * value)
  const spread = covariances.map((value) => state.weightVariance * value)
  const general = nodes.slice(-size)
  const taskWeights = matrix(count, size, nodes.slice(0, count * size))
  return {
    parameters: {
      general,
      specific: matrix(
        count,
        size,
        taskWeights.data.map((value, at) => value - general[at % size]),
      ),
      taskWeights,
      taskCovariances: matrix(count, size * size, spread.slice(0, count * size * size)),
      generalCovariance: matrix(size, size, spread.slice(-size * size)),
      weightVariance: state.weightVariance,
      noiseVariance: numeric ? noise : new Float64Array(0),
      objective: -state.objective,
      converged: diagnostics.converged,
    },
    diagnostics,
  }
}

function predict(
  parameters: FeatureAugmentationParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
): readonly Distribution[] {
  return queries.map(({ task, inputs }) => {
    const belief = beliefOf(parameters, task)
    if (tasks[0].kind === 'regression') return predictive(belief, inputs)
    const own = project(inputs.data, inputs.columns, inputs.rows, belief.mean, belief.covariance)
    return bernoulli(probabilities(own, 'probit'))
  })
}

/** Of an unseen task the general part, and an own one of which nothing is known. */
function beliefOf(
  {
    general,
    generalCovariance,
    taskWeights,
    taskCovariances,
    weightVariance,
    noiseVariance,
  }: FeatureAugmentationParameters,
  task: Query['task'],
): Parameters<typeof predictive>[0] {
  const size = general.length
  if (typeof task === 'number')
    return {
      mean: taskWeights.data.subarray(task * size, (task + 1) * size),
      covariance: taskCovariances.data.subarray(task * size * size, (task + 1) * size * size),
      noise: noiseVariance[task] ?? 0,
    }
  const covariance = generalCovariance.data.map((value, at) =>
    at % (size + 1) === 0 ? value + weightVariance : value,
  )
  const noise = noiseVariance.reduce((sum, value) => sum + value / noiseVariance.length, 0)
  return { mean: general, covariance, noise }
}
