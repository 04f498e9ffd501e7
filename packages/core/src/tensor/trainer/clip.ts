import * as tf from '@tensorflow/tfjs'
import type { Gradient, Gradients } from './types.ts'

/** Keeps the division finite where all gradients are 0. */
const leastNorm = 1e-12

/** sqrt(sum |g|^2) over all gradients: one number is read back. */
export async function gradientNorm(gradients: Gradients): Promise<number> {
  const squares = tf.tidy(() => {
    const parts = Object.values(gradients).map(({ value }) => tf.sum(tf.square(value)))
    return parts.length === 0 ? tf.scalar(0) : tf.addN(parts)
  })
  const [square] = await squares.data()
  squares.dispose()
  return Math.sqrt(square)
}

/** g min(1, most / norm), in place of the gradients given, which are disposed. */
export function clip(gradients: Gradients, norm: number, most: number): Gradients {
  if (norm <= most) return gradients
  const factor = most / (norm + leastNorm)
  return Object.fromEntries(
    Object.entries(gradients).map(([name, { value, rows }]): [string, Gradient] => {
      const scaled = tf.mul(value, factor)
      value.dispose()
      return [name, { value: scaled, ...(rows && { rows }) }]
    }),
  )
}

/** The sum of gradients of several parts of a batch, which are disposed. */
export function addGradients(total: Gradients, part: Gradients): Gradients {
  const sum: Record<string, Gradient> = { ...total }
  for (const [name, gradient] of Object.entries(part)) {
    if (!(name in sum)) {
      sum[name] = gradient
      continue
    }
    const before = sum[name]
    const rows = unionOf(before.rows, gradient.rows)
    sum[name] = { value: tf.add(before.value, gradient.value), ...(rows && { rows }) }
    tf.dispose([before.value, gradient.value])
  }
  return sum
}

/** Ascending; all rows when either is. */
function unionOf(a: Int32Array | undefined, b: Int32Array | undefined): Int32Array | undefined {
  return a && b && Int32Array.from(new Set([...a, ...b])).sort()
}

export function disposeGradients(gradients: Gradients): void {
  for (const { value } of Object.values(gradients)) value.dispose()
}
