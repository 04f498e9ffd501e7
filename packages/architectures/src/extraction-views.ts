import type { Matrix, View } from '@mtl/core'
import type { GateUse } from './gate-views.ts'
import { taskSimilarity } from './task-similarity.ts'

/** What gates of tasks x levels read: shared experts or own ones, one or many; and how far two tasks read the same. */
export function levelViews(
  names: readonly string[],
  uses: readonly GateUse[],
  sharedExperts: readonly number[],
): View[] {
  const columns = uses.map((_, l) => `level ${l + 1}`)
  const byLevel = (value: (use: GateUse, task: number, level: number) => number): Matrix => ({
    rows: names.length,
    columns: uses.length,
    data: Float64Array.from(names.flatMap((_, t) => uses.map((use, l) => value(use, t, l)))),
  })
  return [
    {
      kind: 'matrix',
      title: 'Mass on shared experts',
      reading:
        'Mean share of shared experts in what a task reads: 0 a network for itself, 1 nothing of its own.',
      rows: names,
      columns,
      values: byLevel(({ shares }, t, l) => sharedMass(shares, t, sharedExperts[l])),
    },
    {
      kind: 'matrix',
      title: 'Entropy of gates',
      reading:
        'Mean over rows, of the largest there can be: 1 mixes all experts alike, 0 reads a single one.',
      rows: names,
      columns,
      values: byLevel(({ entropies }, t) => entropies[t]),
    },
    taskSimilarity(
      names,
      uses.map(({ shares }, l) => onAllExperts(shares, sharedExperts[l])),
    ),
  ]
}

function sharedMass({ columns, data }: Matrix, task: number, sharedExperts: number): number {
  let mass = 0
  for (let e = 0; e < sharedExperts; e++) mass += data[task * columns + e]
  return mass
}

/** Tasks x (shared experts and those of every task): a task's own experts are read by it alone. */
function onAllExperts({ rows, columns, data }: Matrix, sharedExperts: number): Matrix {
  const own = columns - sharedExperts
  const all = {
    rows,
    columns: sharedExperts + rows * own,
    data: new Float64Array(rows * (sharedExperts + rows * own)),
  }
  for (let t = 0; t < rows; t++)
    for (let e = 0; e < columns; e++) {
      const at = e < sharedExperts ? e : e + t * own
      all.data[t * all.columns + at] = data[t * columns + e]
    }
  return all
}
