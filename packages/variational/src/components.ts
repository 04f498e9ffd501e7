import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { Posterior } from './task-state.ts'

/** A task as another one sees it. */
export interface Teacher {
  /** Position of the task. */
  readonly task: number
  readonly outputs: readonly string[]
  readonly posterior: Posterior
}

/** The J components of a task's prior: the other tasks' posteriors in their order, then N(0, priorVariance), the anchor. */
export interface Components {
  /** Position of each component's task; -1 for the anchor. */
  readonly tasks: Int32Array
  /** J x D. */
  readonly means: Matrix
  readonly variances: Matrix
}

export interface ComponentSettings {
  readonly priorVariance: number
  readonly anchor: 'prior' | 'none'
}

/**
 * Weights are matched by what the output is: the block of an output that a teacher lacks is N(0, priorVariance), and a teacher without any
 * is none. Where no teacher is left, the anchor stands alone.
 */
export function componentsOf(
  outputs: readonly string[],
  teachers: readonly Teacher[],
  inputs: number,
  { priorVariance, anchor }: ComponentSettings,
): Components {
  const matched = teachers
    .map((teacher) => ({ ...teacher, blocks: outputs.map((output) => teacher.outputs.indexOf(output)) }))
    .filter(({ blocks }) => blocks.some((block) => block >= 0))
  const anchored = anchor === 'prior' || matched.length === 0
  const size = outputs.length * inputs
  const count = matched.length + Number(anchored)
  const means = matrix(count, size)
  const variances = matrix(count, size)
  variances.data.fill(priorVariance)
  matched.forEach(({ posterior, blocks }, j) => {
    blocks.forEach((block, k) => {
      if (block < 0) return
      const [from, to] = [block * inputs, j * size + k * inputs]
      for (let p = 0; p < inputs; p++) {
        means.data[to + p] = posterior.means[from + p]
        variances.data[to + p] = Math.exp(2 * posterior.logDeviations[from + p])
      }
    })
  })
  const tasks = Int32Array.from({ length: count }, (_, j) => matched.at(j)?.task ?? -1)
  return { tasks, means, variances }
}
