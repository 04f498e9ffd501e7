/** Rows that are worked on side by side. */
const tall = 4

/**
 * A general n x n matrix becomes its inverse by Gauss and Jordan's elimination with row exchanges; returns log |det A|.
 * 2 n^3 operations. `order` is scratch for n whole numbers.
 */
export function invertGeneralInPlace(a: Float64Array, n: number, order: Int32Array): number {
  let logDeterminant = 0
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i
    order[k] = pivot
    if (pivot !== k) swapRowsInPlace(a, n, k, pivot)
    const diagonal = a[k * n + k]
    logDeterminant += Math.log(Math.abs(diagonal))
    a[k * n + k] = 1
    for (let j = 0; j < n; j++) a[k * n + j] /= diagonal
    for (let i = 0; i < n; i += tall) eliminateInPlace(a, n, k, i, Math.min(i + tall, n))
  }
  for (let k = n - 1; k >= 0; k--) {
    if (order[k] === k) continue
    for (let i = 0; i < n; i++) {
      const held = a[i * n + k]
      a[i * n + k] = a[i * n + order[k]]
      a[i * n + order[k]] = held
    }
  }
  return logDeterminant
}

/** Rows from `from` to before `end`, four at most, lose their multiple of row k: its numbers are read once for all of them. */
function eliminateInPlace(a: Float64Array, n: number, k: number, from: number, end: number): void {
  const pivot = k * n
  if (end - from < tall || (k >= from && k < end)) {
    for (let i = from; i < end; i++) if (i !== k) eliminateRowInPlace(a, n, pivot, i * n, k)
    return
  }
  const first = from * n
  const second = first + n
  const third = second + n
  const fourth = third + n
  const p = a[first + k]
  const q = a[second + k]
  const r = a[third + k]
  const s = a[fourth + k]
  a[first + k] = 0
  a[second + k] = 0
  a[third + k] = 0
  a[fourth + k] = 0
  for (let j = 0; j < n; j++) {
    const value = a[pivot + j]
    a[first + j] -= p * value
    a[second + j] -= q * value
    a[third + j] -= r * value
    a[fourth + j] -= s * value
  }
}

function eliminateRowInPlace(a: Float64Array, n: number, pivot: number, row: number, k: number): void {
  const factor = a[row + k]
  a[row + k] = 0
  for (let j = 0; j < n; j++) a[row + j] -= factor * a[pivot + j]
}

function swapRowsInPlace(a: Float64Array, n: number, i: number, k: number): void {
  for (let j = 0; j < n; j++) {
    const held = a[i * n + j]
    a[i * n + j] = a[k * n + j]
    a[k * n + j] = held
  }
}
