import * as tf from '@tensorflow/tfjs'
import { layers } from './layers.ts'
import { withHeads } from './heads/with-heads.ts'
import type {
  Architecture,
  DataShape,
  HeadOptions,
  LabelledBatch,
  LayerOptions,
  TaskShape,
  Variables,
} from './types.ts'

export function sharedBottomOf(
  widths: readonly number[],
  layer: LayerOptions = {},
  heads: HeadOptions = {},
): Architecture {
  return withHeads({
    name: 'shared-bottom',
    options: {},
    heads,
    body(features) {
      const trunk = layers('shared/trunk', [features, ...widths], layer)
      return {
        units: trunk.units,
        init: (random) => trunk.init(random),
        forward: (v, x, batch, pass) => ({ representation: trunk.apply(v, x, batch, pass) }),
      }
    },
  })
}

export function shapeOf(kinds: readonly TaskShape['kind'][], columns: number): DataShape {
  const tasks = kinds.map((kind, k) => {
    const classes = { regression: 0, binary: 2, multiclass: 3 }[kind]
    return { name: `task${k}`, kind, table: 0, classShares: Array<number>(classes).fill(1 / classes) }
  })
  return { tables: [Array<number>(columns).fill(0)], tasks, descriptor: 0 }
}

/** Labels [rows][tasks], null where missing; each loss is a mean over its labels. */
export function sharedRows(
  x: number[][],
  labels: (number | null)[][],
  groups: readonly (readonly number[])[],
): LabelledBatch {
  const counts = labels[0].map((_, k) => labels.filter((row) => row[k] !== null).length)
  const cells = (value: (label: number | null, k: number) => number) =>
    groups.map((tasks) => Float32Array.from(labels.flatMap((row) => tasks.map((k) => value(row[k], k)))))
  return batchOf(
    [tf.tensor2d(x)],
    cells((label) => label ?? 0),
    cells((label, k) => (label === null ? 0 : 1 / counts[k])),
    counts,
  )
}

/** The same rows in the form of tasks that own them: one row for each cell. */
export function ownRows(
  x: readonly number[][][],
  labels: (number | null)[][],
  groups: readonly (readonly number[])[],
): LabelledBatch {
  const counts = labels[0].map((_, k) => labels.filter((row) => row[k] !== null).length)
  const tasks = [...counts.keys()]
  const taskOf = Int32Array.from(tasks.flatMap((k) => x[k].map(() => k)))
  const cells = (value: (label: number | null, k: number) => number) =>
    groups.map((members) =>
      Float32Array.from(
        tasks.filter((k) => members.includes(k)).flatMap((k) => x[k].map((_, i) => value(labels[i][k], k))),
      ),
    )
  return {
    ...batchOf(
      [tf.tensor2d(x.flat())],
      cells((label) => label ?? 0),
      cells((label, k) => (label === null ? 0 : 1 / counts[k])),
      counts,
    ),
    taskOf,
  }
}

function batchOf(
  inputs: tf.Tensor2D[],
  targets: Float32Array[],
  weights: Float32Array[],
  counts: readonly number[],
): LabelledBatch {
  const present = Int32Array.from(counts.keys()).filter((k) => counts[k] > 0)
  return {
    inputs,
    targets,
    weights,
    present,
    labels: Float64Array.from(present, (k) => counts[k]),
    taskShare: Float32Array.from(counts, (count) => Number(count > 0)),
    [Symbol.dispose]: () => tf.dispose(inputs),
  }
}

/** Largest difference of two lists of numbers. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]))
  return largest
}

export function disposeAll(...variables: readonly Variables[]): void {
  for (const each of variables) tf.dispose({ ...each })
}
