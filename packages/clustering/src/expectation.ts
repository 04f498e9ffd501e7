import { hiddenUnits, type Layout } from './layout.ts'
import { expectedSquares, scanner, weightsLength } from './marginal.ts'
import { addPenalties, isGated, type Penalties } from './penalty.ts'
import type { TaskMemory } from './posterior.ts'
import type { Problem } from './problem.ts'

/**
 * Sums over tasks that the next update needs; e = mu - M f at the M they were taken with. Of each output: clusters stand
 * one after the other.
 */
export interface PriorSums {
  /** sum z. */
  readonly weights: Float64Array
  /** sum z f f', K times J x J. */
  readonly descriptors: Float64Array
  /** sum z e f', K times P x J. */
  readonly deviations: Float64Array
  /** sum z (V + e e'), K times P x P, lower triangles. */
  readonly squares: Float64Array
  /** z, T x K, where there is a gate; else of length 0. */
  readonly responsibilities: Float64Array
}

export interface ExpectationSums {
  /** Penalised log likelihood at the parameters that the sums were taken with. */
  readonly value: number
  /** By output. */
  readonly priors: readonly PriorSums[]
  /** sum_i E |y - H A|^2; NaN of classes. */
  readonly residual: number
  /** Of linear units, s2 dl/dW and sum_i B_i (x) Sx_i, row-major in W; else of length 0. */
  readonly weightSlope: Float64Array
  readonly weightCurvature: Float64Array
}

/** More unknowns than this are moved by slopes. */
const mostExactUnknowns = 400

/** Whether W has a closed form. */
export function hasExactWeights(layout: Layout): boolean {
  return layout.activation === 'linear' && weightsLength(layout) <= mostExactUnknowns
}

/** The E-step of numbers. `weights`: W is to be updated as well. */
export function expectation(
  problem: Problem,
  layout: Layout,
  penalties: Penalties,
  weights: boolean,
): (x: Float64Array) => ExpectationSums {
  const scan = scanner(problem, layout)
  const exact = weights && hasExactWeights(layout)
  return (x) => {
    const prior = emptySums(problem, layout)
    const size = exact ? weightsLength(layout) : 0
    const weightSlope = new Float64Array(size)
    const weightCurvature = new Float64Array(size * size)
    let residual = 0
    const value = scan.run(x, (memory, i) => {
      addPriorSums(prior, memory, problem, layout, i)
      residual += expectedSquares(memory, problem.squares[i], layout.units)
      if (!exact) return
      scan.units.addWeightSlope(memory, i, 1, weightSlope)
      addWeightCurvature(weightCurvature, memory, problem, layout, i)
    })
    return {
      value: value + addPenalties(layout, penalties, x),
      priors: [prior],
      residual,
      weightSlope,
      weightCurvature,
    }
  }
}

export function emptySums({ tasks }: Problem, layout: Layout): PriorSums {
  const { clusters, units, meanTerms } = layout
  return {
    weights: new Float64Array(clusters),
    descriptors: new Float64Array(clusters * meanTerms * meanTerms),
    deviations: new Float64Array(clusters * units * meanTerms),
    squares: new Float64Array(clusters * units * units),
    responsibilities: new Float64Array(isGated(layout) ? tasks * clusters : 0),
  }
}

/** Adds task i, whose posterior stands in `memory`. */
export function addPriorSums(
  { weights, descriptors, deviations, squares, responsibilities }: PriorSums,
  memory: TaskMemory,
  { meanDescriptors: f }: Problem,
  { units: p, clusters, meanTerms }: Layout,
  i: number,
): void {
  const { responsibilities: z, deviations: e, covariances: v } = memory
  const at = i * meanTerms
  if (responsibilities.length > 0)
    for (let a = 0; a < clusters; a++) responsibilities[i * clusters + a] = z[a]
  for (let a = 0; a < clusters; a++) {
    weights[a] += z[a]
    for (let s = 0; s < meanTerms; s++) {
      const scaled = z[a] * f[at + s]
      for (let t = 0; t < meanTerms; t++)
        descriptors[(a * meanTerms + s) * meanTerms + t] += scaled * f[at + t]
      for (let j = 0; j < p; j++) deviations[(a * p + j) * meanTerms + s] += scaled * e[a * p + j]
    }
    for (let j = 0; j < p; j++) {
      const to = (a * p + j) * p
      for (let k = 0; k <= j; k++) squares[to + k] += z[a] * (v[to + k] + e[a * p + j] * e[a * p + k])
    }
  }
}

/** sum B_i[1.., 1..] (x) Sx_i: blocks below the diagonal alone, H D x H D. */
function addWeightCurvature(
  curvature: Float64Array,
  { second }: TaskMemory,
  { moments }: Problem,
  layout: Layout,
  i: number,
): void {
  if (moments === undefined) return
  const { inputs: d, units: p } = layout
  const h = hiddenUnits(layout)
  const from = i * d * d
  for (let j = 0; j < h; j++)
    for (let q = 0; q <= j; q++) {
      const b = second[(j + 1) * p + q + 1]
      for (let k = 0; k < d; k++) {
        const to = (j * d + k) * h * d + q * d
        for (let e = 0; e < d; e++) curvature[to + e] += b * moments.products[from + k * d + e]
      }
    }
}
