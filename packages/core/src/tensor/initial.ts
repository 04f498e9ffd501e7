import * as tf from '@tensorflow/tfjs'
import { sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import type { Activation } from './types.ts'

/** Standard deviation of a standard normal cut off at 2. */
const truncatedDeviation = 0.87962566103423978

/** N(0, deviation^2) for each value. */
export function normalTensor(
  random: RandomGenerator,
  shape: readonly number[],
  deviation: number,
): tf.Tensor {
  return filled(shape, () => deviation * sampleNormal(random))
}

/**
 * A kernel [..., in, out]: He's truncated normal for activations like relu (He et al. 2015, ICCV), otherwise Glorot's
 * uniform (Glorot and Bengio 2010, AISTATS).
 */
export function kernelTensor(
  random: RandomGenerator,
  shape: readonly number[],
  activation: Activation,
): tf.Tensor {
  const [inputs, outputs] = shape.slice(-2)
  if (activation === 'linear' || activation === 'tanh') {
    const limit = Math.sqrt(6 / (inputs + outputs))
    return filled(shape, () => limit * (2 * random.next() - 1))
  }
  const deviation = Math.sqrt(2 / inputs) / truncatedDeviation
  return filled(shape, () => {
    for (;;) {
      const z = sampleNormal(random)
      if (Math.abs(z) < 2) return deviation * z
    }
  })
}

function filled(shape: readonly number[], draw: () => number): tf.Tensor {
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, draw), [...shape])
}
