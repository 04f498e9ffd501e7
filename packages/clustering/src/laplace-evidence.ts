import { sigmoid, solveLowerInPlace, solveLowerTransposedInPlace } from '@mtl/core'
import { multiplyInPlace } from './class-rows.ts'
import { curvatureOfRows, laplaceScan, type LaplaceScan } from './laplace.ts'
import { blockOf, type Layout } from './layout.ts'
import type { Objective } from './marginal.ts'
import { addPenalties, type Penalties } from './penalty.ts'
import type { TaskMemory } from './posterior.ts'
import type { Problem } from './problem.ts'
import { dotOf } from './units.ts'

/**
 * Laplace's log evidence of two classes, of several classes the sum of each against the rest, and its exact slope: the mode
 * moves with the parameters, so third derivatives enter. O(N K P^2) besides what the modes take.
 */
export function laplaceEvidence(problem: Problem, layout: Layout, penalties: Penalties): Objective {
  const scan = laplaceScan(problem, layout)
  const memory = slopeMemory(layout.units)
  return (x, slope) => {
    slope?.fill(0)
    let value = 0
    for (let o = 0; o < layout.outputs; o++)
      value += scan.run(
        x,
        o,
        slope &&
          ((task, i) => {
            for (let a = 0; a < layout.clusters; a++)
              addClusterSlopes({ problem, layout, scan, x, slope, task, memory, output: o }, i, a)
          }),
      )
    return value + addPenalties(layout, penalties, x, slope)
  }
}

interface SlopeMemory {
  readonly u: Float64Array
  readonly v: Float64Array
  readonly vv: Float64Array
  readonly vh: Float64Array
  readonly back: Float64Array
  readonly delta: Float64Array
}

function slopeMemory(p: number): SlopeMemory {
  const vector = (): Float64Array => new Float64Array(p)
  return { u: vector(), v: vector(), vv: vector(), vh: vector(), back: vector(), delta: vector() }
}

interface SlopeOf {
  readonly problem: Problem
  readonly layout: Layout
  readonly scan: LaplaceScan
  readonly x: Float64Array
  readonly slope: Float64Array
  readonly task: TaskMemory
  readonly memory: SlopeMemory
  readonly output: number
}

/**
 * Of task i in cluster a, times z; w = p (1 - p), w' = w (1 - 2p):
 *
 *   u = sum h (y - p),  v = sum h w' (h'V h),  k = v - S V v
 *   dM = (u - k/2) f',  dL = tril((u - k/2) e' - S L G^-1 - u (G^-1 L'v)' / 2)
 */
function addClusterSlopes(of: SlopeOf, i: number, a: number): void {
  const { problem, layout, scan, slope, task, memory, output } = of
  const { units: p, meanTerms, gateTerms, clusters } = layout
  const block = blockOf(layout, output)
  const lowerAt = block.factors + a * p * p
  const { products: s, deviations: e, responsibilities: z } = task
  const { u, v, vv } = memory
  curvatureOfRows(s, u, scan.rows.units, problem, problem.targets[output], p, i, task.means, a * p)
  thirdDerivatives(of, i, a)
  multiplyInPlace(vv, task.covariances, a * p * p, v, 0, p)
  addRowSlopes(of, i, a)
  const back = backSolved(of, a, lowerAt)
  for (let j = 0; j < p; j++) {
    const level = u[j] - 0.5 * (v[j] - dotOf(s, j * p, vv, 0, p))
    for (let t = 0; t < meanTerms; t++)
      slope[block.means + (a * p + j) * meanTerms + t] +=
        z[a] * level * problem.meanDescriptors[i * meanTerms + t]
    // Row j of S L G^-1.
    const row = task.scaled.subarray((a * p + j) * p, (a * p + j + 1) * p)
    solveLowerInPlace(task.factors, p, row, a * p * p)
    solveLowerTransposedInPlace(task.factors, p, row, a * p * p)
    for (let k = 0; k <= j; k++)
      slope[lowerAt + j * p + k] += z[a] * (level * e[a * p + k] - row[k] - 0.5 * u[j] * back[k])
  }
  if (clusters === 1) return
  for (let t = 0; t < gateTerms; t++)
    slope[block.gates + a * gateTerms + t] +=
      (z[a] - Math.exp(task.logGates[a])) * problem.gateDescriptors[i * gateTerms + t]
}

/** v. */
function thirdDerivatives({ problem, layout, scan, task, memory }: SlopeOf, i: number, a: number): void {
  const { units: p } = layout
  const { v, vh } = memory
  const { units } = scan.rows
  v.fill(0)
  for (let n = problem.starts[i]; n < problem.starts[i + 1]; n++) {
    const at = (n - problem.starts[i]) * p
    const share = sigmoid(dotOf(units, at, task.means, a * p, p))
    multiplyInPlace(vh, task.covariances, a * p * p, units, at, p)
    const third = problem.weights[n] * share * (1 - share) * (1 - 2 * share) * dotOf(vh, 0, units, at, p)
    for (let j = 0; j < p; j++) v[j] += third * units[at + j]
  }
}

/** G^-1 L'v. */
function backSolved({ layout, x, task, memory }: SlopeOf, a: number, lowerAt: number): Float64Array {
  const { units: p } = layout
  const { back, v } = memory
  for (let j = 0; j < p; j++) {
    back[j] = 0
    for (let k = j; k < p; k++) back[j] += x[lowerAt + k * p + j] * v[k]
  }
  solveLowerInPlace(task.factors, p, back, a * p * p)
  solveLowerTransposedInPlace(task.factors, p, back, a * p * p)
  return back
}

/** dh = (y - p - w' (h'V h) / 2 + w (h'V v) / 2) A - w V h - (y - p) V v / 2, for W. */
function addRowSlopes(
  { problem, layout, scan, slope, task, memory, output }: SlopeOf,
  i: number,
  a: number,
): void {
  if (layout.activation === 'identity') return
  const { units: p } = layout
  const { vv, vh, delta } = memory
  const { units } = scan.rows
  const first = problem.starts[i]
  for (let n = first; n < problem.starts[i + 1]; n++) {
    const at = (n - first) * p
    const share = sigmoid(dotOf(units, at, task.means, a * p, p))
    const weight = problem.weights[n] * share * (1 - share)
    const residual = problem.weights[n] * (problem.targets[output][n] - share)
    multiplyInPlace(vh, task.covariances, a * p * p, units, at, p)
    const along =
      residual -
      0.5 * weight * (1 - 2 * share) * dotOf(vh, 0, units, at, p) +
      0.5 * weight * dotOf(units, at, vv, 0, p)
    for (let j = 1; j < p; j++)
      delta[j] =
        task.responsibilities[a] * (along * task.means[a * p + j] - weight * vh[j] - 0.5 * residual * vv[j])
    scan.rows.addSlope(slope, delta, i, n - first)
  }
}
