import { choleskyInPlace, cholesky, matrix, symmetricEigen } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { ExpectationSums, PriorSums } from './expectation.ts'
import { multinomialNewton } from './gate.ts'
import { blockOf, type Layout } from './layout.ts'
import { isGated, type Penalties } from './penalty.ts'
import type { Problem } from './problem.ts'

export interface Floors {
  readonly covarianceFloor: number
  readonly noiseFloor: number
}

/** A cluster of less responsibility keeps its mean and covariance. */
const leastResponsibility = 1e-8
const leastLogProportion = -690
/** Of the mean of the diagonal: a pull towards the old W that keeps collinear columns solvable, and EM monotone. */
const proximalRidge = 1e-10

/**
 * The M-step, all parts from the same posteriors: M_a, Sigma_a, gates, W of linear units, s2. Sigma_a is kept at or above
 * the floor by its eigenvalues, which is the exact maximum under that constraint.
 */
export function maximisation(
  problem: Problem,
  layout: Layout,
  penalties: Penalties,
  floors: Floors,
  x: Float64Array,
  sums: ExpectationSums,
): Float64Array {
  const next = Float64Array.from(x)
  for (const [o, prior] of sums.priors.entries()) {
    updatePrior(next, layout, o, prior, penalties, floors)
    updateGates(next, problem, layout, o, prior, penalties)
  }
  if (Number.isNaN(sums.residual)) return next
  const residual = sums.residual - updateWeights(next, sums)
  const { logNoise } = blockOf(layout, 0)
  if (problem.total > 0) next[logNoise] = Math.log(Math.max(residual / problem.total, floors.noiseFloor))
  return next
}

/**
 *   M_a = (sum z mu f') (sum z f f')^-1
 *   Sigma_a = (sum z (V + (mu - M f)(.)') + nu S0) / (sum z + nu)
 */
function updatePrior(
  x: Float64Array,
  layout: Layout,
  output: number,
  sums: PriorSums,
  { covariancePriorWeight: nu, covariancePriorScales }: Penalties,
  { covarianceFloor }: Floors,
): void {
  const { units: p, clusters, meanTerms: terms } = layout
  const { means, factors } = blockOf(layout, output)
  for (let a = 0; a < clusters; a++) {
    if (sums.weights[a] <= leastResponsibility) continue
    const old = matrix(p, terms, x.slice(means + a * p * terms, means + (a + 1) * p * terms))
    const deviations = sums.deviations.subarray(a * p * terms, (a + 1) * p * terms)
    const descriptors = matrix(
      terms,
      terms,
      sums.descriptors.slice(a * terms * terms, (a + 1) * terms * terms),
    )
    const mean =
      terms === 1 ? shifted(old, deviations, sums.weights[a]) : regressed(old, deviations, descriptors)
    x.set(mean.data, means + a * p * terms)
    const moved = mean.data.map((value, k) => value - old.data[k])
    const covariance = matrix(p, p)
    for (let i = 0; i < p; i++)
      for (let j = 0; j <= i; j++) {
        const scale = nu > 0 ? nu * covariancePriorScales[output][i * p + j] : 0
        const sum = sums.squares[(a * p + i) * p + j] - correction(i, j, moved, deviations, descriptors)
        covariance.data[i * p + j] = (sum + scale) / (sums.weights[a] + nu)
      }
    x.set(factorAbove(covariance, covarianceFloor), factors + a * p * p)
  }
}

/** One term: the old mean and the mean deviation from it. */
function shifted(old: Matrix, deviations: Float64Array, weight: number): Matrix {
  return matrix(
    old.rows,
    1,
    old.data.map((value, j) => value + deviations[j] / weight),
  )
}

/** sum z mu f' times the pseudo-inverse of sum z f f'. */
function regressed(old: Matrix, deviations: Float64Array, descriptors: Matrix): Matrix {
  const { rows: p, columns: terms } = old
  const { values, vectors } = symmetricEigen(descriptors)
  const result = matrix(p, terms)
  const largest = values[terms - 1]
  for (let j = 0; j < p; j++)
    for (let e = 0; e < terms; e++) {
      if (values[e] <= 1e-12 * largest) continue
      let along = 0
      for (let t = 0; t < terms; t++) {
        let moment = deviations[j * terms + t]
        for (let s = 0; s < terms; s++) moment += old.data[j * terms + s] * descriptors.data[s * terms + t]
        along += moment * vectors.data[t * terms + e]
      }
      for (let t = 0; t < terms; t++)
        result.data[j * terms + t] += (along / values[e]) * vectors.data[t * terms + e]
    }
  return result
}

/** What sum z e e' falls by when M moves by D: (D R' + R D' - D F D')_ij, R = sum z e f', F = sum z f f'. */
function correction(
  i: number,
  j: number,
  moved: Float64Array,
  deviations: Float64Array,
  { columns: terms, data: f }: Matrix,
): number {
  let sum = 0
  for (let t = 0; t < terms; t++) {
    sum += moved[i * terms + t] * deviations[j * terms + t] + deviations[i * terms + t] * moved[j * terms + t]
    for (let s = 0; s < terms; s++) sum -= moved[i * terms + s] * f[s * terms + t] * moved[j * terms + t]
  }
  return sum
}

/** L of the covariance whose eigenvalues below the floor are raised to it. */
function factorAbove(covariance: Matrix, floor: number): Float64Array {
  const { rows: p } = covariance
  const { values, vectors } = symmetricEigen(covariance)
  // Below this share of the largest, rounding alone decides whether a factor exists.
  const least = Math.max(floor, 1e-14 * values[p - 1])
  const factor = Float64Array.from(covariance.data)
  if (values[0] < least) {
    factor.fill(0)
    for (let i = 0; i < p; i++)
      for (let j = 0; j <= i; j++)
        for (let e = 0; e < p; e++)
          factor[i * p + j] += Math.max(values[e], least) * vectors.data[i * p + e] * vectors.data[j * p + e]
  }
  choleskyInPlace(factor, p)
  return factor
}

function updateGates(
  x: Float64Array,
  { gateDescriptors }: Problem,
  layout: Layout,
  output: number,
  { weights, responsibilities }: PriorSums,
  { gatePenalty }: Penalties,
): void {
  const { clusters, gateTerms } = layout
  if (clusters === 1) return
  const { gates } = blockOf(layout, output)
  if (isGated(layout)) {
    const start = x.slice(gates, gates + clusters * gateTerms)
    const gate = { clusters, gateTerms, descriptors: gateDescriptors, responsibilities, penalty: gatePenalty }
    x.set(multinomialNewton(gate, start), gates)
    return
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const logs = weights.map((weight) => Math.max(Math.log(weight / total), leastLogProportion))
  const centre = logs.reduce((sum, log) => sum + log, 0) / clusters
  x.set(
    logs.map((log) => log - centre),
    gates,
  )
}

/** W += dW, (sum B (x) Sx + ridge) dW = s2 dl/dW; returns by how much the expected squares fall. */
function updateWeights(x: Float64Array, { weightSlope, weightCurvature }: ExpectationSums): number {
  const size = weightSlope.length
  if (size === 0) return 0
  const curvature = matrix(size, size, Float64Array.from(weightCurvature))
  let trace = 0
  for (let k = 0; k < size; k++) trace += curvature.data[k * size + k]
  const ridge = (proximalRidge * trace) / size
  // Weights that no task uses have no curvature, and stay.
  if (ridge === 0) return 0
  for (let k = 0; k < size; k++) curvature.data[k * size + k] += ridge
  const moved = cholesky(curvature).solve(weightSlope)
  let fall = 0
  for (let k = 0; k < size; k++) {
    x[k] += moved[k]
    // dW'(2 g - K dW) = dW'(g + ridge dW)
    fall += moved[k] * (weightSlope[k] + ridge * moved[k])
  }
  return fall
}
