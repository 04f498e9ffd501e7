import type * as tf from '@tensorflow/tfjs'
import type { Matrix, View } from '@mtl/core'

/** Values of a tensor of rank 2 as a matrix. */
export async function matrixOf(tensor: tf.Tensor): Promise<Matrix> {
  const [rows, columns] = tensor.shape
  return { rows, columns, data: Float64Array.from(await tensor.data()) }
}

/** Each row's magnitudes, divided by their sum; a row of zeros stays. */
export function rowShares({ rows, columns, data }: Matrix): Matrix {
  const shares = data.map(Math.abs)
  for (let i = 0; i < rows; i++) {
    const row = shares.subarray(i * columns, (i + 1) * columns)
    const sum = row.reduce((total, value) => total + value, 0)
    if (sum > 0) row.forEach((value, j) => (row[j] = value / sum))
  }
  return { rows, columns, data: shares }
}

/** Cosines of what tasks use: row t of each matrix is what task t uses in one place of the network. */
export function taskSimilarity(tasks: readonly string[], uses: readonly Matrix[]): View {
  const count = tasks.length
  const products = new Float64Array(count * count)
  for (const { columns, data } of uses)
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++)
        for (let j = 0; j < columns; j++)
          products[a * count + b] += data[a * columns + j] * data[b * columns + j]
  const norms = Float64Array.from(tasks, (_, t) => Math.sqrt(products[t * count + t]))
  const data = products.map((product, at) => {
    const [a, b] = [Math.floor(at / count), at % count]
    if (a === b) return 1
    const size = norms[a] * norms[b]
    return size > 0 ? product / size : 0
  })
  return {
    kind: 'matrix',
    title: 'Similarity of tasks',
    reading:
      'Cosine of what two tasks use of the network: 1 where they use the same parts alike, 0 where none in common.',
    rows: tasks,
    columns: tasks,
    values: { rows: count, columns: count, data },
  }
}
