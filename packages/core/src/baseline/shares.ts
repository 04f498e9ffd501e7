import { observed } from '../data/rows.ts'
import type { Task } from '../data/types.ts'
import { sum } from './statistics.ts'

/** Summed case weights of the labelled rows of each class. */
export function classCounts(task: Task): Float64Array {
  const { classes, targets, weights } = observed(task)
  const counts = new Float64Array(classes.length)
  targets.forEach((k, i) => (counts[k] += weights === undefined ? 1 : weights[i]))
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
