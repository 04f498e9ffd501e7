import { matrix, solveLowerInPlace } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { blockOf, type Layout } from './layout.ts'

/** Logarithms of priors on the shared parameters. */
export interface Penalties {
  /** nu of -nu/2 (log |Sigma_a| + tr(S0 Sigma_a^-1)), each cluster; 0: none. */
  readonly covariancePriorWeight: number
  /** S0, P x P of each output; needed where nu > 0. */
  readonly covariancePriorScales: readonly Float64Array[]
  /** The ridge on gate weights, where there is a gate. */
  readonly gatePenalty: number
}

export const noPenalties: Penalties = { covariancePriorWeight: 0, covariancePriorScales: [], gatePenalty: 0 }

/** Whether the gate weights are penalised, and found by Newton's method. */
export function isGated({ clusters, gateTerms }: Layout): boolean {
  return clusters > 1 && gateTerms > 1
}

/** Their sum at x, whose slope is added to `slope`. -Infinity where a penalised covariance is singular. */
export function addPenalties(
  layout: Layout,
  { covariancePriorWeight: nu, covariancePriorScales, gatePenalty }: Penalties,
  x: Float64Array,
  slope?: Float64Array,
): number {
  const { units: p, clusters, gateTerms, outputs } = layout
  let value = 0
  for (let o = 0; o < outputs; o++) {
    const { factors, gates } = blockOf(layout, o)
    for (let at = gates; isGated(layout) && at < gates + clusters * gateTerms; at++) {
      value -= 0.5 * gatePenalty * x[at] * x[at]
      if (slope) slope[at] -= gatePenalty * x[at]
    }
    for (let a = 0; nu > 0 && a < clusters; a++)
      value += addInverseWishart(x, factors + a * p * p, p, nu, covariancePriorScales[o], slope)
  }
  return value
}

/** With X = L^-1: -nu/2 (2 sum log |L_jj| + tr(X S0 X')), slope nu tril(X' (X S0 X' - I)). */
function addInverseWishart(
  x: Float64Array,
  at: number,
  p: number,
  nu: number,
  scale: Float64Array,
  slope?: Float64Array,
): number {
  const lower = x.subarray(at, at + p * p)
  const inverse = inverseOfLower(lower, p)
  const inner = matrix(p, p)
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++)
        for (let l = 0; l < p; l++)
          inner.data[i * p + j] += inverse.data[i * p + k] * scale[k * p + l] * inverse.data[j * p + l]
  let value = 0
  for (let i = 0; i < p; i++) {
    value -= 0.5 * nu * (2 * Math.log(Math.abs(lower[i * p + i])) + inner.data[i * p + i])
    inner.data[i * p + i] -= 1
  }
  if (slope)
    for (let i = 0; i < p; i++)
      for (let j = 0; j <= i; j++)
        for (let k = 0; k < p; k++)
          slope[at + i * p + j] += nu * inverse.data[k * p + i] * inner.data[k * p + j]
  return Number.isFinite(value) ? value : -Infinity
}

function inverseOfLower(lower: Float64Array, p: number): Matrix {
  const inverse = matrix(p, p)
  const column = new Float64Array(p)
  for (let j = 0; j < p; j++) {
    column.fill(0)
    column[j] = 1
    solveLowerInPlace(lower, p, column)
    for (let i = 0; i < p; i++) inverse.data[i * p + j] = column[i]
  }
  return inverse
}
