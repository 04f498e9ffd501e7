import type { Matrix, View } from '@mtl/core'

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
  const data = new Float64Array(tasks * experts)
  const entropies = new Float64Array(tasks)
  const counts = new Float64Array(tasks)
  for (let cell = 0; cell < p.length / experts; cell++) {
    const task = taskOf ? taskOf[cell] : cell % tasks
    counts[task]++
    for (let e = 0; e < experts; e++) data[task * experts + e] += p[cell * experts + e]
    entropies[task] += relativeEntropy(p, cell * experts, experts)
  }
  return {
    shares: {
      rows: tasks,
      columns: experts,
      data: data.map((sum, i) => sum / Math.max(1, counts[Math.floor(i / experts)])),
    },
    entropies: entropies.map((sum, task) => sum / Math.max(1, counts[task])),
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
