import type { Dataset } from '../../data/types.ts'
import { checkNumber } from '../../error/check-number.ts'
import type { RandomGenerator } from '../../random/types.ts'
import type { LabelledBatch, Network, TaskShape } from '../types.ts'
import { batchOf, type Labelling } from './batch.ts'
import { balancedWeights } from './class-weights.ts'
import { classCounts, encodeData, type EncodedData, type EncodedTask } from './encode.ts'
import { parametersOf } from './learnt.ts'
import { epochSize, planEpoch, taskProbabilities, type BatchPlan, type PlanOptions } from './plan.ts'
import { checkTask } from './schedule.ts'
import type { EpochSettings, TrainerOptions, TrainingData } from './types.ts'

/** What an epoch's batches hang on. */
export type EpochOptions = Pick<
  TrainerOptions,
  'batchSize' | 'regime' | 'temperature' | 'reduction' | 'classWeights'
> &
  EpochSettings

/**
 * A dataset as batches, for a loop of one's own. Scales as `standardise` does: inputs by table, descriptors over tasks,
 * targets by what they measure. Inputs are complete: what an estimator's door fills and drops is not done here.
 * @throws MtlError 'not-finite' where values are so large that their squares overflow
 */
export function trainingData(data: Dataset): TrainingData {
  const encoded = encodeData(data)
  return {
    shape: encoded.shape,
    *epoch(network, options, random) {
      const epoch = epochOf(encoded, network, options)
      for (const plan of epoch.plans(random)) yield epoch.batch(plan)
    },
    parameters: (network, variables, { classWeights } = {}) =>
      parametersOf({
        network,
        variables,
        data: encoded,
        tasks: data.tasks,
        ...(classWeights && { classWeights }),
      }),
  }
}

/** The batches of one epoch: which rows, and what a batch of them is. */
export interface Epoch {
  /** How many batches there are. */
  readonly batches: number
  plans(random: RandomGenerator): readonly BatchPlan[]
  /** The caller's to dispose. */
  batch(plan: BatchPlan): LabelledBatch
}

/** @throws MtlError 'invalid-option', 'unknown-name' (a task that the data lacks) */
export function epochOf(data: EncodedData, network: Network, options: EpochOptions): Epoch {
  const planning = planningOf(data, options)
  const size = epochSize(data, planning)
  const labelling = labellingOf(data, network, options, planning)
  return {
    batches: size.batches,
    plans: (random) => planEpoch(data, planning, random),
    batch: (plan) => batchOf(data, labelling, plan),
  }
}

/** Steps of an epoch, of so many batches each. @throws MtlError as `epochOf` */
export function stepsOf(data: EncodedData, options: EpochOptions, accumulate: number): number {
  return Math.ceil(epochSize(data, planningOf(data, options)).batches / accumulate)
}

function planningOf(data: EncodedData, options: EpochOptions): PlanOptions {
  const { tasks, lossWeights = {}, regime = 'joint' } = options
  const names = data.shape.tasks.map(({ name }) => name)
  for (const name of [...(tasks ?? []), ...Object.keys(lossWeights)]) checkTask('an epoch', name, names)
  return {
    batchSize: checkNumber('batchSize', options.batchSize ?? 64, { min: 1, integer: true }),
    regime,
    temperature: checkNumber('temperature', options.temperature ?? 1, { above: 0 }),
    active: activeTasks(names, options),
  }
}

/** Positions of the tasks that train in an epoch. */
export function activeTasks(
  names: readonly string[],
  { tasks, lossWeights = {} }: EpochSettings,
): readonly number[] {
  const chosen = tasks && new Set(tasks)
  return Array.from(names.keys()).filter(
    (k) => (chosen?.has(names[k]) ?? true) && lossWeights[names[k]] !== 0,
  )
}

function labellingOf(
  data: EncodedData,
  network: Network,
  { reduction, lossWeights, classWeights }: EpochOptions,
  planning: PlanOptions,
): Labelling {
  const active = new Set(planning.active)
  const weights = data.tasks.map((task, k) =>
    active.has(k) ? task.weights : new Float64Array(task.weights.length),
  )
  return {
    network,
    ...(classWeights && { classWeights: data.tasks.map((task, k) => balancedOf(task, data.shape.tasks[k])) }),
    reduction: reduction ?? (data.isShared ? 'task' : 'label'),
    weights,
    lossWeights: data.shape.tasks.map(({ name }) => lossWeights?.[name] ?? 1),
    share: sharesOf(data, planning, weights),
  }
}

function balancedOf(task: EncodedTask, { classShares }: TaskShape): Float64Array {
  return balancedWeights(classCounts(task, classShares.length))
}

/** `taskShare`: 1 / N on average over the steps, N the rows of an epoch. */
function sharesOf(
  data: EncodedData,
  planning: PlanOptions,
  weights: readonly Float64Array[],
): Labelling['share'] {
  const { rows, batches } = epochSize(data, planning)
  if (planning.regime === 'alternating') {
    const probabilities = taskProbabilities(data, planning)
    const byTask = new Map(planning.active.map((k, i) => [k, 1 / (rows * probabilities[i])]))
    return (task) => byTask.get(task) ?? 0
  }
  const totals = weights.map((values) => values.reduce((sum, weight) => sum + weight, 0))
  return (task, labels) => ((labels / totals[task]) * batches) / rows
}
