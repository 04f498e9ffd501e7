import type { TaskInfo } from '../../data/types.ts'
import { isReal } from '../../distribution/kind.ts'
import { check } from '../../error/mtl-error.ts'
import type { Batch, FittedTask, Network, Variables } from '../types.ts'
import { readVariables } from '../variables.ts'
import { inputTensors, descriptorTensor } from './batch.ts'
import { balancedWeights, classShift } from './class-weights.ts'
import { classCounts, type EncodedData } from './encode.ts'
import { byTable } from './plan.ts'
import { rawOutputs } from './raw-outputs.ts'
import type { NetworkParameters, TrainerOptions } from './types.ts'

/** What parameters are taken from. */
export interface Learnt {
  readonly network: Network
  readonly variables: Variables
  /** The rows that trained. */
  readonly data: EncodedData
  /** Rows that residuals are taken of: held-out ones, else those that trained. */
  readonly heldOut?: EncodedData
  /** Residual variances, where rows that are held out no more have shown them. */
  readonly variances?: Float64Array
  readonly tasks: readonly TaskInfo[]
  readonly classWeights?: TrainerOptions['classWeights']
  /** Tasks, by position, of which nothing is to be learnt again. */
  readonly kept?: ReadonlyMap<number, FittedTask>
}

/** Residuals that are smaller cannot be told from rounding in float32; in deviations of the target. */
const leastDeviation = 1e-6

/** Weights, scaling, residual variances and pictures. @throws MtlError 'not-finite', never NaN weights */
export async function parametersOf(learnt: Learnt): Promise<NetworkParameters> {
  const { variables, data, classWeights, kept } = learnt
  const weights = await readVariables(variables)
  for (const [name, { values }] of Object.entries(weights))
    check(
      values.every(Number.isFinite),
      'not-finite',
      `the variable "${name}" is not finite: try a smaller learningRate, or clipNorm`,
      { variable: name },
    )
  const variances = learnt.variances ?? (await noiseVariances(learnt))
  const { scaling, shape } = data
  const tasks = shape.tasks.map(({ kind }, k): FittedTask => {
    const counts = classCounts(data.tasks[k], shape.tasks[k].classShares.length)
    const balance =
      classWeights === 'balanced' ? balancedWeights(counts) : new Float64Array(counts.length).fill(1)
    return (
      kept?.get(k) ?? {
        mean: scaling.targets.means[k],
        deviation: scaling.targets.deviations[k],
        noiseVariance: kind === 'regression' ? variances[k] : NaN,
        shift: classShift(kind, balance),
      }
    )
  })
  return {
    shape,
    weights,
    tables: scaling.inputs,
    descriptor: scaling.descriptor,
    ...(data.descriptors.length > 0 && { descriptors: data.descriptors }),
    tasks,
    ...(await shownBy(learnt)),
  }
}

/** Mean squared residual, in target units, pooled over the tasks that share a target, as their scale is. */
export async function noiseVariances(learnt: Learnt): Promise<Float64Array> {
  const { data, heldOut = data } = learnt
  const ofHeldOut = await squaredResiduals(learnt, heldOut)
  const ofTraining = heldOut === data ? ofHeldOut : await squaredResiduals(learnt, data)
  return Float64Array.from(data.tasks, ({ target }, k) => {
    const deviation = data.scaling.targets.deviations[k]
    const { sum, weight } = [ofHeldOut, ofTraining]
      .map((found) => found.get(target) ?? { sum: 0, weight: 0 })
      .find((found) => found.weight > 0) ?? { sum: deviation ** 2, weight: 1 }
    return Math.max(sum / weight, (leastDeviation * deviation) ** 2)
  })
}

async function squaredResiduals(
  { network, variables, data: { scaling } }: Learnt,
  { tasks, shape, descriptors }: EncodedData,
): Promise<Map<string, { readonly sum: number; readonly weight: number }>> {
  const numeric = Array.from(tasks.keys()).filter((k) => shape.tasks[k].kind === 'regression')
  const asked = numeric.map((task) => ({
    task,
    table: shape.tasks[task].table,
    inputs: tasks[task].inputs,
    rows: tasks[task].targets.length,
  }))
  const outputs = await rawOutputs({ network, variables, shape, descriptors }, asked)
  const losses = new Map(
    network.groups.flatMap(({ tasks: members, loss }) => members.map((k) => [k, loss] as const)),
  )
  const residuals = new Map<string, { readonly sum: number; readonly weight: number }>()
  numeric.forEach((k, i) => {
    const [mean, deviation] = [scaling.targets.means[k], scaling.targets.deviations[k]]
    const predicted = losses
      .get(k)
      ?.distribution(outputs[i], { mean, deviation, noiseVariance: 1, shift: [] })
    if (predicted === undefined || !isReal(predicted)) return
    const { target, targets, weights, labelled } = tasks[k]
    let { sum, weight } = residuals.get(target) ?? { sum: 0, weight: 0 }
    for (const row of labelled) {
      sum += weights[row] * (mean + deviation * targets[row] - predicted.mean[row]) ** 2
      weight += weights[row]
    }
    residuals.set(target, { sum, weight })
  })
  return residuals
}

/** Rows that pictures are drawn from. */
const mostPictured = 512

/** What the network shows and says of rows of training, evenly spread over tasks and rows. */
async function shownBy({
  network,
  variables,
  data,
  tasks,
}: Learnt): Promise<Pick<NetworkParameters, 'views' | 'warnings'>> {
  if (network.views === undefined && network.warnings === undefined) return { views: [] }
  const plan = picturedRows(data)
  if (plan.rows.length === 0) return { views: [] }
  const { batch, dispose } = picturedBatch(data, plan)
  try {
    const warnings = (await network.warnings?.(variables, batch, tasks)) ?? []
    return {
      views: (await network.views?.(variables, batch, tasks)) ?? [],
      ...(warnings.length > 0 && { warnings }),
    }
  } finally {
    dispose()
  }
}

function picturedBatch(
  data: EncodedData,
  plan: ReturnType<typeof picturedRows>,
): { readonly batch: Batch; readonly dispose: () => void } {
  const inputs = inputTensors(data, plan)
  const descriptors = descriptorTensor(data)
  return {
    batch: { inputs, ...(plan.taskOf && { taskOf: plan.taskOf }), ...(descriptors && { descriptors }) },
    dispose: () => {
      for (const tensor of [...inputs, ...(descriptors ? [descriptors] : [])]) tensor.dispose()
    },
  }
}

function picturedRows(data: EncodedData): { readonly rows: Int32Array; readonly taskOf?: Int32Array } {
  if (data.isShared) return { rows: spread(Int32Array.from(data.tasks[0].targets.keys()), mostPictured) }
  const each = Math.ceil(mostPictured / data.tasks.length)
  const parts = data.tasks.map(({ labelled }) => spread(labelled, each))
  return byTable(data, {
    rows: Int32Array.from(parts.flatMap((rows) => [...rows])),
    taskOf: Int32Array.from(parts.flatMap((rows, k) => [...rows].map(() => k))),
  })
}

/** At most `most` of the rows, evenly spaced. */
function spread(rows: Int32Array, most: number): Int32Array {
  const count = Math.min(rows.length, most)
  return Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)])
}
