import * as tf from '@tensorflow/tfjs'
import { sampleNormal } from '@mtl/core'
import { constant } from '@mtl/core/tensor'
import type { TrainingPass } from '@mtl/core/tensor'

/** Added to the score of an expert that is left out: a softmax in float32 gives it exactly 0. */
const leftOut = -1e9

/**
 * The `count` largest scores of each row, with noise of that scale in training; the others so low that a softmax gives
 * them 0. The choice itself passes no gradient.
 *
 *   H = s + N(0, 1) scale,    s' = H where among the largest, else -1e9
 *
 * Shazeer, Mirhoseini, Maziarz, Davis, Le, Hinton and Dean (2017), Outrageously large neural networks: the
 * sparsely-gated mixture-of-experts layer, ICLR, equations 3 to 5.
 */
export function noisyTop(
  scores: tf.Tensor,
  count: number,
  noise?: { readonly scale: tf.Tensor; readonly pass: TrainingPass },
): tf.Tensor {
  const noisy = noise ? tf.add(scores, tf.mul(normal(scores.shape, noise.pass), noise.scale)) : scores
  const experts = scores.shape[scores.rank - 1]
  if (count === experts) return noisy
  // The choice has no gradient on any backend, and needs none.
  const others = constant(noisy, (x) => tf.sub(1, tf.sum(tf.oneHot(tf.topk(x, count).indices, experts), -2)))
  return tf.add(noisy, tf.mul(others, leftOut))
}

function normal(shape: number[], { random }: TrainingPass): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => sampleNormal(random))
  return tf.tensor(values, shape)
}
