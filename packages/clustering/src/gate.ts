import { cholesky, matrix } from '@mtl/core'
import { logGatesInPlace } from './posterior.ts'

/** What the gate is fitted to: z (T x K) by phi (T x F). */
export interface GateProblem {
  readonly clusters: number
  readonly gateTerms: number
  readonly descriptors: Float64Array
  readonly responsibilities: Float64Array
  /** The ridge on all weights. */
  readonly penalty: number
}

const maxNewtonSteps = 50
/** Keeps the symmetric form, in which all K rows are free, solvable without a ridge. */
const leastCurvature = 1e-10

/**
 * U (K x F) that maximises sum_ia z_ia log softmax(U phi_i)_a - penalty / 2 |U|^2, by Newton's method from `start`, whose
 * step is halved while the value drops. O(T K^2 F^2 + (K F)^3) a step.
 */
export function multinomialNewton(gate: GateProblem, start: Float64Array): Float64Array {
  const { clusters, gateTerms, descriptors, penalty } = gate
  const tasks = descriptors.length / gateTerms
  const size = clusters * gateTerms
  const log = new Float64Array(clusters)
  let weights: Float64Array = Float64Array.from(start)
  let value = valueOf(gate, weights, log)
  for (let step = 0; step < maxNewtonSteps; step++) {
    const { slope, curvature } = derivatives(gate, weights, log)
    if (slope.every((g) => Math.abs(g) < 1e-10 * Math.max(1, tasks))) break
    for (let j = 0; j < size; j++) curvature.data[j * size + j] += Math.max(penalty, leastCurvature)
    const direction = cholesky(curvature).solve(slope)
    const better = ascend(gate, weights, direction, value, log)
    if (better === undefined) break
    const gain = better.value - value
    ;({ weights, value } = better)
    if (gain < 1e-12 * Math.max(1, Math.abs(value))) break
  }
  return weights
}

interface Point {
  readonly weights: Float64Array
  readonly value: number
}

function ascend(
  gate: GateProblem,
  weights: Float64Array,
  direction: Float64Array,
  value: number,
  log: Float64Array,
): Point | undefined {
  for (let length = 1; length > 1e-8; length /= 2) {
    const trial = weights.map((u, j) => u + length * direction[j])
    const reached = valueOf(gate, trial, log)
    if (reached >= value - 1e-14 * Math.abs(value)) return { weights: trial, value: reached }
  }
  return undefined
}

function valueOf(gate: GateProblem, weights: Float64Array, log: Float64Array): number {
  const { clusters, gateTerms, descriptors, responsibilities, penalty } = gate
  let value = weights.reduce((sum, u) => sum - 0.5 * penalty * u * u, 0)
  for (let i = 0; i * gateTerms < descriptors.length; i++) {
    logGatesInPlace(log, gate, weights, 0, descriptors, i * gateTerms)
    for (let a = 0; a < clusters; a++) {
      const z = responsibilities[i * clusters + a]
      if (z > 0) value += z * log[a]
    }
  }
  return value
}

/** The slope, and minus the second derivatives, without the ridge. */
function derivatives(
  gate: GateProblem,
  weights: Float64Array,
  log: Float64Array,
): { readonly slope: Float64Array; readonly curvature: ReturnType<typeof matrix> } {
  const { clusters, gateTerms, descriptors: phi, responsibilities, penalty } = gate
  const size = clusters * gateTerms
  const slope = weights.map((u) => -penalty * u)
  const curvature = matrix(size, size)
  for (let i = 0; i * gateTerms < phi.length; i++) {
    const at = i * gateTerms
    logGatesInPlace(log, gate, weights, 0, phi, at)
    for (let a = 0; a < clusters; a++) {
      const q = Math.exp(log[a])
      const excess = responsibilities[i * clusters + a] - q
      for (let s = 0; s < gateTerms; s++) slope[a * gateTerms + s] += excess * phi[at + s]
      for (let b = 0; b <= a; b++) {
        const w = q * ((a === b ? 1 : 0) - Math.exp(log[b]))
        addBlock(curvature.data, size, a * gateTerms, b * gateTerms, w, phi.subarray(at, at + gateTerms))
      }
    }
  }
  return { slope, curvature }
}

/** Adds w phi phi' to the block that begins at (row, column). */
function addBlock(
  matrix: Float64Array,
  size: number,
  row: number,
  column: number,
  w: number,
  phi: Float64Array,
): void {
  for (let s = 0; s < phi.length; s++)
    for (let t = 0; t < phi.length; t++) matrix[(row + s) * size + column + t] += w * phi[s] * phi[t]
}
