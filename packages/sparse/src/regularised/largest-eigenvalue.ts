/** Products at most; the bound is usually met after 10 to 30. */
const mostProducts = 60

/** Share of the eigenvalue at which its error is small enough to be added: so much longer do the solver's steps take. */
const looseness = 0.05

/**
 * An upper estimate of the largest eigenvalue of a symmetric positive semidefinite matrix that is known by its products, by
 * the power method: its last value, the norm of what that leaves, within which an eigenvalue lies, and 1 % more. 0 of a
 * matrix of zeros.
 */
export function largestEigenvalue(
  size: number,
  multiplyInPlace: (v: Float64Array, product: Float64Array) => void,
): number {
  // Unequal entries: no eigenvector of a plain matrix is orthogonal to them by accident.
  const v = Float64Array.from({ length: size }, (_, j) => 1 + ((j * 0.6180339887498949) % 1))
  const product = new Float64Array(size)
  let bound = 0
  for (let k = 0; k < mostProducts; k++) {
    let squares = 0
    for (let j = 0; j < size; j++) squares += v[j] * v[j]
    const norm = Math.sqrt(squares)
    if (norm === 0) return bound
    for (let j = 0; j < size; j++) v[j] /= norm
    multiplyInPlace(v, product)
    let value = 0
    for (let j = 0; j < size; j++) value += v[j] * product[j]
    let left = 0
    for (let j = 0; j < size; j++) left += (product[j] - value * v[j]) ** 2
    const error = Math.sqrt(left)
    bound = 1.01 * (value + error)
    if (error <= looseness * value) return bound
    v.set(product)
  }
  return bound
}
