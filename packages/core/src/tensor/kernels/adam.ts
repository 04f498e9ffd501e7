import type * as tf from '@tensorflow/tfjs'
import { defineKernel } from './memory.ts'

interface AdamAttributes {
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Decoupled weight decay, times the rate. */
  readonly decay: number
  /** Updates so far, this one included: of the variable, or of each of its rows. */
  readonly steps: Int32Array
  /** The rows that are updated; all when absent, which then share one count. */
  readonly rows?: Int32Array
}

/** Kingma and Ba (2015), ICLR, algorithm 1, row by row; gives weights, first and second moment. */
export function defineAdam(): void {
  defineKernel<AdamAttributes>('MtlAdam', ({ inputs: { g, m, v, w }, attributes, allocate, view }) => {
    const { rate, beta1, beta2, epsilon, decay, steps, rows } = attributes
    const results: tf.TensorInfo[] = [w, m, v].map((tensor) => allocate(tensor.shape))
    const [weights, first, second, gradient, m0, v0, w0] = [...results, g, m, v, w].map(view)
    if (rows) {
      weights.set(w0)
      first.set(m0)
      second.set(v0)
    }
    const width = rows ? w0.length / steps.length : w0.length
    for (let at = 0; at < (rows?.length ?? 1); at++) {
      const row = rows?.[at] ?? 0
      const step = rate / (1 - beta1 ** steps[row])
      const correction = 1 / (1 - beta2 ** steps[row])
      for (let i = row * width; i < (row + 1) * width; i++) {
        // Rounded as they are stored: the result must not depend on whether the moments were read back.
        const mean = Math.fround(beta1 * m0[i] + (1 - beta1) * gradient[i])
        const square = Math.fround(beta2 * v0[i] + (1 - beta2) * gradient[i] * gradient[i])
        first[i] = mean
        second[i] = square
        weights[i] = w0[i] - rate * decay * w0[i] - (step * mean) / (Math.sqrt(square * correction) + epsilon)
      }
    }
    return results
  })
}
