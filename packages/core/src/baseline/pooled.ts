/**
 * Pooled regression: one function for all tasks of a target, as if their rows were one task's. The other thing that
 * multi-task learning must beat.
 *
 *   minimise  sum_t sum_i s_ti (y_ti - b - w' x_ti)^2 + penalty |w|^2                    numbers
 *   minimise  sum_t sum_i s_ti log loss (y_ti; b + w' x_ti) + penalty / 2 |w|^2          classes
 *
 * x in R^p, s case weights; x and y are standardised, and so are the parameters. The intercept is free, but
 * for a target of which a class has no rows: there it is penalised as w is, as a deviation from log shares with half a row
 * of each class more. Several classes have a (b, w) each, all penalised alike. Each target has its own penalty; 'auto'
 * takes the one of least generalised cross-validation, or log loss of 3 folds. Predictive variances are those of the
 * residuals, without the parameters' own uncertainty.
 */
import type { Dataset, Task, TaskInfo, TaskKind } from '../data/types.ts'
import type { Distribution } from '../distribution/types.ts'
import type { Matrix } from '../linalg/types.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator, Query, TrainContext, Trained, Training, TrainingCost } from '../model/types.ts'
import { iterate } from '../training/iterate.ts'
import { runPhases } from '../training/run-phases.ts'
import type { View } from '../view/types.ts'
import { fitClasses, foldsOfTasks, usualPasses, type Problem } from './classes.ts'
import { checkSameClasses, groupTasks, targetOf } from './groups.ts'
import { classRowsOf, joinClassRows } from './log-loss.ts'
import { independentNewton } from './newton.ts'
import { coefficientsOf, outputsOf, predictLinear } from './outputs.ts'
import { candidates, noiseVariance, search, type PenaltyChoice } from './penalties.ts'
import { fitRidge } from './ridge.ts'
import { centreOf, classCounts, classShares } from './shares.ts'
import { statisticsOf, sum, sumOfStatistics } from './statistics.ts'
import { penaltyView, weightViews } from './views.ts'
import { dataWarnings } from './warnings.ts'

export interface PooledOptions {
  /**
   * Pull on w towards zero, > 0, in squared standardised inputs: like so many rows, of classes like so many quarters.
   * Default 'auto': half decades 0.01 ... 1e5.
   */
  readonly penalty?: number | 'auto'
}

export interface PooledParameters {
  readonly targets: readonly PooledTarget[]
}

/** The function of one target. */
export interface PooledTarget extends PenaltyChoice {
  readonly kind: TaskKind
  readonly target: string
  readonly classes: readonly string[]
  /** w as a row; of several classes a row for each. */
  readonly weights: Matrix
  /** b. */
  readonly intercepts: Float64Array
  /** In squared deviations of the target; 0 of classes. */
  readonly noiseVariance: number
}

/** One function with one intercept for all tasks of a target. */
export function pooled(options: PooledOptions = {}): Estimator<PooledParameters> {
  const { penalty = 'auto' } = options
  const penalties = candidates('penalty', penalty, 2)

  return defineEstimator({
    name: 'pooled',
    version: 1,
    options: { penalty },
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: true,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: ['nothing'],
      parameterUncertainty: false,
    },
    standardise: true,
    train: (data, context) => train(data, penalties, context),
    predict: (parameters, queries, tasks) => queries.map((query) => predict(parameters, query, tasks)),
    warnings: (_, data) => dataWarnings(data),
    cost: (data) => cost(data, penalties.length),
    views,
  })
}

function train(
  { tasks }: Dataset,
  penalties: readonly number[],
  context: TrainContext,
): Training<Trained<PooledParameters>> {
  const groups = groupTasks(tasks, targetOf)
  return runPhases(context, groups.length, async function* (run) {
    const targets: PooledTarget[] = []
    let converged = true
    for (const { name, positions } of groups) {
      const group = positions.map((t) => tasks[t])
      checkSameClasses('pooled', group)
      const { kind, target, classes } = group[0]
      const fitted = yield* run(name, (inner) =>
        kind === 'regression' ? fitNumbers(group, penalties, inner) : fitLabels(group, penalties, inner),
      )
      converged &&= fitted.converged
      targets.push({ kind, target, classes, ...fitted.learnt })
    }
    return { parameters: { targets }, converged }
  })
}

interface Fitted {
  readonly learnt: Omit<PooledTarget, 'kind' | 'target' | 'classes'>
  readonly converged: boolean
}

async function* fitNumbers(
  tasks: readonly Task[],
  penalties: readonly number[],
  context: TrainContext,
): Training<Fitted> {
  const together = sumOfStatistics(tasks.map(statisticsOf))
  const searching = search(penalties.length, (k) => fitRidge([together], penalties[k]))
  const { best, criteria } = (yield* iterate(searching, context)).parameters
  return {
    learnt: {
      ...coefficientsOf([best.coefficients], [tasks[0]]),
      noiseVariance: noiseVariance(together.weight, best.squares[0], best.freedom[0]),
      penalty: best.penalty,
      penalties: Float64Array.from(penalties),
      criteria,
    },
    converged: true,
  }
}

async function* fitLabels(
  tasks: readonly Task[],
  penalties: readonly number[],
  context: TrainContext,
): Training<Fitted> {
  const rows = tasks.map(classRowsOf)
  const folds = foldsOfTasks(tasks, rows, context)
  const together = joinClassRows(rows)
  const foldsTogether = Int32Array.from(folds.flatMap((of) => [...of]))
  const problem: Problem = ([all], candidate) => {
    const counts = classCounts(all)
    const size = all.design.columns
    const centre = centreOf(classShares(counts), all, size)
    const free = counts.every((count) => count > 0)
    const own = centre.map((_, j) => (free && j % size === 0 ? 0 : penalties[candidate]))
    return independentNewton([{ rows: all, centre, penalties: own }])
  }
  const fitted = yield* fitClasses([together], [foldsTogether], penalties.length, problem, context)
  const { coefficients, candidate, criteria } = fitted.parameters
  return {
    learnt: {
      ...coefficientsOf(coefficients, [tasks[0]]),
      noiseVariance: 0,
      penalty: penalties[candidate],
      penalties: Float64Array.from(penalties),
      criteria,
    },
    converged: fitted.diagnostics.converged,
  }
}

function predict(
  { targets }: PooledParameters,
  { task, inputs }: Query,
  tasks: readonly TaskInfo[],
): Distribution {
  const { kind, target } = typeof task === 'number' ? tasks[task] : task
  const own = targets.find((of) => of.kind === kind && of.target === target) ?? targets[0]
  return predictLinear(own, 0, own, inputs, own.noiseVariance)
}

function cost({ tasks }: Dataset, tried: number): TrainingCost {
  const groups = groupTasks(tasks, targetOf).map(({ positions }) => {
    const { kind, features, classes } = tasks[positions[0]]
    const size = outputsOf({ kind, classes }) * (features.length + 1)
    const rows = sum(positions.map((t) => tasks[t].targets.length))
    const [overRows, overBlocks] =
      kind === 'regression' ? [1, tried] : [usualPasses(tried), usualPasses(tried)]
    return {
      size,
      operations: 2 * overRows * rows * size ** 2 + 2 * overBlocks * size ** 3,
      bytes:
        8 * ((kind === 'regression' ? positions.length : 1) * size ** 2 + 3 * rows * (features.length + 1)),
    }
  })
  return {
    parameters: sum(groups.map(({ size }) => size)),
    operations: sum(groups.map(({ operations }) => operations)),
    bytes: sum(groups.map(({ bytes }) => bytes)),
  }
}

function views({ targets }: PooledParameters, tasks: readonly TaskInfo[]): View[] {
  const [{ features }] = tasks
  return targets.flatMap((of) => [
    ...weightViews(of, [{ ...of, name: of.target, features }]),
    ...penaltyView(of.kind, of.target, of),
  ])
}
