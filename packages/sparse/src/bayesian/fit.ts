/** Fits of each form of the task covariance, as phases of a training. */
import { check, identity, iterate, runPhases } from '@mtl/core'
import type { Matrix, TrainContext, Trained, Training } from '@mtl/core'
import { ascent, firstNoisePrecision, firstState } from './ascent.ts'
import type { AscentOptions, TaskFamily } from './ascent.ts'
import { exchangeableFamily } from './exchangeable-family.ts'
import { inverseWishartFamily } from './inverse-wishart-family.ts'
import { lowRankFamily } from './low-rank-family.ts'
import type { SparseBayesianSettings } from './options.ts'
import { parametersOf } from './parameters.ts'
import type { PosteriorKind, SparseBayesianParameters } from './parameters.ts'
import type { Prepared } from './prepare.ts'
import type { Problem } from './problem.ts'
import type { State } from './types.ts'

/** Steps of the short run from each first ratio. */
const startSteps = 20

/** Widest design of which the covariances of all columns are kept, and largest covariance that is factorised whole. */
const widestExact = 300
const largestExact = 600

/** A short run from each first ratio, and the best in full. With the ratio held at 0 the task covariance is the identity. */
export function fitExchangeable(
  prepared: Prepared,
  settings: SparseBayesianSettings,
  learnRatio: boolean,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const { problem } = prepared
  const posterior = exchangeablePosterior(problem, settings)
  const ratios = learnRatio && problem.tasks.length > 1 ? settings.ratioStarts : [0]
  const familyFrom = (ratioStart: number): TaskFamily =>
    exchangeableFamily(problem, {
      posterior,
      ratioSets: ratioSets(problem, settings),
      ratioStart,
      learnRatio,
      maxRatio: settings.maxRatio,
      allowNegative: settings.allowNegative,
    })
  return runPhases(context, ratios.length > 1 ? ratios.length + 1 : 1, async function* (run) {
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
    const { parameters: state, diagnostics } = yield* run('ascent', (inner) =>
      climbInFull(problem, family, settings, inner),
    )
    const kind = learnRatio ? 'exchangeable' : 'identity'
    const findings = {
      posterior,
      ratioStarts: Float64Array.from(ratios),
      startBounds: Float64Array.from(startBounds),
    }
    const parameters = parametersOf({ ...prepared, family, state, kind }, findings)
    return { parameters, converged: diagnostics.converged }
  })
}

/** Sig ~ inverse Wishart of mean `centre`, P x P; default the identity. */
export async function* fitInverseWishart(
  prepared: Prepared,
  settings: SparseBayesianSettings,
  context: TrainContext,
  centre: Matrix = identity(prepared.problem.tasks.length),
): Training<Trained<SparseBayesianParameters>> {
  const posterior = correlatedPosterior(prepared.problem, settings)
  const family = inverseWishartFamily(prepared.problem, { posterior, centre })
  return yield* fitAlone(prepared, settings, family, 'inverse-wishart', posterior, context)
}

export async function* fitLowRank(
  prepared: Prepared,
  settings: SparseBayesianSettings,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const { problem } = prepared
  const rank = settings.rank === 'auto' ? Math.min(problem.tasks.length, 5) : settings.rank
  const precision = firstNoisePrecision(problem, ascentOptions(settings, 1, 0))
  const family = lowRankFamily(problem, rank, precision)
  return yield* fitAlone(prepared, settings, family, 'low-rank', 'by-task', context)
}

async function* fitAlone(
  prepared: Prepared,
  settings: SparseBayesianSettings,
  family: TaskFamily,
  kind: SparseBayesianParameters['taskCovariance']['kind'],
  posterior: PosteriorKind,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const fitted = yield* climbInFull(prepared.problem, family, settings, context)
  const { parameters: state, diagnostics } = fitted
  const none = new Float64Array(0)
  const findings = { posterior, ratioStarts: none, startBounds: none }
  return { parameters: parametersOf({ ...prepared, family, state, kind }, findings), diagnostics }
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

function climb(
  problem: Problem,
  family: TaskFamily,
  options: AscentOptions,
  context: TrainContext,
): Training<Trained<State>> {
  return iterate(ascent(problem, family, options, firstState(problem, family, options)), context)
}

/** Says how far a run that met its limit of steps still moved. */
async function* climbInFull(
  problem: Problem,
  family: TaskFamily,
  settings: SparseBayesianSettings,
  context: TrainContext,
): Training<Trained<State>> {
  const { maxSteps, tolerance } = settings
  const trained = yield* climb(problem, family, ascentOptions(settings, maxSteps, tolerance), context)
  const { converged, objective, steps } = trained.diagnostics
  if (!converged && tolerance > 0) {
    const [before, now] = [objective[steps - 2], objective[steps - 1]]
    const moved =
      steps > 1 ? (Math.abs(now - before) / (1 + Math.abs(now))).toExponential(1) : 'an unknown part'
    const message = `after ${steps} steps the bound still changed by ${moved} of itself, not ${tolerance}: raise maxSteps`
    yield { type: 'warning', code: 'step-limit', message }
  }
  return trained
}

function exchangeablePosterior(
  { width }: Problem,
  { posterior }: SparseBayesianSettings,
): Exclude<PosteriorKind, 'kronecker'> {
  if (posterior === 'exact' || posterior === 'by-task' || posterior === 'by-group') return posterior
  return width <= widestExact ? 'exact' : 'by-group'
}

/** As exact as the sizes allow. @throws MtlError 'unsupported' */
function correlatedPosterior(problem: Problem, { posterior }: SparseBayesianSettings): PosteriorKind {
  const { tasks, width, groups } = problem
  const shared = sharesRows(problem)
  check(
    posterior !== 'kronecker' || shared,
    'unsupported',
    "posterior 'kronecker' needs numbers as targets and rows that all tasks share, with all labels; leave posterior 'auto'",
    { option: 'posterior' },
  )
  if (posterior !== 'auto') return posterior
  if (shared) return 'kronecker'
  if (tasks.length * width <= largestExact) return 'exact'
  const largest = groups.blocks.reduce((most, { length }) => Math.max(most, length), 1)
  return tasks.length * largest <= largestExact ? 'by-group' : 'by-task'
}

/** All tasks have the same rows with the same weights, and targets are numbers; only then can noise alone differ. */
function sharesRows({ kind, tasks, freeIntercept }: Problem): boolean {
  if (kind === 'binary' || freeIntercept) return false
  const [first] = tasks
  return tasks.every(
    ({ columns, weights }) =>
      columns === first.columns && weights.every((weight, i) => weight === first.weights[i]),
  )
}

/** By group, which share a ratio. */
function ratioSets({ groups }: Problem, settings: SparseBayesianSettings): number[] {
  const last = settings.intercept === 'group' ? groups.blocks.length - 1 : -1
  return groups.blocks.map((_, i) => {
    if (settings.ratioSets === 'per-group') return i
    return settings.ratioSets === 'intercept' && i === last ? 1 : 0
  })
}
