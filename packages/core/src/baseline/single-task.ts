/**
 * Single-task learning: each task on its own rows alone, all with one penalty. What multi-task learning must beat.
 *
 *   minimise  sum_t [sum_i s_ti (y_ti - b_t - w_t' x_ti)^2 + penalty |w_t|^2]
 *
 * x in R^p, where p may differ by task, s case weights; x and y are standardised over all tasks together, and so are
 * the parameters. Intercepts are free. The penalty is one for all tasks of a kind; 'auto' takes the one of least
 * generalised cross-validation over them. A task without rows is predicted by the mean of all rows of its target.
 * Predictive variances are those of the residuals of all tasks of a target, without the parameters' own uncertainty.
 */
import type { Dataset, Task, TaskInfo, TaskKind } from '../data/types.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator, TrainContext, Trained, Training, TrainingCost } from '../model/types.ts'
import type { Matrix } from '../linalg/types.ts'
import { iterate } from '../training/iterate.ts'
import { runPhases } from '../training/run-phases.ts'
import type { View } from '../view/types.ts'
import { groupTasks, targetOf } from './groups.ts'
import { coefficientsOf, firstOutputs, predictLinear } from './outputs.ts'
import { candidates, noiseVariance, search, type PenaltyChoice } from './penalties.ts'
import { fitRidge, type RidgeFit } from './ridge.ts'
import { statisticsOf, sum, type Statistics } from './statistics.ts'
import { penaltyView, weightViews } from './views.ts'
import { dataWarnings } from './warnings.ts'

export interface SingleTaskOptions {
  /** Pull on w_t towards zero, > 0, in squared standardised inputs: like so many rows. Default 'auto': half decades 0.01 ... 1e5. */
  readonly penalty?: number | 'auto'
}

export interface SingleTaskParameters {
  /** A row for each task: w_t. Rows of tasks with fewer features than others end in zeros. */
  readonly taskWeights: Matrix
  /** b_t. */
  readonly intercepts: Float64Array
  /** By task, equal for tasks of one target, in squared deviations of the target. */
  readonly noiseVariances: Float64Array
  /** What was given or chosen, by kind of task. */
  readonly choices: readonly (PenaltyChoice & { readonly kind: TaskKind })[]
}

/** Each task on its own, all with one penalty. */
export function singleTask(options: SingleTaskOptions = {}): Estimator<SingleTaskParameters> {
  const { penalty = 'auto' } = options
  const penalties = candidates('penalty', penalty, 2)

  return defineEstimator({
    name: 'single-task',
    version: 1,
    options: { penalty },
    capabilities: {
      kinds: ['regression'],
      mixedKinds: true,
      inputs: 'nothing',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: [],
      parameterUncertainty: false,
    },
    standardise: true,
    train: (data, context) => train(data, penalties, context),
    predict({ taskWeights: weights, intercepts, noiseVariances }, queries, tasks) {
      const first = firstOutputs(tasks)
      return queries.map(({ task, inputs }) => {
        const t = task as number // no unseen task passes the door
        return predictLinear({ weights, intercepts }, first[t], tasks[t], inputs, noiseVariances[t])
      })
    },
    warnings: (_, data) => dataWarnings(data),
    cost: (data) => cost(data, penalties.length),
    views,
  })
}

/** What comes of the tasks of one kind. */
interface Fitted {
  /** (b_t, w_t). */
  readonly coefficients: readonly Float64Array[]
  readonly noiseVariances: readonly number[]
  readonly choice: PenaltyChoice
}

function train(
  { tasks }: Dataset,
  penalties: readonly number[],
  context: TrainContext,
): Training<Trained<SingleTaskParameters>> {
  const groups = groupTasks(tasks, ({ kind }) => kind)
  return runPhases(context, groups.length, async function* (run) {
    const coefficients = new Array<Float64Array>(tasks.length)
    const noiseVariances = new Float64Array(tasks.length)
    const choices: (PenaltyChoice & { kind: TaskKind })[] = []
    for (const { name, positions } of groups) {
      const group = positions.map((t) => tasks[t])
      const fitted = yield* run(name, (inner) => fitNumbers(group, penalties, inner))
      positions.forEach((t, i) => {
        coefficients[t] = fitted.coefficients[i]
        noiseVariances[t] = fitted.noiseVariances[i]
      })
      choices.push({ kind: group[0].kind, ...fitted.choice })
    }
    const { weights, intercepts } = coefficientsOf(coefficients, tasks)
    return { parameters: { taskWeights: weights, intercepts, noiseVariances, choices }, converged: true }
  })
}

async function* fitNumbers(
  tasks: readonly Task[],
  penalties: readonly number[],
  context: TrainContext,
): Training<Fitted> {
  const statistics = tasks.map(statisticsOf)
  const searching = search(penalties.length, (k) => fitRidge(statistics, penalties[k]))
  const { best, criteria } = (yield* iterate(searching, context)).parameters
  let at = 0
  return {
    coefficients: statistics.map(({ moment: { length } }) => best.coefficients.slice(at, (at += length))),
    noiseVariances: noiseOfTargets(tasks, statistics, best),
    choice: { penalty: best.penalty, penalties: Float64Array.from(penalties), criteria },
  }
}

/** By task; that of a task without rows is the target's own. */
function noiseOfTargets(
  tasks: readonly TaskInfo[],
  statistics: readonly Statistics[],
  { squares, freedom }: RidgeFit,
): readonly number[] {
  const noise = new Array<number>(tasks.length)
  for (const { positions } of groupTasks(tasks, targetOf)) {
    const total = (of: (t: number) => number): number => sum(positions.map(of))
    const shared = noiseVariance(
      total((t) => statistics[t].weight),
      total((t) => squares[t]),
      total((t) => freedom[t]),
    )
    for (const t of positions) noise[t] = statistics[t].weight > 0 ? shared : 1
  }
  return noise
}

function cost({ tasks }: Dataset, tried: number): TrainingCost {
  const sizes = tasks.map(({ features }) => features.length + 1)
  const rows = sum(tasks.map(({ targets }, t) => targets.length * sizes[t] ** 2))
  const parameters = sum(sizes)
  return {
    parameters,
    operations: 2 * rows + 2 * tried * sum(sizes.map((size) => size ** 3)),
    bytes: 8 * (sum(sizes.map((size) => size ** 2)) + 4 * parameters),
  }
}

function views(
  { taskWeights: weights, intercepts, choices }: SingleTaskParameters,
  tasks: readonly TaskInfo[],
): View[] {
  return [
    ...weightViews({ weights, intercepts }, tasks),
    ...choices.flatMap((choice) => penaltyView(choice.kind, `${choice.kind} tasks`, choice)),
  ]
}
