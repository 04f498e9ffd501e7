/**
 * q(W) for an exchangeable task covariance, Sig_i = l1 J + l2 (I - J) with J = 11'/P, in time linear in the tasks:
 *
 *   A (x) B = I (x) B2 + 11' (x) Bq,  B1 = B / l1, B2 = B / l2 by group, Bq = (B1 - B2) / P, B_i = E g_i E Om_i^-1
 */
import {
  invertInPlace,
  mirrorInPlace,
  multiplyInPlace,
  rowTimes,
  rowsTimesRowsInPlace,
  symmetriseInPlace,
} from './dense.ts'
import { invertGeneralInPlace } from './general-inverse.ts'

/** Priors' precisions of d columns, d x d each, and where the tasks' sums stand. */
export interface ExchangeableSystem {
  readonly tasks: number
  readonly size: number
  readonly commonPrecision: Float64Array
  readonly deviationPrecision: Float64Array
  /** G_t / beta_t at `at + t * stride`. */
  readonly grams: Float64Array
  readonly noisePrecision: Float64Array
  readonly at: number
  readonly stride: number
  /** h_t, tasks x size. */
  readonly moments: Float64Array
}

/** Where the answer goes: covariances at the grams' positions of `covariances`. */
export interface ExchangeableAnswer {
  /** tasks x size. */
  readonly means: Float64Array
  readonly covariances: Float64Array
  /** sum_st C_st, size x size. */
  readonly total: Float64Array
}

/**
 * The exact posterior. E_t = (B2 + G_t)^-1, K = mean_t E_t (B1 + G_t), m. = K^-1 sum E_t h_t the sum of the task means, m_t = E_t (h_t - Bq m.),
 * X = Bq K^-1, S_t = E_t - E_t X E_t, sum_st C_st = K^-1 sum E_t. Returns log |C|. K is 1 + sum E_t Bq, a product less for
 * each task, only where that hardly cancels: it does as l2 / l1 -> 0.
 */
export function solveExchangeable(
  system: ExchangeableSystem,
  { means, covariances, total }: ExchangeableAnswer,
): number {
  if (system.size === 1) return solveSingle(system, { means, covariances, total })
  const { tasks, size: n, commonPrecision, deviationPrecision, grams, noisePrecision } = system
  const { at, stride, moments } = system
  const square = n * n
  const { shifted, k, between, product, order, sumOfFits, sums, pull, right } = workspaceFor(n)
  const direct = losesLittle(system)
  total.fill(0)
  sumOfFits.fill(0)
  if (!direct) k.fill(0)
  let logDeterminant = 0
  for (let t = 0; t < tasks; t++) {
    const own = at + t * stride
    fillLowerInPlace(covariances, own, deviationPrecision, noisePrecision[t], grams, n)
    logDeterminant -= invertInPlace(covariances, n, own)
    if (!direct) addRatioInPlace(k, covariances, system, t, shifted, product)
    addLowerInPlace(total, covariances, own, n)
    for (let i = 0; i < n; i++) sumOfFits[i] += rowTimes(covariances, n, i, moments, own, t * n)
  }
  mirrorInPlace(total, n, 0)
  for (let i = 0; i < square; i++) shifted[i] = (commonPrecision[i] - deviationPrecision[i]) / tasks
  if (direct) fillDirectInPlace(k, total, shifted, n)
  logDeterminant -= invertGeneralInPlace(k, n, order)

  timesInPlace(sums, k, sumOfFits, n)
  timesInPlace(pull, shifted, sums, n)
  // X = Bq K^-1 = K^-T Bq, for it is symmetric.
  transposeInPlace(product, k, n)
  multiplyInPlace(between, product, shifted, n)
  symmetriseInPlace(between, n)
  multiplyInPlace(shifted, k, total, n)
  symmetriseInPlace(shifted, n)
  total.set(shifted)

  for (let t = 0; t < tasks; t++) {
    const own = at + t * stride
    for (let i = 0; i < n; i++) right[i] = moments[t * n + i] - pull[i]
    for (let i = 0; i < n; i++) means[t * n + i] = rowTimes(covariances, n, i, right, own)
    multiplyInPlace(product, covariances, between, n, own)
    subtractProductInPlace(covariances, product, n, own, shifted)
  }
  return logDeterminant
}

/** B2 + G_t below its diagonal, which is all of it that is read. */
function fillLowerInPlace(
  to: Float64Array,
  at: number,
  prior: Float64Array,
  noisePrecision: number,
  grams: Float64Array,
  n: number,
): void {
  for (let i = 0; i < n; i++)
    for (let j = i * n; j <= i * (n + 1); j++) to[at + j] = prior[j] + noisePrecision * grams[at + j]
}

function addLowerInPlace(to: Float64Array, from: Float64Array, at: number, n: number): void {
  for (let i = 0; i < n; i++) for (let j = i * n; j <= i * (n + 1); j++) to[j] += from[at + j]
}

function timesInPlace(to: Float64Array, a: Float64Array, x: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) to[i] = rowTimes(a, n, i, x)
}

interface Workspace {
  readonly shifted: Float64Array
  readonly k: Float64Array
  readonly between: Float64Array
  readonly product: Float64Array
  readonly order: Int32Array
  readonly sumOfFits: Float64Array
  readonly sums: Float64Array
  readonly pull: Float64Array
  readonly right: Float64Array
}

function createWorkspace(n: number): Workspace {
  const square = (): Float64Array => new Float64Array(n * n)
  const line = (): Float64Array => new Float64Array(n)
  return {
    shifted: square(),
    k: square(),
    between: square(),
    product: square(),
    order: new Int32Array(n),
    sumOfFits: line(),
    sums: line(),
    pull: line(),
    right: line(),
  }
}

/** Scratch of `solveExchangeable`, for the width that was asked for last: a sweep asks hundreds of times for the same. */
let workspace = createWorkspace(0)

function workspaceFor(n: number): Workspace {
  if (workspace.order.length !== n) workspace = createWorkspace(n)
  return workspace
}

/** Digits of which a sum may lose as many: l1 / l2 of every column is at most this. */
const mostCancelled = 1e3

function losesLittle({ size, commonPrecision, deviationPrecision }: ExchangeableSystem): boolean {
  for (let at = 0; at < size * size; at += size + 1)
    if (deviationPrecision[at] > mostCancelled * commonPrecision[at]) return false
  return true
}

/** K grows by E_t (B1 + G_t) / P. */
function addRatioInPlace(
  k: Float64Array,
  covariances: Float64Array,
  { tasks, size: n, commonPrecision, grams, noisePrecision, at, stride }: ExchangeableSystem,
  t: number,
  sum: Float64Array,
  product: Float64Array,
): void {
  const own = at + t * stride
  for (let i = 0; i < n * n; i++) sum[i] = commonPrecision[i] + noisePrecision[t] * grams[own + i]
  multiplyInPlace(product, covariances, sum, n, own)
  for (let i = 0; i < n * n; i++) k[i] += product[i] / tasks
}

/** K becomes 1 + sum_t E_t Bq. */
function fillDirectInPlace(k: Float64Array, total: Float64Array, between: Float64Array, n: number): void {
  multiplyInPlace(k, total, between, n)
  for (let i = 0; i < n; i++) k[i * (n + 1)] += 1
}

/** `to` becomes A'. */
function transposeInPlace(to: Float64Array, a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) to[i * n + j] = a[j * n + i]
}

/** E at `at` becomes E - P E, E symmetric and the result too; `scratch` holds P E below the diagonal. */
function subtractProductInPlace(
  e: Float64Array,
  p: Float64Array,
  n: number,
  at: number,
  scratch: Float64Array,
): void {
  const [to, left] = [scratch, p].map((of) => ({ of, at: 0, stride: n }))
  rowsTimesRowsInPlace(to, left, { of: e, at, stride: n }, [n, n, n], { lower: true })
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = e[at + i * n + j] - scratch[i * n + j]
      e[at + i * n + j] = value
      e[at + j * n + i] = value
    }
}

/** One column: a diagonal plus a matrix of rank one, about ten operations for each task. */
function solveSingle(
  {
    tasks,
    commonPrecision,
    deviationPrecision,
    grams,
    noisePrecision,
    at,
    stride,
    moments,
  }: ExchangeableSystem,
  { means, covariances, total }: ExchangeableAnswer,
): number {
  const [common, deviation] = [commonPrecision[0], deviationPrecision[0]]
  const between = (common - deviation) / tasks
  let [kappa, sumOfFits, sumOfVariances, logDeterminant] = [0, 0, 0, 0]
  for (let t = 0; t < tasks; t++) {
    const gram = noisePrecision[t] * grams[at + t * stride]
    const precision = deviation + gram
    covariances[at + t * stride] = 1 / precision
    kappa += (common + gram) / precision / tasks
    sumOfFits += moments[t] / precision
    sumOfVariances += 1 / precision
    logDeterminant -= Math.log(precision)
  }
  const sum = sumOfFits / kappa
  for (let t = 0; t < tasks; t++) {
    const own = at + t * stride
    const variance = covariances[own]
    means[t] = (moments[t] - between * sum) * variance
    covariances[own] = variance - (between / kappa) * variance * variance
  }
  total[0] = sumOfVariances / kappa
  return logDeterminant - Math.log(kappa)
}

/**
 * Independent tasks in the posterior: S_t = (B2 + Bq + G_t)^-1, m_t = S_t (h_t - Bq (m. - m_t)), one task after another. `means` hold the
 * last ones on entry.
 */
export function solveByTask(
  system: ExchangeableSystem,
  { means, covariances, total }: ExchangeableAnswer,
): number {
  const { tasks, size: n, commonPrecision, deviationPrecision, grams, noisePrecision, moments } = system
  const square = n * n
  const between = commonPrecision.map((value, i) => (value - deviationPrecision[i]) / tasks)
  const sums = new Float64Array(n)
  for (let t = 0; t < tasks; t++) for (let i = 0; i < n; i++) sums[i] += means[t * n + i]
  const [others, right] = [new Float64Array(n), new Float64Array(n)]
  total.fill(0)
  let logDeterminant = 0
  for (let t = 0; t < tasks; t++) {
    const own = system.at + t * system.stride
    for (let i = 0; i < square; i++)
      covariances[own + i] = deviationPrecision[i] + between[i] + noisePrecision[t] * grams[own + i]
    logDeterminant -= invertInPlace(covariances, n, own)
    for (let i = 0; i < square; i++) total[i] += covariances[own + i]
    for (let i = 0; i < n; i++) others[i] = sums[i] - means[t * n + i]
    for (let i = 0; i < n; i++) right[i] = moments[t * n + i] - rowTimes(between, n, i, others)
    for (let i = 0; i < n; i++) {
      means[t * n + i] = rowTimes(covariances, n, i, right, own)
      sums[i] = others[i] + means[t * n + i]
    }
  }
  return logDeterminant
}
