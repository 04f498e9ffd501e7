/**
 * result_ij = a_i'b_j for j <= i, i < count, where that is symmetric; a and b have `count` rows of `inner` numbers. Tiles of two rows by four:
 * six numbers are read for eight products. Some entries above the diagonal are written as well.
 */
export function symmetricProducts(
  result: Float64Array,
  a: Float64Array,
  b: Float64Array,
  count: number,
  inner: number,
): void {
  let i = 0
  for (; i + 2 <= count; i += 2) {
    let j = 0
    for (; j + 4 <= count && j <= i + 1; j += 4) tile(result, a, b, count, inner, i, j)
    for (; j <= i + 1; j++) {
      result[i * count + j] = product(a, i * inner, b, j * inner, inner)
      result[(i + 1) * count + j] = product(a, (i + 1) * inner, b, j * inner, inner)
    }
  }
  if (i < count)
    for (let j = 0; j <= i; j++) result[i * count + j] = product(a, i * inner, b, j * inner, inner)
}

/** Rows i and i + 1 by columns j to j + 3. */
function tile(
  result: Float64Array,
  a: Float64Array,
  b: Float64Array,
  count: number,
  inner: number,
  i: number,
  j: number,
): void {
  const [first, second] = [i * inner, (i + 1) * inner]
  const to = i * count + j
  const under = to + count
  let at = j * inner
  const [b1, b2, b3] = [inner, 2 * inner, 3 * inner]
  let [s0, s1, s2, s3, t0, t1, t2, t3] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let p = 0; p < inner; p++, at++) {
    const x = a[first + p]
    const y = a[second + p]
    const c0 = b[at]
    const c1 = b[at + b1]
    const c2 = b[at + b2]
    const c3 = b[at + b3]
    s0 += x * c0
    s1 += x * c1
    s2 += x * c2
    s3 += x * c3
    t0 += y * c0
    t1 += y * c1
    t2 += y * c2
    t3 += y * c3
  }
  result[to] = s0
  result[to + 1] = s1
  result[to + 2] = s2
  result[to + 3] = s3
  result[under] = t0
  result[under + 1] = t1
  result[under + 2] = t2
  result[under + 3] = t3
}

function product(a: Float64Array, aAt: number, b: Float64Array, bAt: number, inner: number): number {
  let sum = 0
  for (let p = 0; p < inner; p++) sum += a[aAt + p] * b[bAt + p]
  return sum
}
