import * as tf from '@tensorflow/tfjs'
import { defineKernel, hasKernels, runKernel } from './memory.ts'

/** [a, b, c] to [b, a, c]: whole rows move, which the backend's own transpose does not use. */
export function swapLeading(x: tf.Tensor3D): tf.Tensor3D {
  return hasKernels() ? (runKernel('MtlSwapLeading', { x }) as tf.Tensor3D) : tf.transpose(x, [1, 0, 2])
}

export function defineSwapLeading(): void {
  defineKernel('MtlSwapLeading', ({ inputs: { x }, allocate, view }) => {
    const [first, second, width] = x.shape
    const result = allocate([second, first, width])
    const from = view(x)
    const to = view(result)
    for (let a = 0; a < first; a++)
      for (let b = 0; b < second; b++) {
        const source = (a * second + b) * width
        const target = (b * first + a) * width
        for (let c = 0; c < width; c++) to[target + c] = from[source + c]
      }
    return result
  })
  tf.registerGradient({
    kernelName: 'MtlSwapLeading',
    gradFunc: (gradient) => ({ x: () => swapLeading(gradient as tf.Tensor3D) }),
  })
}
