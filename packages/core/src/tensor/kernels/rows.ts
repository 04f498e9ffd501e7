import * as tf from '@tensorflow/tfjs'
import { defineKernel, runKernel } from './memory.ts'

/** out[i] = table[ids[i]], zeros for an id past the end. */
export function defineRows(): void {
  defineKernel<{ readonly ids: Int32Array }>(
    'MtlRows',
    ({ inputs: { table }, attributes: { ids }, ...call }) => {
      const [rows, width] = table.shape
      const result = call.allocate([ids.length, width])
      const from = call.view(table)
      const to = call.view(result)
      for (let i = 0; i < ids.length; i++) {
        const start = ids[i] * width
        if (ids[i] < rows) to.set(from.subarray(start, start + width), i * width)
        else to.fill(0, i * width, (i + 1) * width)
      }
      return result
    },
  )
  defineKernel<{ readonly ids: Int32Array; readonly rows: number }>(
    'MtlRowsGradient',
    ({ inputs: { dy }, attributes: { ids, rows }, ...call }) => {
      const width = dy.shape[1]
      const result = call.allocate([rows, width])
      const from = call.view(dy)
      const to = call.view(result)
      to.fill(0)
      for (let i = 0; i < ids.length; i++) {
        if (ids[i] >= rows) continue
        for (let j = 0; j < width; j++) to[ids[i] * width + j] += from[i * width + j]
      }
      return result
    },
  )
  tf.registerGradient({
    kernelName: 'MtlRows',
    inputsToSave: ['table'],
    gradFunc: (gradient, [table], attributes) => ({
      table: () =>
        runKernel(
          'MtlRowsGradient',
          { dy: gradient as tf.Tensor },
          { ids: (attributes as unknown as { ids: Int32Array }).ids, rows: table.shape[0] },
        ),
    }),
  })
}
