/**
 * Two classes by Laplace's method: log integral of prod p(y | h'A) N(A; m, LL') dA at the mode, in A = m + L e.
 *
 *   p = sigmoid(H A),  S = sum p (1 - p) h h',  G = I + L'SL,  Newton step G^-1 (L'H'(y - p) - e)
 *   log likelihood = sum log p(y) - |e|^2 / 2 - log det G / 2,  mu = m + L e,  V = L G^-1 L'
 */
import { choleskyInPlace, sigmoid, solveLowerInPlace, solveLowerTransposedInPlace } from '@mtl/core'
import { addCurvature, classRows, logLikelihoodOf, mirrorInPlace, type ClassRows } from './class-rows.ts'
import { blockOf, type Layout } from './layout.ts'
import {
  covarianceInPlace,
  curvatureInPlace,
  halfInPlace,
  logGatesInPlace,
  priorMeansInPlace,
  responsibilitiesInPlace,
  taskMemory,
  type TaskMemory,
} from './posterior.ts'
import type { Problem } from './problem.ts'
import { dotOf } from './units.ts'

const maxNewtonSteps = 50
const maxHalvings = 30
const modeTolerance = 1e-10

/** One task and cluster while its mode is searched. */
interface Mode {
  readonly memory: TaskMemory
  readonly rows: ClassRows
  readonly problem: Problem
  readonly targets: Float64Array
  readonly p: number
  readonly trial: Float64Array
  readonly step: Float64Array
}

export interface LaplaceScan {
  readonly rows: ClassRows
  /**
   * Visits every task of an output with its posterior: `deviations` are e, not mu - m. Returns the log likelihood, without
   * penalties.
   */
  run(x: Float64Array, output: number, visit?: (memory: TaskMemory, i: number) => void): number
}

export function laplaceScan(problem: Problem, layout: Layout): LaplaceScan {
  const { units: p, clusters } = layout
  const memory = taskMemory(layout)
  const rows = classRows(problem, layout)
  const [trial, step] = [new Float64Array(p), new Float64Array(p)]
  return {
    rows,
    run(x, output, visit) {
      const block = blockOf(layout, output)
      const mode: Mode = { memory, rows, problem, targets: problem.targets[output], p, trial, step }
      let value = 0
      for (let i = 0; i < problem.tasks; i++) {
        rows.load(x, i)
        priorMeansInPlace(memory, layout, x, block.means, problem.meanDescriptors, i * layout.meanTerms)
        memory.deviations.fill(0)
        for (let a = 0; a < clusters; a++) findMode(mode, i, a, x, block.factors + a * p * p)
        logGatesInPlace(
          memory.logGates,
          layout,
          x,
          block.gates,
          problem.gateDescriptors,
          i * layout.gateTerms,
        )
        value += responsibilitiesInPlace(memory, clusters)
        visit?.(memory, i)
      }
      return value
    },
  }
}

/** Newton's method from e = 0, its step halved while the value drops: the sum is concave. */
function findMode(mode: Mode, i: number, a: number, x: Float64Array, lowerAt: number): void {
  const { memory, p, trial, step } = mode
  const e = memory.deviations
  trial.fill(0)
  let value = valueAt(mode, i, a, x, lowerAt)
  for (let pass = 0; pass < maxNewtonSteps; pass++) {
    newtonStep(mode, i, a, x, lowerAt)
    let [length, reached] = [1, -Infinity]
    for (let halving = 0; halving < maxHalvings; halving++, length /= 2) {
      for (let j = 0; j < p; j++) trial[j] = e[a * p + j] + length * step[j]
      reached = valueAt(mode, i, a, x, lowerAt)
      if (reached >= value - 1e-12 * (1 + Math.abs(value))) break
    }
    value = reached
    let largest = 0
    for (let j = 0; j < p; j++) {
      e[a * p + j] = trial[j]
      largest = Math.max(largest, Math.abs(step[j]))
    }
    if (largest < modeTolerance) break
  }
  const logDeterminant = curveAt(mode, i, a, x, lowerAt)
  memory.logLikelihoods[a] = value - 0.5 * logDeterminant
  halfInPlace(memory.halves, memory.factors, x, lowerAt, p, a * p * p)
  covarianceInPlace(memory.covariances, memory.halves, p, a * p * p)
}

/** Log posterior of e = `trial`, up to its constant; leaves mu = m + L e. */
function valueAt(mode: Mode, i: number, a: number, x: Float64Array, lowerAt: number): number {
  const { memory, rows, problem, targets, p, trial } = mode
  meanOf(memory, p, a, x, lowerAt, trial, 0)
  let value = 0
  for (let j = 0; j < p; j++) value -= 0.5 * trial[j] * trial[j]
  const first = problem.starts[i]
  for (let n = first; n < problem.starts[i + 1]; n++)
    value +=
      problem.weights[n] *
      logLikelihoodOf(targets[n], dotOf(rows.units, (n - first) * p, memory.means, a * p, p))
  return value
}

/** mu = m + L e. */
function meanOf(
  { means, priorMeans }: TaskMemory,
  p: number,
  a: number,
  x: Float64Array,
  lowerAt: number,
  e: Float64Array,
  eAt: number,
): void {
  for (let j = 0; j < p; j++) {
    let sum = priorMeans[a * p + j]
    for (let k = 0; k <= j; k++) sum += x[lowerAt + j * p + k] * e[eAt + k]
    means[a * p + j] = sum
  }
}

/** S, sum h (y - p) and the factor of G at the mode so far; returns log det G. */
function curveAt(
  { memory, rows, problem, targets, p }: Mode,
  i: number,
  a: number,
  x: Float64Array,
  lowerAt: number,
): number {
  const { products: s, cross: u } = memory
  meanOf(memory, p, a, x, lowerAt, memory.deviations, a * p)
  curvatureOfRows(s, u, rows.units, problem, targets, p, i, memory.means, a * p)
  curvatureInPlace(memory, p, a * p * p, x, lowerAt, 1)
  return choleskyInPlace(memory.factors, p, a * p * p)
}

/** S = sum p (1 - p) h h' and u = sum h (y - p) of task i at these weights. */
export function curvatureOfRows(
  s: Float64Array,
  u: Float64Array,
  units: Float64Array,
  { starts, weights }: Problem,
  targets: Float64Array,
  p: number,
  i: number,
  means: Float64Array,
  meansAt: number,
): void {
  s.fill(0)
  u.fill(0)
  for (let n = starts[i]; n < starts[i + 1]; n++) {
    const at = (n - starts[i]) * p
    const share = sigmoid(dotOf(units, at, means, meansAt, p))
    addCurvature(s, p, weights[n] * share * (1 - share), units, at)
    const residual = weights[n] * (targets[n] - share)
    for (let j = 0; j < p; j++) u[j] += residual * units[at + j]
  }
  mirrorInPlace(s, p)
}

function newtonStep(mode: Mode, i: number, a: number, x: Float64Array, lowerAt: number): void {
  const { memory, p, step } = mode
  curveAt(mode, i, a, x, lowerAt)
  for (let j = 0; j < p; j++) {
    let sum = -memory.deviations[a * p + j]
    for (let k = j; k < p; k++) sum += x[lowerAt + k * p + j] * memory.cross[k]
    step[j] = sum
  }
  solveLowerInPlace(memory.factors, p, step, a * p * p)
  solveLowerTransposedInPlace(memory.factors, p, step, a * p * p)
}
