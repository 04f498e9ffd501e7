import { matrix, symmetricEigen } from '@mtl/core'

/** Expectations over a standard normal number: sum of weights times values at the nodes. Weights sum to 1. */
export interface Quadrature {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/**
 * Gauss-Hermite nodes: the eigenvalues of the recurrence's matrix (Golub and Welsch, 1969), polished by a step of Newton's method;
 * weights are 1 / sum_k h_k(x)^2, h the orthonormal polynomials.
 */
export function gaussHermite(count: number): Quadrature {
  const made = known.get(count) ?? quadratureOf(count)
  known.set(count, made)
  return made
}

/** Each task asks for the same ones: among hundreds their making was a sixth of a fit. */
const known = new Map<number, Quadrature>()

function quadratureOf(count: number): Quadrature {
  const jacobi = matrix(count, count)
  for (let k = 1; k < count; k++) {
    jacobi.data[k * count + k - 1] = Math.sqrt(k)
    jacobi.data[(k - 1) * count + k] = Math.sqrt(k)
  }
  const nodes = symmetricEigen(jacobi).values.map((x) => {
    const { last, next } = polynomials(x, count)
    return x - next / (Math.sqrt(count) * last)
  })
  return { nodes, weights: nodes.map((x) => 1 / polynomials(x, count).squares) }
}

/** h_(n-1)(x), h_n(x) and the sum of h_k(x)^2, k < n. */
function polynomials(x: number, n: number): { last: number; next: number; squares: number } {
  let [before, last, squares] = [0, 1, 1]
  for (let k = 1; k < n; k++) {
    const value = (x * last - Math.sqrt(k - 1) * before) / Math.sqrt(k)
    before = last
    last = value
    squares += value * value
  }
  return { last, next: (x * last - Math.sqrt(n - 1) * before) / Math.sqrt(n), squares }
}
