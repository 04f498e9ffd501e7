import type { RandomGenerator } from '@mtl/core'

const maxPasses = 50

/**
 * Labels of the points (rows of p values) by k-means++, the best of a few draws for each centre: Arthur and Vassilvitskii (2007),
 * k-means++: the advantages of careful seeding. A point's share in a draw comes from its name's stream.
 */
export function kMeans(
  points: Float64Array,
  p: number,
  clusters: number,
  names: readonly string[],
  random: RandomGenerator,
): Int32Array {
  const centres = new Float64Array(clusters * p)
  let nearest = new Float64Array(names.length)
  for (let a = 0; a < clusters; a++) {
    let [chosen, least, among] = [0, Infinity, nearest]
    for (let draw = 0; draw < (a === 0 ? 1 : drawsOf(clusters)); draw++) {
      const drawn = drawByName(nearest, names, random.fork(a).fork(draw))
      const distances = nearest.map((distance, i) => {
        const own = squaredDistance(points, i * p, points, drawn * p, p)
        return a === 0 ? own : Math.min(distance, own)
      })
      const sum = distances.reduce((total, distance) => total + distance, 0)
      if (sum < least) [chosen, least, among] = [drawn, sum, distances]
    }
    centres.set(points.subarray(chosen * p, (chosen + 1) * p), a * p)
    nearest = among
  }
  const labels = new Int32Array(names.length).fill(-1)
  for (let pass = 0; pass < maxPasses && relabel(labels, points, centres, p); pass++)
    recentre(labels, points, centres, p)
  return labels
}

/** As many as the authors tried: a single draw often puts two centres into one group. */
function drawsOf(clusters: number): number {
  return 2 + Math.floor(Math.log(clusters))
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
