/** `mixtureDivergence` of core on tensors, for many normals at once; its rules are explained there. */
import * as tf from '@tensorflow/tfjs'
import type { MixtureRule } from '@mtl/core'

/** R diagonal normals of D numbers: [R, D] each. */
export interface Normals {
  readonly mean: tf.Tensor
  readonly logVariance: tf.Tensor
}

/** J components for each of them, or the same for all: [R, J, D] or [1, J, D]. */
export interface Components {
  readonly mean: tf.Tensor
  readonly variance: tf.Tensor
}

/** [R, J]: rows sum to 1; a component that is not meant has the weight 0 and a logarithm far below all others. */
export interface Mixing {
  readonly weights: tf.Tensor2D
  readonly logWeights: tf.Tensor2D
}

/** Divergence of each normal from its mixture, [R]. */
export function mixtureTerm(
  rule: MixtureRule,
  own: Normals,
  components: Components,
  { weights, logWeights }: Mixing,
): tf.Tensor1D {
  if (rule === 'convex' || rule === 'log-sum-exp') {
    const each = {
      mean: tf.expandDims(own.mean, 1),
      logVariance: tf.expandDims(own.logVariance, 1),
    }
    const divergences = normalTerm(each, components.mean, components.variance) as tf.Tensor2D
    if (rule === 'convex') return tf.sum<tf.Tensor1D>(tf.mul(weights, divergences), 1)
    return tf.neg(tf.logSumExp<tf.Tensor1D>(tf.sub(logWeights, divergences), 1))
  }
  const shares = tf.expandDims(weights, 2)
  const centre = tf.sum(tf.mul(shares, components.mean), 1, true)
  const disagreement = (): tf.Tensor => tf.sum(tf.mul(shares, tf.square(tf.sub(components.mean, centre))), 1)
  const certainty = tf.sum(tf.mul(rule === 'match' ? shares : tf.square(shares), components.variance), 1)
  const variance = rule === 'linear' ? certainty : tf.add(certainty, disagreement())
  return normalTerm(own, tf.squeeze(centre, [1]), variance) as tf.Tensor1D
}

/** From normals of this mean and variance, of the same shape or one that spreads to it; summed over the last axis. */
export function normalTerm(own: Normals, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  const square = tf.add(tf.exp(own.logVariance), tf.square(tf.sub(own.mean, mean)))
  const inner = tf.add(tf.sub(tf.log(variance), own.logVariance), tf.div(square, variance))
  return tf.mul(0.5, tf.sum(tf.sub(inner, 1), -1))
}
