/**
 * Pooled regression: one function for all tasks of a target, as if their rows were one task's. The other thing that
 * multi-task learning must beat.
 *
 *   minimise  sum_t sum_i s_ti (y_ti - b - w' x_ti)^2 + penalty |w|^2
 *
 * x in R^p, s case weights; x and y are standardised, and so are the parameters. The intercept is free. Each target has
 * its own penalty; 'auto' takes the one of least generalised cross-validation. Predictive variances are those of the
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
import { checkSameClasses, groupTasks, targetOf } from './groups.ts'
import { coefficientsOf, outputsOf, predictLinear } from './outputs.ts'
import { candidates, noiseVariance, search, type PenaltyChoice } from './penalties.ts'
import { fitRidge } from './ridge.ts'
import { statisticsOf, sum, sumOfStatistics } from './statistics.ts'
import { penaltyView, weightViews } from './views.ts'
import { dataWarnings } from './warnings.ts'

export interface PooledOptions {
  /** Pull on w towards zero, > 0, in squared standardised inputs: like so many rows. Default 'auto': half decades 0.01 ... 1e5. */
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
  /** w as a row. */
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
      kinds: ['regression'],
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
    for (const { name, positions } of groups) {
      const group = positions.map((t) => tasks[t])
      checkSameClasses('pooled', group)
      const { kind, target, classes } = group[0]
      const fitted = yield* run(name, (inner) => fitNumbers(group, penalties, inner))
      targets.push({ kind, target, classes, ...fitted })
    }
    return { parameters: { targets }, converged: true }
  })
}

async function* fitNumbers(
  tasks: readonly Task[],
  penalties: readonly number[],
  context: TrainContext,
): Training<Omit<PooledTarget, 'kind' | 'target' | 'classes'>> {
  const together = sumOfStatistics(tasks.map(statisticsOf))
  const searching = search(penalties.length, (k) => fitRidge([together], penalties[k]))
  const { best, criteria } = (yield* iterate(searching, context)).parameters
  return {
    ...coefficientsOf([best.coefficients], [tasks[0]]),
    noiseVariance: noiseVariance(together.weight, best.squares[0], best.freedom[0]),
    penalty: best.penalty,
    penalties: Float64Array.from(penalties),
    criteria,
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
  const groups = groupTasks(tasks, targetOf).map(({ positions }) => tasks[positions[0]])
  const size = (tasks[0]?.features.length ?? 0) + 1
  const rows = sum(tasks.map(({ targets }) => targets.length))
  const parameters = sum(groups.map((task) => outputsOf(task) * size))
  return {
    parameters,
    operations: 2 * rows * size ** 2 + 2 * tried * groups.length * size ** 3,
    bytes: 8 * (tasks.length * size ** 2 + rows * size + parameters),
  }
}

function views({ targets }: PooledParameters, tasks: readonly TaskInfo[]): View[] {
  const [{ features }] = tasks
  return targets.flatMap((of) => [
    ...weightViews(of, [{ ...of, name: of.target, features }]),
    ...penaltyView(of.kind, of.target, of),
  ])
}
