import * as tf from '@tensorflow/tfjs'
import type { Matrix, View } from '@mtl/core'
import type { Batch, Variables } from '@mtl/core/tensor'
import type { Column } from './progressive-column.ts'
import { matrixOf, rowShares } from './task-similarity.ts'

/**
 * What the last hidden layer of each column owes to each column, columns x columns, lines that sum to 1: to an earlier
 * one how much it changes when that one is silent, to its own how much it varies over rows when all others are.
 */
export async function columnShares(
  columns: readonly Column[],
  v: Variables,
  x: tf.Tensor2D,
  batch: Batch,
): Promise<Matrix> {
  const sizes = tf.tidy(() => {
    const found: (readonly tf.Tensor2D[])[] = []
    const lines = columns.map((column) => {
      const lastOf = (earlier: typeof found): tf.Tensor =>
        column.apply(v, x, earlier, batch).slice(-1)[0] ?? x
      const silent = found.map(silenced)
      const all = lastOf(found)
      const alone = lastOf(silent)
      const ofEarlier = found.map((_, k) =>
        rootMeanSquare(tf.sub(all, lastOf(found.map((layers, j) => (j === k ? silent[j] : layers))))),
      )
      found.push(column.apply(v, x, found, batch))
      const later = columns.slice(found.length).map(() => tf.scalar(0))
      return tf.stack([...ofEarlier, rootMeanSquare(tf.sub(alone, tf.mean(alone, 0))), ...later])
    })
    return tf.stack(lines)
  })
  try {
    return rowShares(await matrixOf(sizes))
  } finally {
    sizes.dispose()
  }
}

function silenced(layers: readonly tf.Tensor2D[]): readonly tf.Tensor2D[] {
  return layers.map((layer) => tf.zerosLike(layer))
}

function rootMeanSquare(x: tf.Tensor): tf.Scalar {
  return tf.sqrt(tf.mean<tf.Scalar>(tf.square(x)))
}

/** `tasks` in the order in which they were learnt. */
export function sharesView(tasks: readonly string[], values: Matrix): View {
  return {
    kind: 'matrix',
    title: 'What each column reads',
    reading:
      'Share of each column in what a task (line) reads; on the diagonal its own, left of it those learnt before.',
    rows: tasks,
    columns: tasks,
    values,
  }
}
