import type { LabelledBatch } from '../types.ts'
import type { TrainerOptions } from './types.ts'

/** A batch of one part or several, whose losses and gradients add up to those of the whole. */
export interface Whole {
  /** Tasks with labels in any part, ascending. */
  readonly present: Int32Array
  /** Labels of each of them. */
  readonly labels: Float64Array
  /** By part: what each of the part's losses counts for in that of the whole, in the order of the part's tasks. */
  readonly shares: readonly Float64Array[]
}

/**
 * Of a loss that is a mean over the task's labels a part counts for its share of these, of one that is a mean over all
 * labels for its share of all.
 */
export function wholeOf(batches: readonly LabelledBatch[], reduction: TrainerOptions['reduction']): Whole {
  const labels = new Map<number, number>()
  for (const batch of batches)
    batch.present.forEach((k, i) => labels.set(k, (labels.get(k) ?? 0) + batch.labels[i]))
  const present = Int32Array.from(labels.keys()).sort()
  const total = sum(Float64Array.from(labels.values()))
  return {
    present,
    labels: Float64Array.from(present, (k) => labels.get(k) ?? 0),
    shares: batches.map((batch) =>
      batch.labels.map((own, i) =>
        reduction === 'label' ? sum(batch.labels) / total : own / (labels.get(batch.present[i]) ?? own),
      ),
    ),
  }
}

/** Losses of the whole from those of its parts, in the order of its tasks. */
export function wholeLosses(
  { present, shares }: Whole,
  batches: readonly LabelledBatch[],
  parts: readonly Float64Array[],
): Float64Array {
  const losses = new Float64Array(present.length)
  parts.forEach((part, p) => {
    batches[p].present.forEach((k, i) => (losses[present.indexOf(k)] += shares[p][i] * part[i]))
  })
  return losses
}

/** Weights of the whole's tasks as weights of a part's. */
export function partWeights(
  { present, shares }: Whole,
  { present: inPart }: LabelledBatch,
  part: number,
  weights: Float64Array,
): Float64Array {
  return Float64Array.from(inPart, (k, i) => shares[part][i] * weights[present.indexOf(k)])
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
