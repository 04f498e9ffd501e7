import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator } from '@mtl/core'
import { constant } from '@mtl/core/tensor'

/** -log(-log u) for each task, depth and choice; a stream for each task, so that a further task moves no draw of it. */
export function gumbelNoise(
  tasks: number,
  choices: readonly number[],
  random: RandomGenerator,
): readonly tf.Tensor2D[] {
  const streams = Array.from({ length: tasks }, (_, t) => random.fork('routes').fork(t))
  return choices.map((count) => {
    const noise = streams.flatMap((stream) =>
      Array.from({ length: count }, () => -Math.log(-Math.log(stream.next() || Number.MIN_VALUE))),
    )
    return tf.tensor2d(noise, [tasks, count])
  })
}

/** 1 at the largest value of each row, 0 elsewhere. */
function hardest(x: tf.Tensor): tf.Tensor2D {
  // Not `oneHot`, which refuses a single column.
  const columns = tf.range(0, x.shape[1] ?? 0, 1, 'int32')
  return tf.cast(tf.equal<tf.Tensor2D>(tf.expandDims(tf.argMax(x, 1), 1), columns), 'float32')
}

/** The largest of each row; no gradient passes. */
export function largest(x: tf.Tensor2D): tf.Tensor2D {
  return constant(x, hardest) as tf.Tensor2D
}

/** The largest of each row, with the gradient of x itself. */
export function straightThrough(x: tf.Tensor2D): tf.Tensor2D {
  const chosen = tf.customGrad((value) => ({
    value: hardest(value as tf.Tensor),
    gradFunc: (dy) => tf.clone(dy),
  }))
  return chosen(x) as tf.Tensor2D
}
