/**
 * What all regularised families share: linear tasks whose weights are penalised together,
 *
 *   minimise  sum_t scale_t sum_i s_ti loss(y_ti, b_t + w_t'x_ti) + Omega(W; penalty)
 *
 * W is T x p, a row for each task; intercepts b are free. A penalty that is 'auto' is chosen on a path from the
 * largest useful one down, by the held-out error of folds of the rows of each task; folds are jobs of an executor. A step is
 * one penalty, solved from the one before.
 *
 * Friedman, Hastie and Tibshirani (2010), Regularization paths for generalized linear models via coordinate descent, Journal
 * of Statistical Software 33.
 */
import { check, defineEstimator, fingerprint, iterate, runJobs, runPhases } from '@mtl/core'
import type { Dataset, Estimator, Matrix, TaskInfo, TrainContext, Trained, Training, View } from '@mtl/core'
import { choosePenalty, type Choice } from './choice.ts'
import { costOf } from './cost.ts'
import { foldWork, type FoldWork } from './fold-work.ts'
import { dualityGap } from './duality-gap.ts'
import { dealFolds } from './folds.ts'
import { rowsOf, sum } from './loss.ts'
import { columnNorms } from './norms.ts'
import {
  alongPath,
  countFeatures,
  largestPenaltyOf,
  penaltyGrid,
  penaltyPath,
  problemOf,
  shapeOf,
  solverOf,
  type Problem,
} from './path.ts'
import { predict } from './predict.ts'
import { settingsOf, type Settings } from './settings.ts'
import type { Solution } from './solver.ts'
import type { FamilyShape, PenaltyFamily, RegularisedOptions, RegularisedParameters } from './types.ts'
import { commonViews } from './views.ts'
import { regularisedWarnings } from './warnings.ts'

/** One family: its penalty by options of its own, which are plain JSON. */
export interface RegularisedMethod<Own extends object> {
  readonly name: string
  /** @throws MtlError 'unknown-name', 'unsupported' (what only the data can tell) */
  familyOf(own: Own, shape: FamilyShape): PenaltyFamily
  /** Why the parts are not unique, if so. */
  ambiguity?(own: Own, shape: FamilyShape): string | undefined
  /** What belongs to the solution besides. */
  clustersOf?(own: Own, weights: Matrix): Int32Array
  /** Pictures of this family alone; they come after the weights. */
  views?(parameters: RegularisedParameters, tasks: readonly TaskInfo[], own: Own): View[]
}

export interface RegularisedFactory<Own extends object> {
  readonly work: FoldWork<Own>
  /** `strength` is the option that the path runs over, as it was given. */
  make(strength: Strength, options: RegularisedOptions, own: Own): Estimator<RegularisedParameters>
}

interface Strength {
  readonly option: 'penalty' | 'couplingPenalty'
  readonly value: number | 'auto'
}

export function regularisedFactory<Own extends object>(
  method: RegularisedMethod<Own>,
): RegularisedFactory<Own> {
  const work = foldWork<Own>(method.name, (own, shape) => method.familyOf(own, shape))
  return {
    work,
    make(strength, options, own) {
      const settings = settingsOf(options)
      const recipe: Recipe<Own> = { method, work, strength: strength.value, settings, own }
      return defineEstimator<RegularisedParameters>({
        name: method.name,
        version: 1,
        options: { [strength.option]: strength.value, ...own, ...settings },
        capabilities: {
          kinds: ['regression', 'binary'],
          mixedKinds: false,
          inputs: 'same-features',
          levels: 'indicators',
          weights: true,
          descriptors: 'ignored',
          unseenTasks: ['nothing'],
          parameterUncertainty: false,
        },
        standardise: true,
        train: (data, context) => train(recipe, data, context),
        predict,
        warnings: (parameters, data) =>
          regularisedWarnings(parameters, data, settings, method.ambiguity?.(own, shapeOf(data))),
        cost: (data) => costOf(data, settings, strength.value === 'auto'),
        views: (parameters, tasks) => [
          ...commonViews(parameters, tasks),
          ...(method.views?.(parameters, tasks, own) ?? []),
        ],
      })
    },
  }
}

interface Recipe<Own extends object> {
  readonly method: RegularisedMethod<Own>
  readonly work: FoldWork<Own>
  readonly strength: number | 'auto'
  readonly settings: Settings
  readonly own: Own
}

function train<Own extends object>(
  recipe: Recipe<Own>,
  data: Dataset,
  context: TrainContext,
): Training<Trained<RegularisedParameters>> {
  const { method, strength, settings, own } = recipe
  const rows = rowsOf(data.tasks)
  const text = `${method.name} needs a labelled row in at least one task; there is none`
  check(sum(rows.map(({ weights }) => sum(weights))) > 0, 'unsupported', text)
  const problem = problemOf(data, method.familyOf(own, shapeOf(data)), settings)
  return strength === 'auto'
    ? choosing(recipe, data, problem, context)
    : fitOne(recipe, data, problem, strength, context)
}

/** Folds, then the path on all rows. */
function choosing<Own extends object>(
  { method, work, settings, own }: Recipe<Own>,
  data: Dataset,
  problem: Problem,
  context: TrainContext,
): Training<Trained<RegularisedParameters>> {
  const largest = largestPenaltyOf(problem)
  const penalties = penaltyGrid(largest, settings)
  return runPhases(context, 2, async function* (run) {
    const random = context.random.fork('folds')
    const folded = dealFolds(data.tasks, settings.folds, random)
    const key = `${fingerprint(data)} ${JSON.stringify([work.name, own, settings])}`
    const common = { key, value: { data, own, settings, penalties } }
    const jobs = folded.map((test) => ({ test }))
    const folds = yield* run('folds', (inner) => runJobs(work, common, jobs, inner))
    const choice = choosePenalty(folds, settings.rule)
    const loose = solverOf(problem.loss, problem.family, alongPath(settings))
    const exact = { position: choice.chosen, solve: problem.solve }
    const path = penaltyPath(loose, penalties, measure, exact)
    const { parameters } = yield* run('path', (inner) => iterate(path, inner))
    const solution = parameters.kept ?? problem.solve(penalties[choice.chosen])
    const learnt = { solution, largest, penalties, choice, measures: parameters.measures }
    return {
      parameters: parametersOf(method, own, data, problem, learnt),
      converged: solution.residual <= settings.tolerance,
    }
  })
}

/** One step: a given penalty. */
async function* fitOne<Own extends object>(
  { method, settings, own }: Recipe<Own>,
  data: Dataset,
  problem: Problem,
  penalty: number,
  context: TrainContext,
): Training<Trained<RegularisedParameters>> {
  const penalties = Float64Array.of(penalty)
  const path = penaltyPath(problem.solve, penalties, measure, { position: 0, solve: problem.solve })
  const { parameters, diagnostics } = yield* iterate(path, context)
  const solution = parameters.kept ?? problem.solve(penalty)
  const choice = { chosen: 0, heldOutError: Float64Array.of(NaN), standardError: Float64Array.of(NaN) }
  const learnt = {
    solution,
    largest: largestPenaltyOf(problem),
    penalties,
    choice,
    measures: parameters.measures,
  }
  return {
    parameters: parametersOf(method, own, data, problem, learnt),
    diagnostics: { ...diagnostics, converged: solution.residual <= settings.tolerance },
  }
}

interface Measured {
  readonly nonzero: number
  readonly residual: number
  readonly norms: Float64Array
}

function measure({ weights, residual }: Solution): Measured {
  return { nonzero: countFeatures(weights), residual, norms: columnNorms(weights) }
}

interface Learnt {
  readonly solution: Solution
  readonly largest: number
  readonly penalties: Float64Array
  readonly choice: Choice
  readonly measures: readonly Measured[]
}

function parametersOf<Own extends object>(
  method: RegularisedMethod<Own>,
  own: Own,
  { tasks }: Dataset,
  { loss, family }: Problem,
  { solution, largest, penalties, choice, measures }: Learnt,
): RegularisedParameters {
  const { weights, parts, objective, residual } = solution
  const columnNormsByPoint: Matrix = {
    rows: measures.length,
    columns: weights.columns,
    data: Float64Array.from(measures.flatMap(({ norms }) => [...norms])),
  }
  const clusters = method.clustersOf?.(own, weights)
  return {
    taskWeights: weights,
    intercepts: loss.interceptsOf(weights.data, solution.intercepts),
    parts,
    noiseVariance:
      tasks[0].kind === 'regression'
        ? noiseVarianceOf(tasks, loss, weights, choice.heldOutError[choice.chosen])
        : NaN,
    penalty: penalties[choice.chosen],
    largestPenalty: largest,
    path: {
      penalties,
      heldOutError: choice.heldOutError,
      standardError: choice.standardError,
      nonzero: Int32Array.from(measures, ({ nonzero }) => nonzero),
      residual: Float64Array.from(measures, (point) => point.residual),
      columnNorms: columnNormsByPoint,
    },
    objective,
    loss: solution.loss,
    residual,
    dualityGap: dualityGap({ loss, family }, solution, penalties[choice.chosen]),
    ...(clusters && { clusters }),
  }
}

/** Residuals that are smaller cannot be told from rounding of sums of squares; in squared deviations of the target. */
const leastVariance = 1e-12

function noiseVarianceOf(
  tasks: Dataset['tasks'],
  loss: Problem['loss'],
  weights: Matrix,
  heldOut: number,
): number {
  if (!Number.isNaN(heldOut)) return Math.max(leastVariance, heldOut)
  const counts = rowsOf(tasks).map((rows) => sum(rows.weights))
  const learnt = counts.filter((count) => count > 0).length + weights.data.filter((w) => w !== 0).length
  const squares = loss.squared?.residualSquares(weights.data) ?? 0
  return Math.max(leastVariance, squares / Math.max(1, sum(counts) - learnt))
}
