import * as tf from '@tensorflow/tfjs'
import { activate } from './activation.ts'
import { hasKernels, runKernel } from './kernels/memory.ts'
import { registerKernels } from './kernels/register.ts'
import type { Activation } from './types.ts'

/**
 * activation(x W + b): [rows, in] and [in, out] to [rows, out]. Fast on every backend, unlike `tf.matMul`
 * with transposes. The bias is 0 and the activation linear by default.
 */
export function dense(
  x: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias?: tf.Tensor1D,
  activation: Activation = 'linear',
): tf.Tensor2D {
  registerKernels()
  const b = bias ?? tf.zeros<tf.Rank.R1>([kernel.shape[1]])
  if (!hasKernels()) return activate(tf.add<tf.Tensor2D>(tf.matMul(x, kernel), b), activation)
  const fused = activation === 'relu' ? 'relu' : 'linear'
  const y = runKernel('MtlDense', { x, w: kernel, b }, { activation: fused }) as tf.Tensor2D
  return fused === activation ? y : activate(y, activation)
}
