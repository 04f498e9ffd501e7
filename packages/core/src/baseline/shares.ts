import { outputsOf, type Output } from './outputs.ts'
import { sum } from './statistics.ts'

/** Labelled rows of classes; a target of NaN is not observed. */
interface Labels extends Output {
  readonly targets: Float64Array
  readonly weights?: Float64Array
}

/** Summed case weights of the labelled rows of each class. */
export function classCounts({ classes, targets, weights }: Labels): Float64Array {
  const counts = new Float64Array(classes.length)
  targets.forEach((k, i) => {
    if (!Number.isNaN(k)) counts[k] += weights === undefined ? 1 : weights[i]
  })
  return counts
}

/**
 * Shares of classes, none of them 0, so that no surprise is infinite: where a class has no rows, one more row is
 * counted, divided as `prior` says; without that, half a row for each class (Krichevsky and Trofimov, 1981).
 */
export function classShares(counts: Float64Array, prior?: Float64Array): Float64Array {
  const total = sum(counts)
  if (counts.every((count) => count > 0)) return counts.map((count) => count / total)
  const added = prior ?? new Float64Array(counts.length).fill(0.5)
  return counts.map((count, k) => (count + added[k]) / (total + sum(added)))
}

/** Counts of several tasks together. */
export function addCounts(counts: readonly Float64Array[]): Float64Array {
  return counts[0].map((_, k) => sum(counts.map((of) => of[k])))
}

/**
 * Coefficients that give these shares whatever the inputs: intercepts of log-odds, or of log shares, and slopes of 0;
 * so many for each output.
 */
export function centreOf(shares: Float64Array, output: Output, size: number): Float64Array {
  const centre = new Float64Array(outputsOf(output) * size)
  if (output.kind === 'binary') centre[0] = Math.log(shares[1] / shares[0])
  else shares.forEach((share, k) => (centre[k * size] = Math.log(share)))
  return centre
}
