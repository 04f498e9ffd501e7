import type { Matrix } from '@mtl/core'
import type { Problem } from './path.ts'
import type { Solution } from './solver.ts'

/**
 * How far the objective can be above its minimum: residuals, scaled into the ball of the dual norm, are a point of the dual
 * problem. Of squared loss with a norm alone; NaN elsewhere.
 */
export function dualityGap(
  { loss: { squared, ...loss }, family }: Pick<Problem, 'loss' | 'family'>,
  { weights, objective }: Pick<Solution, 'weights' | 'objective'>,
  penalty: number,
): number {
  if (squared === undefined || family.dualNorm === undefined) return NaN
  const gradient: Matrix = { ...weights, data: new Float64Array(weights.data.length) }
  const twice = 2 * loss.value(weights.data, loss.startIntercepts)
  loss.gradientInPlace(weights.data, loss.startIntercepts, gradient.data, new Float64Array(loss.tasks))
  const norm = family.dualNorm(gradient)
  const share = norm > penalty ? penalty / norm : 1
  // sum of scaled residuals times targets: q - w'm.
  let product = squared.square
  for (let at = 0; at < weights.data.length; at++) product -= weights.data[at] * squared.moments[at]
  return objective - (share * product - (share * share * twice) / 2)
}
