/**
 * Single-task learning: each task on its own rows alone, all with one penalty. What multi-task learning must beat.
 *
 *   minimise  sum_t [sum_i s_ti (y_ti - b_t - w_t' x_ti)^2 + penalty |w_t|^2]                          numbers
 *   minimise  sum_t [sum_i s_ti log loss (y_ti; b_t + w_t' x_ti) + penalty / 2 (|w_t|^2 + (b_t - b)^2)]   classes
 *
 * x in R^p, where p may differ by task, s case weights; x and y are standardised over all tasks together, and so are
 * the parameters. Intercepts of numbers are free; those of classes, of which a task may have one alone, are drawn to b,
 * the log-odds (log shares) of all rows of the target. Several classes have a (b, w) each, all penalised alike. The penalty
 * is one for all tasks of a kind; 'auto' takes the one of least generalised cross-validation, or log loss of 3 folds,
 * over them. A task without rows is predicted by the mean (shares) of its target. Predictive variances are those of the
 * residuals of all tasks of a target, without the parameters' own uncertainty.
 */
import type { Dataset, Task, TaskInfo, TaskKind } from '../data/types.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator, TrainContext, Trained, Training, TrainingCost, Warning } from '../model/types.ts'
import { row } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { iterate } from '../training/iterate.ts'
import { runPhases } from '../training/run-phases.ts'
import type { View } from '../view/types.ts'
import { fitClasses, foldsOfTasks, usualPasses, type Problem } from './classes.ts'
import { answerOf, groupTasks, targetOf } from './groups.ts'
import { classRowsOf, isSeparatedBy } from './log-loss.ts'
import { independentNewton } from './newton.ts'
import { coefficientsOf, firstOutputs, outputsOf, predictLinear } from './outputs.ts'
import { candidates, noiseVariance, search, type PenaltyChoice } from './penalties.ts'
import { fitRidge, type RidgeFit } from './ridge.ts'
import { addCounts, centreOf, classCounts, classShares } from './shares.ts'
import { statisticsOf, sum, type Statistics } from './statistics.ts'
import { penaltyView, weightViews } from './views.ts'
import { dataWarnings, warn } from './warnings.ts'

export interface SingleTaskOptions {
  /**
   * Pull on w_t towards zero, > 0, in squared standardised inputs: like so many rows, of classes like so many quarters.
   * Default 'auto': half decades 0.01 ... 1e5.
   */
  readonly penalty?: number | 'auto'
}

export interface SingleTaskParameters {
  /** A row for each task, of several classes for each class: w_t. Rows of tasks with fewer features than others end in zeros. */
  readonly taskWeights: Matrix
  /** b_t. */
  readonly intercepts: Float64Array
  /** By task, equal for tasks of one target, in squared deviations of the target; 0 of classes. */
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
      kinds: ['regression', 'binary', 'multiclass'],
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
    warnings: (parameters, data) => [...dataWarnings(data), ...separated(parameters, data)],
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
  readonly converged: boolean
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
    let converged = true
    for (const { name, positions } of groups) {
      const group = positions.map((t) => tasks[t])
      const fitted = yield* run(name, (inner) =>
        group[0].kind === 'regression'
          ? fitNumbers(group, penalties, inner)
          : fitLabels(group, penalties, inner),
      )
      positions.forEach((t, i) => {
        coefficients[t] = fitted.coefficients[i]
        noiseVariances[t] = fitted.noiseVariances[i]
      })
      converged &&= fitted.converged
      choices.push({ kind: group[0].kind, ...fitted.choice })
    }
    const { weights, intercepts } = coefficientsOf(coefficients, tasks)
    return { parameters: { taskWeights: weights, intercepts, noiseVariances, choices }, converged }
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
    coefficients: tasks.map(({ features }) => best.coefficients.slice(at, (at += features.length + 1))),
    noiseVariances: noiseOfTargets(tasks, statistics, best),
    choice: { penalty: best.penalty, penalties: Float64Array.from(penalties), criteria },
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
  const alike = groupTasks(tasks, answerOf)
  const problem: Problem = (all, candidate) => {
    const shares = new Array<Float64Array>(tasks.length)
    for (const { positions } of alike) {
      const together = classShares(addCounts(positions.map((t) => classCounts(all[t]))))
      for (const t of positions) shares[t] = together
    }
    return independentNewton(
      all.map((of, t) => {
        const centre = centreOf(shares[t], of, of.design.columns)
        return { rows: of, centre, penalties: centre.map(() => penalties[candidate]) }
      }),
    )
  }
  const fitted = yield* fitClasses(rows, folds, penalties.length, problem, context)
  const { coefficients, candidate, criteria } = fitted.parameters
  return {
    coefficients,
    noiseVariances: tasks.map(() => 0),
    choice: { penalty: penalties[candidate], penalties: Float64Array.from(penalties), criteria },
    converged: fitted.diagnostics.converged,
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
  const costs = tasks.map((task) => {
    const size = outputsOf(task) * (task.features.length + 1)
    const [overRows, overBlocks] =
      task.kind === 'regression' ? [1, tried] : [usualPasses(tried), usualPasses(tried)]
    return {
      size,
      operations: 2 * overRows * task.targets.length * size ** 2 + 2 * overBlocks * size ** 3,
      bytes: 8 * (size ** 2 + 4 * size),
    }
  })
  return {
    parameters: sum(costs.map(({ size }) => size)),
    operations: sum(costs.map(({ operations }) => operations)),
    bytes: sum(costs.map(({ bytes }) => bytes)),
  }
}

/** Tasks of which the weights found tell all classes apart; those of one class are named by another warning. */
function separated({ taskWeights, intercepts }: SingleTaskParameters, { tasks }: Dataset): Warning[] {
  const first = firstOutputs(tasks)
  const among = tasks.filter((task, t) => {
    if (task.kind === 'regression') return false
    const rows = classRowsOf(task)
    const coefficients = Array.from({ length: outputsOf(task) }, (_, k) => [
      intercepts[first[t] + k],
      ...row(taskWeights, first[t] + k).subarray(0, task.features.length),
    ])
    const several = classCounts(rows).filter((count) => count > 0).length > 1
    return several && isSeparatedBy(rows, Float64Array.from(coefficients.flat()))
  })
  return warn(
    'separated-classes',
    'inputs tell the classes apart, so that the penalty alone bounds the weights',
    among,
  )
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
