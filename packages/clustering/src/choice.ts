import { hiddenUnits, type Layout } from './layout.ts'
import type { Candidate, Choice } from './parameters.ts'

/** Numbers that are counted against the rows, and against the tasks. */
export function freedomOf(
  layout: Layout,
  numeric: boolean,
): { readonly shared: number; readonly prior: number } {
  const { activation, inputs: d, units: p, clusters: k, meanTerms, gateTerms, outputs } = layout
  const h = hiddenUnits(layout)
  // Linear units are known up to an invertible map of theirs, and their constant adds nothing.
  const weights = { identity: 0, linear: h * (d - 1) - h * h, tanh: h * d }[activation]
  const prior = k * (p * meanTerms + (p * (p + 1)) / 2) + (k - 1) * gateTerms
  return { shared: weights + (numeric ? 1 : 0), prior: outputs * prior }
}

/** -2 log likelihood + shared log N + prior log T: tasks, not rows, are the sample of the prior. */
export function bicOf(
  layout: Layout,
  logLikelihood: number,
  rows: number,
  tasks: number,
  numeric: boolean,
): number {
  const { shared, prior } = freedomOf(layout, numeric)
  return -2 * logLikelihood + shared * Math.log(Math.max(1, rows)) + prior * Math.log(Math.max(1, tasks))
}

/** The lowest criterion; of equals the first. */
export function choose(criterion: Choice['criterion'], candidates: readonly Candidate[]): Choice {
  const values = candidates.map((candidate) => criterionOf(criterion, candidate))
  const lowest = Math.min(...values)
  const chosen = values.indexOf(lowest)
  const others = values.filter((_, c) => c !== chosen)
  return { criterion, candidates, chosen, margin: others.length > 0 ? Math.min(...others) - lowest : NaN }
}

/** What is compared: the BIC, or minus the held-out log likelihood of a task. */
export function criterionOf(
  criterion: Choice['criterion'],
  { bic, heldOutLogLikelihood }: Candidate,
): number {
  return criterion === 'bic' ? bic : -heldOutLogLikelihood
}
