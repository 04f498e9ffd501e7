/**
 * Step (4a): the ratio l1 / l2 = e^u of an exchangeable task covariance together with all q(g_i) that share it. Sig has mean diagonal 1:
 *
 *   l2 = P / (e^u + P - 1),  l1 = e^u l2,  r = (e^u - 1) / P,  correlation of any two tasks r / (1 + r)
 *
 * With each q(g_i) at its optimum for u the bound is, up to a constant,
 *
 *   F(u) = -D/2 (log l1 + (P - 1) log l2) + sum_i log Z(order_i + P D_i/2, chi_i, phi_i + a_i/l1 + b_i/l2)
 *
 * a_i = tr(E Om_i^-1 common_i), b_i of the deviations; -(a_i/l1 + b_i/l2)/2 where g_i is held. u moves up to where F' changes its sign, and never to a lower F.
 */
import { logBesselK, logBesselKRatio } from '@mtl/core'
import type { PrecisionLaw } from './priors.ts'

/** What F is made of for one group. */
export interface RatioTerm {
  readonly size: number
  readonly common: number
  readonly deviation: number
  /** Of g before the data: undefined where g is held. */
  readonly prior: PrecisionLaw | undefined
  /** E g where it is held. */
  readonly held: number
}

export interface Ratio {
  readonly commonEigenvalue: number
  readonly deviationEigenvalue: number
}

/** Of mean diagonal 1. */
export function ratioAt(u: number, tasks: number): Ratio {
  const deviationEigenvalue = tasks / (Math.exp(u) + tasks - 1)
  return { commonEigenvalue: Math.exp(u) * deviationEigenvalue, deviationEigenvalue }
}

/** Where u may lie: r from 0, or -log maxRatio where tasks may repel one another, to maxRatio. */
export function ratioBox(tasks: number, maxRatio: number, allowNegative: boolean): readonly [number, number] {
  return [allowNegative ? -Math.log(maxRatio) : 0, Math.log1p(tasks * maxRatio)]
}

/** F(u) and F'(u). */
export function ratioProfile(
  terms: readonly RatioTerm[],
  tasks: number,
): (u: number) => { readonly value: number; readonly slope: number } {
  const columns = terms.reduce((sum, { size }) => sum + size, 0)
  return (u) => {
    const e = Math.exp(u)
    const [inverseCommon, inverseDeviation] = [(1 + (tasks - 1) / e) / tasks, (e + tasks - 1) / tasks]
    let value = -0.5 * columns * (u + tasks * Math.log(tasks) - tasks * Math.log(e + tasks - 1))
    let slope = (-0.5 * columns * (tasks - 1) * (1 - e)) / (e + tasks - 1)
    for (const { size, common, deviation, prior, held } of terms) {
      const quadratic = common * inverseCommon + deviation * inverseDeviation
      const { logNormaliser, mean } = profiled(prior, held, tasks * size, quadratic)
      value += logNormaliser
      slope -= (0.5 * mean * (deviation * e - (common * (tasks - 1)) / e)) / tasks
    }
    return { value, slope }
  }
}

/** log Z of the posterior of g, up to a constant, and E g. */
function profiled(
  prior: PrecisionLaw | undefined,
  held: number,
  weights: number,
  quadratic: number,
): { readonly logNormaliser: number; readonly mean: number } {
  if (prior === undefined) return { logNormaliser: -0.5 * held * quadratic, mean: held }
  const order = prior.order + weights / 2
  const phi = prior.phi + quadratic
  const { chi } = prior
  // Without chi there is no Bessel function in it.
  if (chi === 0) return { logNormaliser: -order * Math.log(phi), mean: (2 * order) / phi }
  const z = Math.sqrt(chi) * Math.sqrt(phi)
  const logScale = 0.5 * (Math.log(chi) - Math.log(phi))
  return {
    logNormaliser: logBesselK(order, z) + order * logScale,
    mean: Math.exp(logScale + logBesselKRatio(order, z)),
  }
}

/** u after the step, from the u before. */
export function maximiseRatio(
  terms: readonly RatioTerm[],
  tasks: number,
  from: number,
  [lowest, highest]: readonly [number, number],
): number {
  const profile = ratioProfile(terms, tasks)
  const start = Math.min(Math.max(from, lowest), highest)
  const first = profile(start)
  const direction = first.slope > 0 ? 1 : -1
  const within = (u: number): number => Math.min(Math.max(u, lowest), highest)
  let [last, step] = [start, 0.25]
  let next = within(start + direction * step)
  let slope = profile(next).slope * direction
  while (slope > 0 && next !== lowest && next !== highest) {
    last = next
    step *= 2
    next = within(start + direction * step)
    slope = profile(next).slope * direction
  }
  if (slope <= 0 && next !== last) next = rootBetween((u) => profile(u).slope, last, next)
  for (let halvings = 0; halvings < 60; halvings++) {
    if (profile(next).value >= first.value) return next
    next = 0.5 * (next + start)
  }
  return start
}

/** Width at which the bracket of a root counts as closed. */
const closed = 1e-13

/** A root of a function whose signs at both ends differ: secants of Illinois, bisection where they do not halve the bracket. */
function rootBetween(slope: (at: number) => number, from: number, to: number): number {
  let [low, high, atLow, atHigh] = [from, to, slope(from), slope(to)]
  if (atLow === 0) return low
  for (let step = 0; step < 200 && Math.abs(high - low) > closed * (1 + Math.abs(low)); step++) {
    const width = Math.abs(high - low)
    let middle = step % 3 === 2 ? 0.5 * (low + high) : high - (atHigh * (high - low)) / (atHigh - atLow)
    if (!(Math.abs(middle - low) < width && Math.abs(middle - high) < width)) middle = 0.5 * (low + high)
    const value = slope(middle)
    if (value === 0) return middle
    if (value * atHigh < 0) {
      low = high
      atLow = atHigh
    } else atLow *= 0.5
    high = middle
    atHigh = value
  }
  return Math.abs(atLow) < Math.abs(atHigh) ? low : high
}

/**
 * Where no precision carries the scale (all g held at 1) both eigenvalues are free: variance components, the smaller at least 1e-12 of the
 * larger; equal where deviations exceed what is common and that is not allowed.
 */
export function freeEigenvalues(terms: readonly RatioTerm[], tasks: number, allowNegative: boolean): Ratio {
  const sum = (of: (term: RatioTerm) => number): number => terms.reduce((total, term) => total + of(term), 0)
  const [columns, common, deviation] = [
    sum(({ size }) => size),
    sum((term) => term.common),
    sum((term) => term.deviation),
  ]
  const first = common / columns
  const second = deviation / (columns * (tasks - 1))
  if (first < second && !allowNegative) {
    const both = (common + deviation) / (columns * tasks)
    return { commonEigenvalue: both, deviationEigenvalue: both }
  }
  const floor = 1e-12 * Math.max(first, second)
  return {
    commonEigenvalue: Math.max(first, floor),
    deviationEigenvalue: Math.max(second, floor),
  }
}
