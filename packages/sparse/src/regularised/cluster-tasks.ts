import { svd } from '@mtl/core'
import type { Matrix } from '@mtl/core'

/** Rounds at most; k-means stops by itself. */
const mostRounds = 100

/**
 * A cluster for each row of W, numbered in the order of rows, by k-means on its coordinates along the leading singular
 * vectors. The first centre is the longest row, each next one the row farthest from those before: nothing is drawn.
 */
export function clustersOf(weights: Matrix, clusters: number): Int32Array {
  const points = leadingCoordinates(weights, clusters)
  const centres = farthestPoints(points, Math.min(clusters, points.length))
  let assigned = points.map((point) => nearestOf(centres, point))
  for (let round = 0; round < mostRounds; round++) {
    centres.forEach((centre, k) =>
      moveToMeanInPlace(
        centre,
        points.filter((_, t) => assigned[t] === k),
      ),
    )
    const next = points.map((point) => nearestOf(centres, point))
    if (next.every((cluster, t) => cluster === assigned[t])) break
    assigned = next
  }
  const numbers = [...new Set(assigned)]
  return Int32Array.from(assigned, (cluster) => numbers.indexOf(cluster))
}

/** Rows of U diag(values) for the first singular vectors. */
function leadingCoordinates(weights: Matrix, count: number): Float64Array[] {
  const { u, values } = svd(weights)
  return Array.from({ length: weights.rows }, (_, t) =>
    Float64Array.from(values.slice(0, count), (value, k) => value * u.data[t * u.columns + k]),
  )
}

function farthestPoints(points: readonly Float64Array[], count: number): Float64Array[] {
  const origin = points[0].map(() => 0)
  const centres: Float64Array[] = []
  while (centres.length < count) {
    const from = centres.length === 0 ? [origin] : centres
    const gaps = points.map((point) => Math.min(...from.map((centre) => squaredDistance(centre, point))))
    centres.push(points[gaps.indexOf(Math.max(...gaps))].slice())
  }
  return centres
}

function nearestOf(centres: readonly Float64Array[], point: Float64Array): number {
  const gaps = centres.map((centre) => squaredDistance(centre, point))
  return gaps.indexOf(Math.min(...gaps))
}

/** A centre without points stays. */
function moveToMeanInPlace(centre: Float64Array, points: readonly Float64Array[]): void {
  if (points.length === 0) return
  centre.fill(0)
  for (const point of points) for (let k = 0; k < centre.length; k++) centre[k] += point[k] / points.length
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2
  return sum
}
