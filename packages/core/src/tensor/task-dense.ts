import * as tf from '@tensorflow/tfjs'
import { activate } from './activation.ts'
import { dense } from './dense.ts'
import { composedTaskDense } from './kernels/composed.ts'
import { hasKernels, runKernel } from './kernels/memory.ts'
import { registerKernels } from './kernels/register.ts'
import { swapLeading } from './kernels/swap-leading.ts'
import type { Activation } from './types.ts'

/**
 * A dense layer with a kernel [tasks, in, out] and a bias [tasks, out] for each task. x [rows, in] or
 * [rows, tasks, in]; gives [rows, out] where tasks own their rows, else [rows, tasks, out]. A row of a task past the
 * last one gives zeros.
 */
export function taskDense(
  x: tf.Tensor,
  kernel: tf.Tensor3D,
  bias: tf.Tensor2D | undefined,
  taskOf: Int32Array | undefined,
  activation: Activation = 'linear',
): tf.Tensor {
  registerKernels()
  const [tasks, inputs, outputs] = kernel.shape
  const b = bias ?? tf.zeros<tf.Rank.R2>([tasks, outputs])
  if (taskOf) return activate(byRow(x as tf.Tensor2D, kernel, b, taskOf), activation)
  const rows = x.shape[0]
  if (x.rank === 2) {
    // One product for all tasks: [in, tasks * out]
    const joined = tf.reshape<tf.Rank.R2>(swapLeading(kernel), [inputs, tasks * outputs])
    const y = dense(x as tf.Tensor2D, joined, tf.reshape(b, [tasks * outputs]), activation)
    return tf.reshape(y, [rows, tasks, outputs])
  }
  const cells = tf.reshape<tf.Rank.R2>(x, [rows * tasks, inputs])
  const taskOfCell = Int32Array.from({ length: rows * tasks }, (_, cell) => cell % tasks)
  return tf.reshape(activate(byRow(cells, kernel, b, taskOfCell), activation), [rows, tasks, outputs])
}

function byRow(x: tf.Tensor2D, w: tf.Tensor3D, b: tf.Tensor2D, taskOf: Int32Array): tf.Tensor2D {
  if (!hasKernels()) return composedTaskDense(x, w, b, taskOf)
  return runKernel('MtlTaskDense', { x, w, b }, { taskOf, tasks: w.shape[0] }) as tf.Tensor2D
}
