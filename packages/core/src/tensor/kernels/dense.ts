import * as tf from '@tensorflow/tfjs'
import type { KernelCall } from './memory.ts'
import { defineKernel } from './memory.ts'
import { transposed } from './transpose.ts'

interface DenseAttributes {
  readonly activation: 'linear' | 'relu'
}

/**
 * The fused product of the backend for [rows, in] and [in, out], whose gradient transposes first: products with
 * transposes leave the fast path of wasm (17 times slower), and its fused product is wrong with them.
 */
export function defineDense(): void {
  defineKernel<DenseAttributes>('MtlDense', (call, backendName) => {
    const { x, w, b } = call.inputs
    const bias = flatBias(call, b)
    const product = tf.getKernel('_FusedMatMul', backendName).kernelFunc({
      inputs: { a: batchOfOne(x), b: batchOfOne(w), bias },
      backend: call.memory,
      attrs: { transposeA: false, transposeB: false, activation: call.attributes.activation },
    }) as tf.TensorInfo
    if (bias !== b) call.memory.disposeData(bias.dataId)
    return { dataId: product.dataId, dtype: product.dtype, shape: [x.shape[0], w.shape[1]] }
  })
  tf.registerGradient({
    kernelName: 'MtlDense',
    inputsToSave: ['x', 'w'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, w, y] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
      const { activation } = attributes as unknown as DenseAttributes
      const dz =
        activation === 'relu' ? tf.mul<tf.Tensor2D>(dy as tf.Tensor2D, tf.step(y)) : (dy as tf.Tensor2D)
      return {
        x: () => tf.matMul(dz, transposed(w)),
        w: () => tf.matMul(transposed(x), dz),
        // dz is packed for the product above by now: a product with ones is faster than a sum.
        b: () => tf.reshape(tf.matMul(tf.ones<tf.Rank.R2>([1, dz.shape[0]]), dz), [dz.shape[1]]),
      }
    },
  })
}

/** The fused product of wasm traps on matrices of rank 2. */
function batchOfOne({ dataId, dtype, shape }: tf.TensorInfo): tf.TensorInfo {
  return { dataId, dtype, shape: [1, ...shape] }
}

/** The wasm kernel asks the memory, not the tensor, for the rank of a bias: a reshaped one is refused. */
function flatBias(
  { memory, allocate, view }: KernelCall<DenseAttributes>,
  bias: tf.TensorInfo,
): tf.TensorInfo {
  if ((memory.dataIdMap?.get(bias.dataId).shape.length ?? 1) === 1) return bias
  const copy = allocate(bias.shape)
  view(copy).set(view(bias))
  return copy
}
