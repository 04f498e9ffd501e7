import type * as tf from '@tensorflow/tfjs'
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
