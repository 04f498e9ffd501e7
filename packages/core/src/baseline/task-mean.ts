/**
 * Each task by the mean of its training rows, or by the shares of their classes: what can be said without inputs.
 *
 *   mean_t = sum_i s_ti y_ti / sum_i s_ti,   noise = sum_t sum_i s_ti (y_ti - mean_t)^2 / (N - T)
 *
 * s case weights, N their sum, T tasks with rows, of one target; y standardised. Tasks without rows are
 * predicted by mean and variance of all rows of their target. A class without rows in a task counts as one more
 * row, divided as in all tasks of the target. The variance is that of the noise, without the means' own uncertainty.
 */
import { observed } from '../data/rows.ts'
import type { Dataset, Task, TaskInfo, TaskKind } from '../data/types.ts'
import type { Distribution } from '../distribution/types.ts'
import { matrix, row } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator, ModelScaling, Query, TrainingCost } from '../model/types.ts'
import type { View } from '../view/types.ts'
import { answerOf, groupTasks, type Group } from './groups.ts'
import { outputsOf, predictConstant } from './outputs.ts'
import { noiseVariance } from './penalties.ts'
import { addCounts, classCounts, classShares } from './shares.ts'
import { sum } from './statistics.ts'
import { targetWarnings } from './warnings.ts'

export interface TaskMeanParameters {
  /**
   * A row for each task: its mean; the share of the second of two classes; the shares of several. Rows of tasks
   * with fewer classes end in zeros.
   */
  readonly means: Matrix
  /** By task, in squared deviations of its target; 0 of classes. */
  readonly noiseVariances: Float64Array
  /** All rows of a target, for tasks that had none. Tasks of different classes count as different targets. */
  readonly targets: readonly TargetMean[]
}

export interface TargetMean {
  readonly kind: TaskKind
  readonly target: string
  readonly classes: readonly string[]
  /** As a row of `means`. */
  readonly mean: Float64Array
  readonly variance: number
}

/** Each task by the mean (class shares) of its training rows; without rows, of all tasks of its target. */
export function taskMean(): Estimator<TaskMeanParameters> {
  return defineEstimator({
    name: 'task-mean',
    version: 1,
    options: {},
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: true,
      inputs: 'nothing',
      levels: 'ids',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: ['nothing'],
      parameterUncertainty: false,
    },
    standardise: true,
    train,
    predict: (parameters, queries, tasks) => queries.map((query) => predict(parameters, query, tasks)),
    warnings: (_, data) => targetWarnings(data),
    cost,
    views,
  })
}

function train({ tasks }: Dataset): TaskMeanParameters {
  const means = matrix(
    tasks.length,
    tasks.reduce((most, task) => Math.max(most, outputsOf(task)), 1),
  )
  const noiseVariances = new Float64Array(tasks.length)
  const targets = groupTasks(tasks, answerOf).map(({ positions }) => {
    const group = positions.map((t) => tasks[t])
    const fitted = group[0].kind === 'regression' ? numbers(group) : classes(group)
    positions.forEach((t, i) => {
      row(means, t).set(fitted.means[i])
      noiseVariances[t] = fitted.noiseVariances[i]
    })
    const { kind, target, classes: labels } = group[0]
    return { kind, target, classes: labels, mean: fitted.mean, variance: fitted.variance }
  })
  return { means, noiseVariances, targets }
}

/** Of tasks that can be averaged. */
interface Fitted {
  readonly means: readonly Float64Array[]
  readonly noiseVariances: readonly number[]
  readonly mean: Float64Array
  readonly variance: number
}

function numbers(group: readonly Task[]): Fitted {
  const own = group.map((task) => momentsOf(task))
  const rows = sum(own.map(({ weight }) => weight))
  const mean = rows === 0 ? 0 : sum(own.map((of) => of.weight * of.mean)) / rows
  const within = sum(own.map(({ squares }) => squares))
  const between = sum(own.map((of) => of.weight * (of.mean - mean) ** 2))
  const noise = noiseVariance(rows, within, own.filter(({ weight }) => weight > 0).length)
  const variance = noiseVariance(rows, within + between, 0)
  return {
    means: own.map((of) => Float64Array.of(of.weight > 0 ? of.mean : mean)),
    noiseVariances: own.map(({ weight }) => (weight > 0 ? noise : variance)),
    mean: Float64Array.of(mean),
    variance,
  }
}

function momentsOf(task: Task): { readonly weight: number; readonly mean: number; readonly squares: number } {
  const { targets, weights = new Float64Array(targets.length).fill(1) } = observed(task)
  const weight = sum(weights)
  const mean = weight === 0 ? 0 : sum(targets.map((y, i) => weights[i] * y)) / weight
  return { weight, mean, squares: sum(targets.map((y, i) => weights[i] * (y - mean) ** 2)) }
}

function classes(group: readonly Task[]): Fitted {
  const counts = group.map(classCounts)
  const together = classShares(addCounts(counts))
  const answer = (shares: Float64Array): Float64Array =>
    group[0].kind === 'binary' ? shares.slice(1) : shares
  return {
    means: counts.map((of) => answer(classShares(of, together))),
    noiseVariances: group.map(() => 0),
    mean: answer(together),
    variance: 0,
  }
}

function predict(
  { means, noiseVariances, targets }: TaskMeanParameters,
  { task, inputs }: Query,
  tasks: readonly TaskInfo[],
): Distribution {
  if (typeof task === 'number') {
    const values = row(means, task).subarray(0, outputsOf(tasks[task]))
    return predictConstant(tasks[task], values, inputs.rows, noiseVariances[task])
  }
  const like = targets.find(({ kind, target }) => kind === task.kind && target === task.target) ?? targets[0]
  return predictConstant(like, like.mean, inputs.rows, like.variance)
}

function cost({ tasks }: Dataset): TrainingCost {
  const parameters = sum(tasks.map(outputsOf))
  const rows = sum(tasks.map(({ targets }) => targets.length))
  return { parameters, operations: 4 * rows + parameters, bytes: 8 * (parameters + 2 * tasks.length) }
}

/** Means in the target's units, shares of classes; one picture for each target. */
function views({ means }: TaskMeanParameters, tasks: readonly TaskInfo[], scaling?: ModelScaling): View[] {
  return groupTasks(tasks, answerOf).map(({ positions }) => {
    const { kind, target, classes: labels } = tasks[positions[0]]
    const names = positions.map((t) => tasks[t].name)
    if (kind === 'multiclass')
      return {
        kind: 'matrix',
        title: `Shares of the classes of ${target} in each task`,
        reading: 'Rows of one colour mean that the tasks have the same classes equally often.',
        rows: names,
        columns: labels,
        values: matrix(
          names.length,
          labels.length,
          Float64Array.from(positions.flatMap((t) => [...row(means, t).subarray(0, labels.length)])),
        ),
      }
    return {
      kind: 'bars',
      title: kind === 'binary' ? `Share of ${labels[1]} in each task` : `Mean of ${target} in each task`,
      reading: 'Bars of one length mean that the tasks differ by their inputs alone, or not at all.',
      labels: names,
      values: levels(means, { name: '', positions }, kind === 'regression' ? scaling : undefined),
    }
  })
}

function levels(means: Matrix, { positions }: Group, scaling?: ModelScaling): Float64Array {
  return Float64Array.from(positions, (t) => {
    const [level] = row(means, t)
    return scaling === undefined ? level : scaling.targets.means[t] + scaling.targets.deviations[t] * level
  })
}
