import * as tf from '@tensorflow/tfjs'
import { composedRows } from './kernels/composed.ts'
import { hasKernels, runKernel } from './kernels/memory.ts'
import { registerKernels } from './kernels/register.ts'

/**
 * out[i] = table[ids[i]], zeros past the end; with a gradient on every backend. For what each row's task
 * owns.
 */
export function takeRows(table: tf.Tensor2D, ids: Int32Array): tf.Tensor2D {
  registerKernels()
  if (!hasKernels()) return composedRows(table, ids)
  return runKernel('MtlRows', { table }, { ids }) as tf.Tensor2D
}

/** Each row's own task of [rows, tasks, units]: [rows, units]; zeros for a task past the last one. */
export function ownTaskRows(x: tf.Tensor, taskOf: Int32Array): tf.Tensor2D {
  const [rows, tasks, units] = x.shape
  const past = rows * tasks
  const flat = tf.reshape<tf.Rank.R2>(x, [past, units])
  return takeRows(
    flat,
    taskOf.map((task, r) => (task < tasks ? r * tasks + task : past)),
  )
}
