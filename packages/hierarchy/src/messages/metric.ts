import { choleskyInPlace } from '@mtl/core'
import { innerProduct } from './kernels.ts'

/** A diffusion Lambda = L L': in the coordinates z = L^-1 w it is the identity. */
export interface Metric {
  /** D. */
  readonly size: number
  /** L, D x D, zeros above the diagonal. */
  readonly lower: Float64Array
  /** L^-1. */
  readonly inverse: Float64Array
}

/** Factors of a D x D diffusion. @throws MtlError 'not-positive-definite' */
export function metricOf(diffusion: Float64Array, size: number): Metric {
  const lower = diffusion.slice()
  choleskyInPlace(lower, size)
  for (let r = 0; r < size; r++) for (let s = r + 1; s < size; s++) lower[r * size + s] = 0
  const inverse = new Float64Array(size * size)
  for (let r = 0; r < size; r++) {
    const pivot = lower[r * size + r]
    inverse[r * size + r] = 1 / pivot
    for (let s = 0; s < r; s++) {
      let sum = 0
      for (let k = s; k < r; k++) sum += lower[r * size + k] * inverse[k * size + s]
      inverse[r * size + s] = -sum / pivot
    }
  }
  return { size, lower, inverse }
}

/** M V M' of each of many D x D matrices V; M is D x D. */
export function congruent(m: Float64Array, stack: Float64Array, size: number): Float64Array {
  const result = new Float64Array(stack.length)
  const half = new Float64Array(size * size)
  for (let at = 0; at < stack.length; at += size * size) {
    for (let r = 0; r < size; r++)
      for (let s = 0; s < size; s++)
        half[r * size + s] = innerProduct(m, r * size, stack, at + s * size, size)
    for (let r = 0; r < size; r++)
      for (let s = 0; s <= r; s++) {
        const value = innerProduct(half, r * size, m, s * size, size)
        result[at + r * size + s] = result[at + s * size + r] = value
      }
  }
  return result
}

/** M x of each of many vectors of length D. */
export function transformed(m: Float64Array, vectors: Float64Array, size: number): Float64Array {
  const result = new Float64Array(vectors.length)
  for (let at = 0; at < vectors.length; at += size)
    for (let r = 0; r < size; r++) result[at + r] = innerProduct(m, r * size, vectors, at, size)
  return result
}

export function transposed(m: Float64Array, size: number): Float64Array {
  const result = new Float64Array(m.length)
  for (let r = 0; r < size; r++) for (let s = 0; s < size; s++) result[s * size + r] = m[r * size + s]
  return result
}
