/** Terms of the lower bound that all forms of the task covariance have. */
import type { InverseWishart } from '@mtl/core'
import type { TaskFamily } from './ascent.ts'
import { featurePrior, traces } from './precisions.ts'
import { priorLogNormaliser } from './priors.ts'
import type { PrecisionLaw } from './priors.ts'
import { freeInterceptPrecision } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Factors, Precisions, Scratch } from './types.ts'

const logTwoPi = Math.log(2 * Math.PI)

/** Terms of W and Om: E log p(W) but for the task covariance, entropy of W, divergence of Om. */
export function weightTerms(
  problem: Problem,
  family: TaskFamily,
  scratch: Scratch,
  factors: Factors,
  precisions: Precisions,
  featureLaws: readonly InverseWishart[] | undefined,
): Record<string, number> {
  const { groups, tasks, width, freeIntercept } = problem
  const quadratics = traces(groups, factors.featurePrecision, family.quadratics(factors, scratch))
  let weights = 0
  groups.blocks.forEach(({ length }, i) => {
    const logDeterminant = featureLaws?.[i].meanLogDeterminant ?? 0
    weights +=
      0.5 * family.rows * (length * (precisions.meanLog[i] - logTwoPi) - logDeterminant) -
      0.5 * factors.precision[i] * quadratics[i]
  })
  if (freeIntercept)
    for (let t = 0; t < tasks.length; t++) {
      const second =
        scratch.means[(t + 1) * width - 1] ** 2 + scratch.covariances[(t + 1) * family.layout.size - 1]
      weights += 0.5 * (Math.log(freeInterceptPrecision) - logTwoPi) - 0.5 * freeInterceptPrecision * second
    }
  return {
    weights,
    entropyW: 0.5 * tasks.length * width * (1 + logTwoPi) + 0.5 * scratch.logDeterminant,
    ...(featureLaws && {
      Omega: -featureLaws.reduce(
        (sum, law, i) => sum + law.divergenceFrom(featurePrior(groups.blocks[i].length)),
        0,
      ),
    }),
  }
}

/** The family's part of 'weights' is added to the common one; its other terms stand beside. */
export function withWeights(
  common: Readonly<Record<string, number>>,
  { weights = 0, ...others }: Readonly<Record<string, number>>,
): Record<string, number> {
  return { ...common, weights: common.weights + weights, ...others }
}

/** -KL of q(g_i) from the prior, for chi that only the scale's own step moves. */
export function precisionTerm(
  priors: readonly (PrecisionLaw | undefined)[],
  { order, chi, phi, mean, meanInverse, meanLog, logNormaliser }: Precisions,
): number {
  let sum = 0
  priors.forEach((prior, i) => {
    if (prior === undefined) return
    sum -=
      priorLogNormaliser(prior) -
      logNormaliser[i] +
      (order[i] - prior.order) * meanLog[i] -
      0.5 * (phi[i] - prior.phi) * mean[i] -
      (chi[i] === prior.chi ? 0 : 0.5 * (chi[i] - prior.chi) * meanInverse[i])
  })
  return sum
}
