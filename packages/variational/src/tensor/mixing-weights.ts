import * as tf from '@tensorflow/tfjs'
import type { Mixing } from './mixture-term.ts'

/** Of scores: a component that is not meant is so far below the others that its weight is 0. */
const outside = -1e9

/**
 * [T, J] of 0 and numbers far below: no task is a component of its own prior, nor one that has nothing to teach (0 in `teaches`); the anchor
 * stands last where `anchor` is given.
 */
export function outsiders(teaches: Float32Array, anchor: 'prior' | 'none' | undefined): tf.Tensor2D {
  const tasks = teaches.length
  const columns = tasks + Number(anchor !== undefined)
  const values = new Float32Array(tasks * columns)
  for (let t = 0; t < tasks; t++) {
    for (let i = 0; i < tasks; i++) values[t * columns + i] = teaches[i] > 0 ? 0 : outside
    if (anchor === 'none') values[t * columns + tasks] = 2 * outside
    // Below those that have nothing to teach, in case there are no others.
    values[t * columns + t] = 3 * outside
  }
  return tf.tensor2d(values, [tasks, columns])
}

/** softmax((logits + noise) / temperature) over what is not outside. */
export function mixingOf(
  logits: tf.Tensor2D,
  noise: tf.Tensor2D | undefined,
  temperature: tf.Tensor | number,
  outside: tf.Tensor2D,
): Mixing {
  const free = noise ? tf.add(logits, noise) : logits
  const scores = tf.add(tf.div(free, temperature), outside)
  return {
    weights: tf.softmax(scores as tf.Tensor2D),
    logWeights: tf.sub(scores, tf.logSumExp(scores, 1, true)),
  }
}
