/**
 * Least squares of tasks that deviate from a shared part u = (b_0, w_0): with penalties s of slopes, c of intercepts
 *
 *   minimise  sum_t [sum_i s_ti (y_ti - b_t - w_t'x_ti)^2 + s |w_t - w_0|^2 + c (b_t - b_0)^2] + u'D_0 u
 *
 * Of a task let n be its summed case weights, m and a the means of x and y, G and r the sums around them. With
 * P = (G + s I)^-1 its slopes given u are w = P (r + s w_0 + theta (e - z'u) m), where
 *
 *   z = (1, s P m),  e = a - m'P r,  theta = n c / (n + c + n c m'P m),
 *
 * b = a - m'w - theta (e - z'u) / n, and what is left is a small problem in u:
 *
 *   M u = sum_t [(0, s P r) + theta e z],   M = D_0 + sum_t [diag(0, s P G) + theta z z']
 *
 * The penalty of intercepts is in theta alone: P is needed once for all of them. As residuals are linear in u, their
 * squares are R - 2 k'u + u'C u, with sums over tasks of
 *
 *   C   diag(0, s^2 P G P) - theta (z h' + h z') + beta z z'       h = (0, s P G P m),  d = (P m)'G P m
 *   k   (0, s^2 P P r) - theta (f z + e h) + beta e z              f = s (P m)'P r,     beta = theta^2 (d + 1 / n)
 *   R   squares around the means that P r leaves - 2 theta e f + beta e^2
 *
 * and the trace of the smoother is tr M^-1 C + sum_t [tr P G + theta / c + theta s |P m|^2]. Each sum is of terms of one sign
 * or, in C, k and R, of the squares of a difference: no large terms cancel.
 */
import { cholesky } from '../linalg/cholesky.ts'
import { matrix } from '../linalg/matrix.ts'
import { dot, multiplyVector } from '../linalg/product.ts'
import type { Matrix } from '../linalg/types.ts'
import { factoriseInPlace, solveInPlace } from './ridge.ts'
import { residualSquares, sum, type Statistics } from './statistics.ts'

/** What is left of the tasks when their slopes are eliminated, at one penalty of them; q = p + 1. */
export interface Eliminated {
  readonly slopePenalty: number
  /** T x q: z of each task. */
  readonly loadings: Matrix
  /** T x q: h of each task. */
  readonly pulls: Matrix
  /** By task: n, m'P m, e, f, d and s |P m|^2. */
  readonly weights: Float64Array
  readonly leverages: Float64Array
  readonly errors: Float64Array
  readonly products: Float64Array
  readonly curvatures: Float64Array
  readonly lengths: Float64Array
  /** Sums over tasks of what the penalty of intercepts does not change. */
  readonly fixed: Sums
}

/** Sums over tasks: matrices q x q, of which the lower triangle counts. */
interface Sums {
  /** M without D_0, and its right side. */
  readonly system: Matrix
  readonly right: Float64Array
  /** C, k and R. */
  readonly curvature: Matrix
  readonly slope: Float64Array
  squares: number
  /** Trace of the smoother without tr M^-1 C. */
  freedom: number
}

/** About 2 T p^3 multiplications. Tasks have the same p inputs. @throws MtlError 'not-positive-definite' */
export function eliminateSlopes(tasks: readonly Statistics[], slopePenalty: number): Eliminated {
  const inputs = tasks[0].moment.length
  const size = inputs + 1
  const eachTask = (): Float64Array => new Float64Array(tasks.length)
  const [leverages, products, curvatures, lengths] = [eachTask(), eachTask(), eachTask(), eachTask()]
  const errors = Float64Array.from(tasks, ({ targetMean }) => targetMean)
  const loadings = matrix(tasks.length, size)
  const pulls = matrix(tasks.length, size)
  const fixed = noSums(size)
  const factor = new Float64Array(inputs * inputs)
  const shrunken = new Float64Array(inputs * inputs)
  const own = new Float64Array(inputs)
  const mean = new Float64Array(inputs)
  const pull = new Float64Array(inputs)
  tasks.forEach((task, t) => {
    const { inputMeans, gramian, moment } = task
    factoriseInPlace(factor, task, slopePenalty)
    addShrinkageInPlace(fixed, factor, gramian, slopePenalty, shrunken, pull)
    own.set(moment)
    solveInPlace(factor, inputs, own) // P r
    mean.set(inputMeans)
    solveInPlace(factor, inputs, mean) // P m
    fixed.squares += residualSquares(task, own, 0)
    for (let i = 0; i < inputs; i++) {
      pull[i] = 0 // (G P m)_i
      for (let j = 0; j < inputs; j++) pull[i] += gramian.data[i * inputs + j] * mean[j]
      leverages[t] += inputMeans[i] * mean[i]
      errors[t] -= inputMeans[i] * own[i]
      products[t] += slopePenalty * mean[i] * own[i]
      curvatures[t] += mean[i] * pull[i]
      lengths[t] += slopePenalty * mean[i] * mean[i]
      fixed.right[i + 1] += slopePenalty * own[i]
    }
    for (let i = 0; i < inputs; i++) own[i] *= slopePenalty // first: a huge penalty must not take P P r to 0
    solveInPlace(factor, inputs, own)
    solveInPlace(factor, inputs, pull)
    const first = t * size
    loadings.data[first] = 1
    for (let i = 0; i < inputs; i++) {
      loadings.data[first + i + 1] = slopePenalty * mean[i]
      pulls.data[first + i + 1] = slopePenalty * pull[i]
      fixed.slope[i + 1] += slopePenalty * own[i]
    }
  })
  const weights = Float64Array.from(tasks, ({ weight }) => weight)
  return { slopePenalty, loadings, pulls, weights, leverages, errors, products, curvatures, lengths, fixed }
}

/** Adds diag(0, s P G) to the system, diag(0, s^2 P G P) to the curvature, tr P G to the freedom. */
function addShrinkageInPlace(
  sums: Sums,
  factor: Float64Array,
  gramian: Matrix,
  slopePenalty: number,
  shrunken: Float64Array,
  solved: Float64Array,
): void {
  const inputs = gramian.rows
  const size = inputs + 1
  shrunken.set(gramian.data)
  for (let j = 0; j < inputs; j++) solveInPlace(factor, inputs, shrunken, j * inputs) // column j of P G
  for (let i = 0; i < inputs; i++) {
    const at = (i + 1) * size + 1
    sums.freedom += shrunken[i * inputs + i]
    for (let j = 0; j < inputs; j++) {
      solved[j] = slopePenalty * shrunken[j * inputs + i]
      sums.system.data[at + j] += solved[j]
    }
    solveInPlace(factor, inputs, solved) // s times row i of P G P
    for (let j = 0; j < inputs; j++) sums.curvature.data[at + j] += slopePenalty * solved[j]
  }
}

/** The minimum. */
export interface CoupledFit {
  /** u = (b_0, w_0). */
  readonly shared: Float64Array
  /** Sum of squared residuals. */
  readonly squares: number
  /** Trace of the smoother that takes y to its fit. */
  readonly freedom: number
}

/** About 3 T p^2 / 2 multiplications. @throws MtlError 'not-positive-definite' */
export function solveShared(
  eliminated: Eliminated,
  interceptPenalty: number,
  meanPenalty: number,
): CoupledFit {
  const { fixed, weights } = eliminated
  const size = fixed.right.length
  const sums: Sums = {
    system: copyOf(fixed.system),
    right: fixed.right.slice(),
    curvature: copyOf(fixed.curvature),
    slope: fixed.slope.slice(),
    squares: fixed.squares,
    freedom: fixed.freedom,
  }
  for (let t = 0; t < weights.length; t++) addLevelInPlace(sums, eliminated, interceptPenalty, t)
  // b_0 is free; where no row says anything of it, any value will do.
  if (sum(weights) === 0) sums.system.data[0] += 1
  for (let j = 1; j < size; j++) sums.system.data[j * (size + 1)] += meanPenalty
  mirrorInPlace(sums.curvature)
  const system = cholesky(sums.system)
  const shared = system.solve(sums.right)
  const share = system.solveMatrix(sums.curvature)
  let { freedom } = sums
  for (let j = 0; j < size; j++) freedom += share.data[j * (size + 1)]
  const bend = dot(shared, multiplyVector(sums.curvature, shared))
  return { shared, squares: Math.max(0, sums.squares - 2 * dot(sums.slope, shared) + bend), freedom }
}

/** What the level of task t adds, at this penalty of its intercept. */
function addLevelInPlace(
  sums: Sums,
  { loadings, pulls, weights, leverages, errors, products, curvatures, lengths }: Eliminated,
  interceptPenalty: number,
  t: number,
): void {
  const size = loadings.columns
  const { share, pull } = levelOf(weights[t], interceptPenalty, leverages[t])
  const beta = pull * (pull * curvatures[t] + share)
  const right = pull * errors[t]
  const alongLoading = beta * errors[t] - pull * products[t]
  sums.squares += errors[t] * (beta * errors[t] - 2 * pull * products[t])
  sums.freedom += (weights[t] * share) / interceptPenalty + pull * lengths[t]
  for (let i = 0; i < size; i++) {
    const loading = loadings.data[t * size + i]
    const pulled = pull * pulls.data[t * size + i]
    sums.right[i] += right * loading
    sums.slope[i] += alongLoading * loading - errors[t] * pulled
    const mixed = beta * loading - pulled
    for (let j = 0; j <= i; j++) {
      const other = loadings.data[t * size + j]
      sums.system.data[i * size + j] += pull * loading * other
      sums.curvature.data[i * size + j] += mixed * other - pull * loading * pulls.data[t * size + j]
    }
  }
}

/** theta, `pull`, and theta / n, `share`, which a task without rows has as well. */
function levelOf(
  weight: number,
  interceptPenalty: number,
  leverage: number,
): { readonly share: number; readonly pull: number } {
  const ratio = interceptPenalty / (weight + interceptPenalty)
  const share = ratio / (1 + weight * ratio * leverage)
  return { share, pull: weight * share }
}

/** (b_t, w_t) of each task, given u. */
export function coupledCoefficients(
  tasks: readonly Statistics[],
  shared: Float64Array,
  penalties: { readonly slopePenalty: number; readonly interceptPenalty: number },
): Float64Array[] {
  const inputs = shared.length - 1
  const factor = new Float64Array(inputs * inputs)
  const mean = new Float64Array(inputs)
  return tasks.map((task) => {
    const { weight, inputMeans, targetMean, moment } = task
    factoriseInPlace(factor, task, penalties.slopePenalty)
    const own = new Float64Array(inputs + 1)
    for (let j = 0; j < inputs; j++) own[j + 1] = moment[j] + penalties.slopePenalty * shared[j + 1]
    solveInPlace(factor, inputs, own, 1) // P (r + s w_0)
    mean.set(inputMeans)
    solveInPlace(factor, inputs, mean)
    const { share, pull } = levelOf(weight, penalties.interceptPenalty, dot(inputMeans, mean))
    const level = targetMean - shared[0] - dot(inputMeans, own.subarray(1)) // e - z'u
    for (let j = 0; j < inputs; j++) own[j + 1] += pull * level * mean[j]
    own[0] = targetMean - share * level - dot(inputMeans, own.subarray(1))
    return own
  })
}

function noSums(size: number): Sums {
  return {
    system: matrix(size, size),
    right: new Float64Array(size),
    curvature: matrix(size, size),
    slope: new Float64Array(size),
    squares: 0,
    freedom: 0,
  }
}

function copyOf({ rows, columns, data }: Matrix): Matrix {
  return matrix(rows, columns, data.slice())
}

function mirrorInPlace({ rows: n, data }: Matrix): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j]
}
