import type { Matrix, View } from '@mtl/core'
import { meanByTask } from './mean-by-task.ts'

/** How each task uses experts, over the rows that pictures are drawn from. */
export interface GateUse {
  /** Tasks x experts: mean share of each. */
  readonly shares: Matrix
  /** By task: mean entropy of a row's gate, of the largest there can be; 0 one expert, 1 all alike. */
  readonly entropies: Float64Array
}

/** Of gates p, an expert's share after the other; rows follow one another by row and task, or belong to `taskOf`. */
export function gateUse(
  p: ArrayLike<number>,
  tasks: number,
  experts: number,
  taskOf: Int32Array | undefined,
): GateUse {
  const cells = Float64Array.from({ length: p.length / experts }, (_, cell) =>
    relativeEntropy(p, cell * experts, experts),
  )
  return {
    shares: meanByTask(p, tasks, experts, taskOf),
    entropies: meanByTask(cells, tasks, 1, taskOf).data,
  }
}

/** -sum p log p / log count of the `count` shares from `start` on; 1 of a single one. */
export function relativeEntropy(p: ArrayLike<number>, start: number, count: number): number {
  if (count === 1) return 1
  let entropy = 0
  for (let i = start; i < start + count; i++) if (p[i] > 0) entropy -= p[i] * Math.log(p[i])
  return entropy / Math.log(count)
}

export function sharesView(rows: readonly string[], values: Matrix): View {
  return {
    kind: 'matrix',
    title: 'Use of experts',
    reading:
      'Mean share of each expert in what a task reads; equal rows are tasks that use the experts alike.',
    rows,
    columns: Array.from({ length: values.columns }, (_, e) => `expert ${e + 1}`),
    values,
  }
}

export function entropyView(labels: readonly string[], values: Float64Array): View {
  return {
    kind: 'bars',
    title: 'Entropy of gates',
    reading: 'Mean over rows, of the largest there can be: 1 mixes all experts alike, 0 reads a single one.',
    labels,
    values,
  }
}
