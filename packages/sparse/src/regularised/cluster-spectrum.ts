/** Halvings of an interval of numbers: no double lies between its ends afterwards. */
const halvings = 200

/**
 * The eigenvalues m of the relaxed assignment of tasks to clusters: argmin sum_j s_j^2 / (withinRatio + m_j) with
 * 0 <= m <= 1 and sum m = clusters, that is m_j = clip(c s_j - withinRatio, 0, 1). Where at most `clusters` of the s are
 * not 0 these have 1, and the others the rest in equal parts.
 * @param values s >= 0, one for each task, in any order
 */
export function clusterSpectrum(values: Float64Array, clusters: number, withinRatio: number): Float64Array {
  const size = values.length
  if (clusters >= size) return new Float64Array(size).fill(1)
  const positive = values.filter((value) => value > 0)
  if (positive.length <= clusters) {
    const rest = (clusters - positive.length) / (size - positive.length)
    return values.map((value) => (value > 0 ? 1 : rest))
  }
  const level = waterLevel(positive, clusters, withinRatio)
  return values.map((value) => clipped(level * value - withinRatio))
}

/** c: found by bisection, then exactly on the values that lie strictly between 0 and 1. */
function waterLevel(values: Float64Array, clusters: number, withinRatio: number): number {
  let low = 0
  let high = (1 + withinRatio) / values.reduce((least, value) => Math.min(least, value), Infinity)
  for (let k = 0; k < halvings; k++) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) break
    let total = 0
    for (let j = 0; j < values.length; j++) total += clipped(middle * values[j] - withinRatio)
    if (total < clusters) low = middle
    else high = middle
  }
  const level = (low + high) / 2
  let [full, free, sum] = [0, 0, 0]
  for (const value of values) {
    const share = clipped(level * value - withinRatio)
    if (share === 1) full++
    else if (share > 0) {
      free++
      sum += value
    }
  }
  return free === 0 ? level : (clusters - full + withinRatio * free) / sum
}

function clipped(share: number): number {
  return Math.min(1, Math.max(0, share))
}
