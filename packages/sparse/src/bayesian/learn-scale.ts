/**
 * Step (7): the prior of the precisions by type II maximum likelihood. The bound rises here too, but bounds of different
 * data are then no longer comparable.
 */
import type { PrecisionLaw } from './priors.ts'
import type { Precisions } from './types.ts'
import { fitPrecisionLaw } from './fit-precision-law.ts'

export type LearnScale = 'none' | 'scale' | 'all'

/** The priors after the step; the same where nothing is learnt. Groups of precision 1 have none, and then nothing is. */
export function learntPriors(
  learn: LearnScale,
  priors: readonly (PrecisionLaw | undefined)[],
  { mean, meanInverse, meanLog }: Precisions,
): readonly (PrecisionLaw | undefined)[] {
  if (learn === 'none') return priors
  const laws = priors.flatMap((prior) => (prior === undefined ? [] : [prior]))
  if (laws.length < priors.length || laws.length === 0) return priors
  if (learn === 'all') {
    const law = fitPrecisionLaw(average(mean), average(meanInverse), average(meanLog), laws[0])
    return priors.map(() => law)
  }
  const orders = laws.reduce((sum, { order }) => sum + order, 0)
  if (laws.every(({ chi }) => chi === 0)) {
    const phi = (2 * orders) / total(mean)
    return laws.map(({ order }) => ({ order, chi: 0, phi }))
  }
  const chi = (-2 * orders) / total(meanInverse)
  return laws.map(({ order }) => ({ order, chi, phi: 0 }))
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function average(values: Float64Array): number {
  return total(values) / values.length
}
