/**
 * How fast two lineages merge: 'rate1' takes each pair for itself, the others take the n active lineages together. The first two join
 * the pair of least age, 'max-prob' that of the greatest local posterior.
 */
export type MergeRule = 'rate1' | 'min-duration' | 'max-prob'

/** Positive root V of rate V^2 + size V - distance = 0: the most probable variance between two lineages. */
export function mergeVariance(distance: number, size: number, rate: number): number {
  // This form has no cancellation, and is 0 for two equal lineages.
  return (2 * distance) / (size + Math.sqrt(size * size + 4 * rate * distance))
}

/** log of the local posterior of a merge: -size / 2 log V - distance / (2 V) - rate * waited. */
export function mergeScore(
  distance: number,
  size: number,
  rate: number,
  variance: number,
  waited: number,
): number {
  const floored = Math.max(variance, 1e-300)
  return -0.5 * size * Math.log(floored) - (0.5 * distance) / floored - rate * waited
}

/** Share of the left mean in that of a merge, by the variances of both sides up to it; a side of infinite variance says nothing. */
export function leftShare(left: number, right: number): number {
  if (left + right <= 0 || (left === Infinity && right === Infinity)) return 0.5
  if (left === Infinity) return 0
  if (right === Infinity) return 1
  return right / (left + right)
}

/** Variance of a merge of two sides: the product over the sum. */
export function joinedVariance(left: number, right: number): number {
  if (left === Infinity || right === Infinity) return Math.min(left, right)
  return left + right <= 0 ? 0 : (left * right) / (left + right)
}
