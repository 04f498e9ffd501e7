import { dataset, matrix, sampleNormal, splitData, splitWhere } from '@mtl/core'
import type { Matrix, RandomGenerator, SplitData } from '@mtl/core'

export interface PairSize {
  readonly inputs: number
  /** So many of them, the first ones, are all that the targets rest on. Default all. */
  readonly relevant?: number
  readonly trainRows: number
  readonly testRows: number
}

/**
 * Two tasks on the same rows whose weights have the cosine `correlation`:
 *
 *   y = w'x + sin(w'x) + sin(2 w'x + 1) + 0.1 e,   w_1 = u_1,  w_2 = c u_1 + sqrt(1 - c^2) u_2,   x and e standard normal
 *
 * with orthonormal u_1, u_2: the synthetic data of Ma et al. (2018), section 3.2, with two sine terms. Targets are
 * divided by their deviation over the training rows, so that an error of 1 is that of the mean.
 */
export function correlatedPair(correlation: number, size: PairSize, random: RandomGenerator): SplitData {
  const { inputs, trainRows, testRows, relevant = inputs } = size
  const rows = trainRows + testRows
  const x = normals(rows, inputs, random.fork('inputs'))
  const [first, second] = orthonormalPair(relevant, random.fork('weights'))
  const both = [first, first.map((u, j) => correlation * u + Math.sqrt(1 - correlation ** 2) * second[j])]
  const tasks = both.map((weights, k) => {
    const noise = random.fork('noise').fork(k)
    const targets = Float64Array.from({ length: rows }, (_, i) => {
      const z = dot(weights, x.data.subarray(i * inputs, i * inputs + relevant))
      return z + Math.sin(z) + Math.sin(2 * z + 1) + 0.1 * sampleNormal(noise)
    })
    const scale = deviation(targets.subarray(0, trainRows))
    return { name: `task-${k + 1}`, inputs: x, targets: targets.map((y) => y / scale) }
  })
  const data = dataset(tasks)
  return splitData(
    data,
    splitWhere(data, (row) => row >= trainRows),
  )
}

function orthonormalPair(n: number, random: RandomGenerator): readonly [Float64Array, Float64Array] {
  const [a, b] = [normals(1, n, random.fork(0)).data, normals(1, n, random.fork(1)).data]
  const first = a.map((value) => value / Math.hypot(...a))
  const along = dot(first, b)
  const rest = b.map((value, j) => value - along * first[j])
  return [first, rest.map((value) => value / Math.hypot(...rest))]
}

function normals(rows: number, columns: number, random: RandomGenerator): Matrix {
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => sampleNormal(random)),
  )
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j]
  return sum
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
