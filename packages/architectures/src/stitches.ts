import * as tf from '@tensorflow/tfjs'
import { dense } from '@mtl/core/tensor'

/** Share of a mixture that is its own at the start. */
const own = 0.9

/** sum_s weights[t, s] x[:, s, :], from [rows, columns, units] and [columns, columns]. */
export function mixed(x: tf.Tensor, weights: tf.Tensor2D): tf.Tensor {
  const [rows, columns, units] = x.shape
  // One product: rows and units together are what the columns are mixed for.
  const flat = tf.reshape<tf.Rank.R2>(tf.transpose(x, [0, 2, 1]), [rows * units, columns])
  const sums = dense(flat, tf.transpose(weights))
  return tf.transpose(tf.reshape(sums, [rows, units, columns]), [0, 2, 1])
}

/** [count, count]: 0.9 on the diagonal, the rest evenly beside it, so that rows sum to 1. */
export function nearIdentity(count: number): number[][] {
  const other = (1 - own) / (count - 1)
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (__, j) => (i !== j ? other : count === 1 ? 1 : own)),
  )
}
