import { solveLowerInPlace } from '@mtl/core'
import { blockOf, hiddenUnits, type Layout } from './layout.ts'
import { addPenalties, type Penalties } from './penalty.ts'
import { taskMemory, taskPosterior, type TaskMemory, type TaskSums } from './posterior.ts'
import type { Problem } from './problem.ts'
import { unitsOf, type Units } from './units.ts'

/** A function of the shared parameters; its slope is written into `slope`, where one is given. */
export type Objective = (x: Float64Array, slope?: Float64Array) => number

/** Bounds of log s2, beyond which it counts as the bound. */
const logNoiseLimits = { least: -46, most: 46 } as const

/** s2 at x. */
function noiseVarianceAt(x: Float64Array, at: number): number {
  return Math.exp(Math.min(Math.max(x[at], logNoiseLimits.least), logNoiseLimits.most))
}

/**
 * The log likelihood of numbers with every task's weights integrated out, penalties included:
 *
 *   sum_i log sum_a q_ia N(y_i; H_i M_a f_i, H_i Sigma_a H_i' + s2 I)
 *
 * and its slope. O(T K P^3) for the posteriors; linear units O(T H d^2) besides, tanh units O(N H (d + P)).
 */
export function marginalLogLikelihood(problem: Problem, layout: Layout, penalties: Penalties): Objective {
  const scan = scanner(problem, layout)
  const covarianceSlopes = new Float64Array(layout.clusters * layout.units ** 2)
  const residuals = new Float64Array(layout.units)
  return (x, slope) => {
    slope?.fill(0)
    if (slope === undefined) return scan.run(x) + addPenalties(layout, penalties, x)
    covarianceSlopes.fill(0)
    const { logNoise } = blockOf(layout, 0)
    const noiseVariance = noiseVarianceAt(x, logNoise)
    let squares = 0
    const value = scan.run(x, (memory, i) => {
      addPriorSlopes(memory, problem, layout, i, noiseVariance, slope, covarianceSlopes, residuals)
      scan.units.addWeightSlope(memory, i, 1 / noiseVariance, slope)
      squares += expectedSquares(memory, problem.squares[i], layout.units)
    })
    const inside = x[logNoise] > logNoiseLimits.least && x[logNoise] < logNoiseLimits.most
    slope[logNoise] = inside ? 0.5 * (squares / noiseVariance - problem.total) : 0
    addFactorSlopes(layout, 0, x, covarianceSlopes, slope)
    return value + addPenalties(layout, penalties, x, slope)
  }
}

interface Scanner {
  readonly units: Units
  /** Visits every task with its posterior; returns the log likelihood, without penalties. */
  run(x: Float64Array, visit?: (memory: TaskMemory, i: number) => void): number
}

/** The tasks one after the other, in one memory. */
export function scanner(problem: Problem, layout: Layout): Scanner {
  const memory = taskMemory(layout)
  const units = unitsOf(problem, layout)
  const block = blockOf(layout, 0)
  const sums: TaskSums = { square: 0, count: 0, meanAt: 0, gateAt: 0 }
  return {
    units,
    run(x, visit) {
      const noiseVariance = noiseVarianceAt(x, block.logNoise)
      let value = 0
      for (let i = 0; i < problem.tasks; i++) {
        units.taskStatistics(memory, x, i)
        sums.square = problem.squares[i]
        sums.count = problem.counts[i]
        sums.meanAt = i * layout.meanTerms
        sums.gateAt = i * layout.gateTerms
        value += taskPosterior(memory, layout, x, block, noiseVariance, sums, problem)
        visit?.(memory, i)
      }
      return value
    },
  }
}

/** E |y - H A|^2 = c - 2 E'r + tr(B S). */
export function expectedSquares(memory: TaskMemory, square: number, p: number): number {
  const { first, second, products, cross } = memory
  let sum = square
  for (let j = 0; j < p; j++) sum -= 2 * first[j] * cross[j]
  for (let k = 0; k < p * p; k++) sum += second[k] * products[k]
  return sum
}

/**
 * Of task i to dl/dM_a, z u f', and to twice dl/dSigma_a, z (u u' - Q):
 * u = (r - S mu) / s2,  Q = (S - S V S / s2) / s2,  S V S = (C^-1 (S L)')' (C^-1 (S L)')
 */
function addPriorSlopes(
  memory: TaskMemory,
  { meanDescriptors, gateDescriptors }: Problem,
  layout: Layout,
  i: number,
  noiseVariance: number,
  slope: Float64Array,
  covarianceSlopes: Float64Array,
  u: Float64Array,
): void {
  const { units: p, clusters, meanTerms, gateTerms } = layout
  const { products: s, cross: r, means, responsibilities: z, logGates } = memory
  const block = blockOf(layout, 0)
  for (let a = 0; a < clusters; a++) {
    for (let j = 0; j < p; j++) {
      let sum = r[j]
      for (let k = 0; k < p; k++) sum -= s[j * p + k] * means[a * p + k]
      u[j] = sum / noiseVariance
      const to = block.means + (a * p + j) * meanTerms
      for (let t = 0; t < meanTerms; t++) slope[to + t] += z[a] * u[j] * meanDescriptors[i * meanTerms + t]
    }
    addCovarianceSlope(memory, p, a, noiseVariance, covarianceSlopes, u)
    if (clusters === 1) continue
    const excess = z[a] - Math.exp(logGates[a])
    const to = block.gates + a * gateTerms
    for (let t = 0; t < gateTerms; t++) slope[to + t] += excess * gateDescriptors[i * gateTerms + t]
  }
}

/** The lower triangle of z (u u' - Q); C^-1 (S L)' takes the place of S L. */
function addCovarianceSlope(
  { products: s, scaled, factors, responsibilities: z }: TaskMemory,
  p: number,
  a: number,
  noiseVariance: number,
  covarianceSlopes: Float64Array,
  u: Float64Array,
): void {
  const at = a * p * p
  for (let k = 0; k < p; k++) solveLowerInPlace(factors, p, scaled, at, at + k * p)
  for (let j = 0; j < p; j++)
    for (let k = 0; k <= j; k++) {
      let sum = 0
      for (let l = 0; l < p; l++) sum += scaled[at + j * p + l] * scaled[at + k * p + l]
      const q = (s[j * p + k] - sum / noiseVariance) / noiseVariance
      covarianceSlopes[at + j * p + k] += z[a] * (u[j] * u[k] - q)
    }
}

/** dl/dL_a = tril(2 dl/dSigma_a L_a), of the lower triangles of 2 dl/dSigma_a. */
function addFactorSlopes(
  layout: Layout,
  output: number,
  x: Float64Array,
  twice: Float64Array,
  slope: Float64Array,
): void {
  const { units: p, clusters } = layout
  const { factors } = blockOf(layout, output)
  for (let a = 0; a < clusters; a++) {
    const at = a * p * p
    for (let i = 0; i < p; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0
        for (let k = j; k < p; k++) {
          const entry = k <= i ? twice[at + i * p + k] : twice[at + k * p + i]
          sum += entry * x[factors + at + k * p + j]
        }
        slope[factors + at + i * p + j] += sum
      }
  }
}

/** Length of W at the beginning of x. */
export function weightsLength(layout: Layout): number {
  return hiddenUnits(layout) * layout.inputs
}
