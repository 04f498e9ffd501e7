import { matrix } from '@mtl/core'
import type { Matrix, View } from '@mtl/core'
import type { Coordinates } from './coordinates.ts'
import type { OutputPrior } from './parameters.ts'

/** Rows that a picture holds. */
const mostRows = 160

/** How tasks scatter around the mean of their cluster: deviations of their weights, and correlations between these. */
export function spreadViews(
  output: OutputPrior,
  coordinates: Coordinates,
  clusterNames: readonly string[],
  of: string,
): readonly View[] {
  const { names, unit } = coordinates
  const factors = clusterNames.map((_, a) => rawFactor(output, coordinates, a))
  const deviations = factors.map((factor) => names.map((_, j) => Math.sqrt(product(factor, j, j))))
  const table: View = {
    kind: 'table',
    title: `Standard deviations of tasks' weights within each cluster, ${unit}${of}`,
    reading:
      'About two thirds of the tasks of a cluster lie within one deviation of its mean weight; 0 is the same for all.',
    columns: ['cluster', ...names],
    rows: clusterNames.map((name, a) => [
      name,
      ...deviations[a].map((value) => Number(value.toPrecision(5))),
    ]),
  }
  if (names.length < 2 || names.length * clusterNames.length > mostRows) return [table]
  const rows = clusterNames.flatMap((name) => names.map((weight) => `${name}, ${weight}`))
  const values = matrix(rows.length, names.length)
  factors.forEach((factor, a) => {
    for (let i = 0; i < names.length; i++)
      for (let j = 0; j < names.length; j++) {
        const scale = deviations[a][i] * deviations[a][j]
        // What does not vary goes with nothing.
        const none = i === j ? 1 : 0
        values.data[(a * names.length + i) * names.length + j] =
          scale > 0 ? product(factor, i, j) / scale : none
      }
  })
  return [
    table,
    {
      kind: 'matrix',
      title: `Correlations of tasks' weights within each cluster${of}`,
      reading: 'A positive cell: tasks above the mean of their cluster in the one are so in the other.',
      rows,
      columns: names,
      values,
      diverging: true,
    },
  ]
}

/** A row for each coordinate: T L of the covariance T LL' T' in coordinates T. */
function rawFactor({ clusterFactors }: OutputPrior, { of }: Coordinates, a: number): Matrix {
  const p = Math.round(Math.sqrt(clusterFactors.columns))
  // The first row, no weights at all, tells the shift that coordinates have besides.
  const vectors = matrix(p + 1, p)
  for (let k = 0; k < p; k++)
    for (let j = k; j < p; j++) vectors.data[(k + 1) * p + j] = clusterFactors.data[(a * p + j) * p + k]
  const { columns, data } = of(vectors)
  const result = matrix(columns, p)
  for (let j = 0; j < columns; j++)
    for (let k = 0; k < p; k++) result.data[j * p + k] = data[(k + 1) * columns + j] - data[j]
  return result
}

/** Entry i, j of a factor times its transpose. */
function product({ columns, data }: Matrix, i: number, j: number): number {
  let sum = 0
  for (let k = 0; k < columns; k++) sum += data[i * columns + k] * data[j * columns + k]
  return sum
}
