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
import { check, dataWarnings, defineEstimator, iterate, runPhases } from '@mtl/core'
import type { Dataset, Estimator, Task, TrainContext, Trained, Training, Warning } from '@mtl/core'
import { ascent, firstState } from './ascent.ts'
import type { AscentOptions, TaskFamily } from './ascent.ts'
import { costOf } from './cost.ts'
import { exchangeableFamily } from './exchangeable-family.ts'
import { resolveGroups } from './feature-groups.ts'
import { settingsOf } from './options.ts'
import type { SparseBayesianOptions, SparseBayesianSettings } from './options.ts'
import { parametersOf } from './parameters.ts'
import type { PosteriorKind, SparseBayesianParameters } from './parameters.ts'
import { predictSparse } from './predict.ts'
import { precisionLaw } from './priors.ts'
import { layoutOf, prepareRows, rowStartsOf } from './problem.ts'
import type { Preparation, Problem } from './problem.ts'
import type { State } from './types.ts'
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

/** The data as the updates take it, of the tasks that have rows. */
interface Prepared {
  readonly problem: Problem
  readonly preparation: Preparation
  readonly positions: readonly number[]
}

function prepare(data: Dataset, settings: SparseBayesianSettings): Prepared {
  const { intercept, prior, interceptPrior } = settings
  const positions = [...data.tasks.keys()].filter((t) => hasRows(data.tasks[t]))
  check(positions.length > 0, 'unsupported', 'sparse-bayesian needs a labelled row in one task at least')
  const { features } = data.tasks[0]
  const blocks = resolveGroups(settings.groups, features)
  check(
    blocks.length > 0 || intercept === 'group',
    'unsupported',
    "sparse-bayesian without features needs intercept 'group'",
  )
  const preparation = prepareRows({ tasks: positions.map((t) => data.tasks[t]) }, intercept)
  const groups = layoutOf(intercept === 'group' ? [...blocks, Int32Array.of(features.length)] : blocks)
  const ofConstant = interceptPrior === 'as-features' ? prior : interceptPrior
  const { tasks, width, freeIntercept, labels, logIntercepts } = preparation
  return {
    problem: {
      kind: data.tasks[0].kind === 'binary' ? 'binary' : 'regression',
      tasks,
      width,
      groups,
      freeIntercept,
      labels,
      logIntercepts,
      priors: groups.blocks.map((block, i) =>
        precisionLaw(i < blocks.length ? prior : ofConstant, tasks.length * block.length),
      ),
      rowStarts: rowStartsOf(tasks),
    },
    preparation,
    positions,
  }
}

function hasRows({ targets, weights }: Task): boolean {
  return targets.some((value, i) => !Number.isNaN(value) && weights?.[i] !== 0)
}

function ascentOptions(settings: SparseBayesianSettings, maxSteps: number, tolerance: number): AscentOptions {
  const { noise, noiseShape, noiseRate, noiseVariance, featureCovariance, learnScale } = settings
  return {
    noise: {
      kind: noise,
      shape: noiseShape,
      rate: noiseRate,
      ...(noiseVariance !== 'learn' && { fixed: 1 / noiseVariance }),
    },
    featureCovariance,
    learnScale,
    maxSteps,
    tolerance,
  }
}

function train(
  data: Dataset,
  settings: SparseBayesianSettings,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const prepared = prepare(data, settings)
  const exchangeable = settings.taskCovariance === 'exchangeable'
  return fitExchangeable(data, prepared, settings, exchangeable, context)
}

/** Steps of the short run from each first ratio. */
const startSteps = 20

/** A short run from each first ratio, and the best in full. With ratio 0 held the task covariance is the identity. */
function fitExchangeable(
  data: Dataset,
  prepared: Prepared,
  settings: SparseBayesianSettings,
  learnRatio: boolean,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const { problem } = prepared
  const posterior = exchangeablePosterior(problem, settings)
  const alone = problem.tasks.length === 1
  const ratios = learnRatio && !alone ? settings.ratioStarts : [0]
  const familyFrom = (ratioStart: number): TaskFamily =>
    exchangeableFamily(problem, {
      posterior,
      ratioSets: ratioSets(problem, settings),
      ratioStart,
      learnRatio,
      maxRatio: settings.maxRatio,
      allowNegative: settings.allowNegative,
    })
  const phases = ratios.length > 1 ? ratios.length + 1 : 1
  return runPhases(context, phases, async function* (run) {
    const startBounds: number[] = []
    if (ratios.length > 1)
      for (const ratio of ratios) {
        const short = ascentOptions(settings, Math.min(startSteps, settings.maxSteps), 0)
        const bound = yield* run(`ratio ${ratio}`, async function* (inner): Training<number> {
          return (yield* climb(problem, familyFrom(ratio), short, inner)).parameters.bound
        })
        startBounds.push(bound)
      }
    const best = startBounds.length > 0 ? startBounds.indexOf(Math.max(...startBounds)) : 0
    const family = familyFrom(ratios[best])
    const full = ascentOptions(settings, settings.maxSteps, settings.tolerance)
    const { parameters: state, diagnostics } = yield* run('ascent', (inner) =>
      warned(climb(problem, family, full, inner), settings.tolerance),
    )
    const parameters = parametersOf(
      {
        ...prepared,
        family,
        state,
        tasks: data.tasks.length,
        features: data.tasks[0].features.map(({ name }) => name),
        kind: learnRatio ? 'exchangeable' : 'identity',
      },
      {
        posterior,
        ratioStarts: Float64Array.from(ratios),
        startBounds: Float64Array.from(startBounds),
      },
    )
    return { parameters, converged: diagnostics.converged }
  })
}

function climb(
  problem: Problem,
  family: TaskFamily,
  options: AscentOptions,
  context: TrainContext,
): Training<Trained<State>> {
  return iterate(ascent(problem, family, options, firstState(problem, family, options)), context)
}

/** Says how far a run that met its limit of steps still moved. */
async function* warned(training: Training<Trained<State>>, tolerance: number): Training<Trained<State>> {
  const trained = yield* training
  const { converged, objective, steps } = trained.diagnostics
  if (!converged && tolerance > 0) {
    const [before, now] = [objective[steps - 2] ?? NaN, objective[steps - 1]]
    const change = Math.abs(now - before) / (1 + Math.abs(now))
    const message = `after ${steps} steps the bound still changed by ${change.toExponential(1)} of itself, not ${tolerance}: raise maxSteps`
    yield { type: 'warning', code: 'step-limit', message }
  }
  return trained
}

/** Widest design of which the covariances of all columns are kept. */
const widestExact = 300

function exchangeablePosterior(
  { width }: Problem,
  { posterior }: SparseBayesianSettings,
): Exclude<PosteriorKind, 'kronecker'> {
  if (posterior === 'exact' || posterior === 'by-task' || posterior === 'by-group') return posterior
  return width <= widestExact ? 'exact' : 'by-group'
}

/** By group, which share a ratio. */
function ratioSets({ groups }: Problem, settings: SparseBayesianSettings): number[] {
  const last = settings.intercept === 'group' ? groups.blocks.length - 1 : -1
  return groups.blocks.map((_, i) => {
    if (settings.ratioSets === 'per-group') return i
    return settings.ratioSets === 'intercept' && i === last ? 1 : 0
  })
}
