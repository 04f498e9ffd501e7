import * as tf from '@tensorflow/tfjs'
import { sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'

/** N(0, deviation^2) for each value. */
export function normalTensor(
  random: RandomGenerator,
  shape: readonly number[],
  deviation: number,
): tf.Tensor {
  return filled(shape, () => deviation * sampleNormal(random))
}

/**
 * A kernel [..., in, out]: uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010, AISTATS, equation 16), for every
 * activation: the wider start of He et al. (2015), meant for deep networks, left a third more error on networks of one
 * hidden layer (docs/networks.md).
 */
export function kernelTensor(random: RandomGenerator, shape: readonly number[]): tf.Tensor {
  const [inputs, outputs] = shape.slice(-2)
  const limit = Math.sqrt(6 / (inputs + outputs))
  return filled(shape, () => limit * (2 * random.next() - 1))
}

function filled(shape: readonly number[], draw: () => number): tf.Tensor {
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, draw), [...shape])
}
