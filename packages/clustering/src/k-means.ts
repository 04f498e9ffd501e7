import type { RandomGenerator } from '@mtl/core'

const maxPasses = 50

/** Labels of the points (rows of p values) by k-means++; a point's share in a draw comes from its name's stream. */
export function kMeans(
  points: Float64Array,
  p: number,
  clusters: number,
  names: readonly string[],
  random: RandomGenerator,
): Int32Array {
  const count = names.length
  const centres = new Float64Array(clusters * p)
  const nearest = new Float64Array(count).fill(1)
  for (let a = 0; a < clusters; a++) {
    const chosen = drawByName(nearest, names, random.fork(a))
    centres.set(points.subarray(chosen * p, (chosen + 1) * p), a * p)
    for (let i = 0; i < count; i++) {
      const distance = squaredDistance(points, i * p, centres, a * p, p)
      nearest[i] = a === 0 ? distance : Math.min(nearest[i], distance)
    }
  }
  const labels = new Int32Array(count).fill(-1)
  for (let pass = 0; pass < maxPasses && relabel(labels, points, centres, p); pass++)
    recentre(labels, points, centres, p)
  return labels
}

/** Of probability proportional to the shares (all equal where they are 0), whatever the order: the first of exponential clocks to ring. */
function drawByName(shares: Float64Array, names: readonly string[], random: RandomGenerator): number {
  const none = shares.every((share) => share === 0)
  let [chosen, earliest] = [0, Infinity]
  names.forEach((name, i) => {
    const time = -Math.log(1 - random.fork(name).next()) / (none ? 1 : shares[i])
    if (time < earliest) [chosen, earliest] = [i, time]
  })
  return chosen
}

/** Whether a label changed. */
function relabel(labels: Int32Array, points: Float64Array, centres: Float64Array, p: number): boolean {
  let changed = false
  for (let i = 0; i < labels.length; i++) {
    let [label, least] = [0, Infinity]
    for (let a = 0; a * p < centres.length; a++) {
      const distance = squaredDistance(points, i * p, centres, a * p, p)
      if (distance < least) [label, least] = [a, distance]
    }
    changed ||= labels[i] !== label
    labels[i] = label
  }
  return changed
}

function recentre(labels: Int32Array, points: Float64Array, centres: Float64Array, p: number): void {
  for (let a = 0; a * p < centres.length; a++) {
    const members = [...labels.keys()].filter((i) => labels[i] === a)
    if (members.length === 0) continue
    for (let k = 0; k < p; k++)
      centres[a * p + k] = members.reduce((sum, i) => sum + points[i * p + k], 0) / members.length
  }
}

function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, p: number): number {
  let sum = 0
  for (let k = 0; k < p; k++) sum += (a[aAt + k] - b[bAt + k]) ** 2
  return sum
}
