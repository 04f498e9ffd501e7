import * as tf from '@tensorflow/tfjs'
import type { Activation } from './types.ts'

const functions: Readonly<Record<Activation, <T extends tf.Tensor>(x: T) => T>> = {
  linear: (x) => x,
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  elu: (x) => tf.elu(x),
  softplus: (x) => tf.softplus(x),
  // x Phi(x), Phi the distribution function of the standard normal
  gelu: (x) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)),
}

/** The activation of each value; x itself where it is linear. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  return functions[activation](x)
}
