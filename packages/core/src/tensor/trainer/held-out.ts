import type { RandomGenerator } from '../../random/types.ts'
import { forwardPass } from '../forward-pass.ts'
import type { Network, Variables } from '../types.ts'
import { batchOf, type Labelling } from './batch.ts'
import type { EncodedData } from './encode.ts'
import { planEpoch } from './plan.ts'
import type { TargetRows } from './stopping.ts'

/** Rows of one pass of evaluation: bounds its memory. */
const mostRows = 1024

/**
 * Mean loss of each task over all its labelled rows, each with its case weight, in evaluation mode; NaN for a task
 * without any. `random` orders the rows, on which nothing depends but rounding.
 */
export async function meanLosses(
  network: Network,
  variables: Variables,
  data: EncodedData,
  random: RandomGenerator,
): Promise<Float64Array> {
  const { tasks } = data
  const sums = new Float64Array(tasks.length)
  const weights = new Float64Array(tasks.length)
  const labelling: Labelling = {
    network,
    reduction: 'task',
    weights: tasks.map((task) => task.weights),
    lossWeights: new Float64Array(tasks.length).fill(1),
    share: () => 0,
  }
  const active = [...tasks.keys()]
  const plans = planEpoch(data, { batchSize: mostRows, regime: 'joint', temperature: 1, active }, random)
  for (const plan of plans) {
    using batch = batchOf(data, labelling, plan)
    using pass = forwardPass(network, variables, batch)
    const losses = await pass.losses()
    batch.present.forEach((k, i) => {
      sums[k] += losses[i] * batch.labels[i]
      weights[k] += batch.labels[i]
    })
  }
  return sums.map((sum, k) => sum / weights[k])
}

/** Which tasks measure the same, and how much each counts in their loss. */
export function targetRows({ tasks, shape }: EncodedData): TargetRows {
  const names = tasks.map(({ target }, k) => `${shape.tasks[k].kind} ${target}`)
  const known = [...new Set(names)]
  return {
    targets: Int32Array.from(names, (name) => known.indexOf(name)),
    labels: Float64Array.from(tasks, ({ weights }) => weights.reduce((sum, weight) => sum + weight, 0)),
  }
}
