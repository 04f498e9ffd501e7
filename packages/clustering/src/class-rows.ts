import type { Layout } from './layout.ts'
import type { Problem } from './problem.ts'
import { activateInPlace, addOuterRows, dotOf } from './units.ts'

/** The hidden units of one task's rows, of which classes need each: their curvature differs from row to row. */
export interface ClassRows {
  /** n_i x P, overwritten for each task. */
  readonly units: Float64Array
  /** Fills `units` for task i and the W at the beginning of x. */
  load(x: Float64Array, i: number): void
  /** Adds dl/dW that comes of dl/dh (P values, the first idle) of row n of the task, which is overwritten. */
  addSlope(slope: Float64Array, delta: Float64Array, i: number, n: number): void
}

export function classRows({ rows, starts }: Problem, layout: Layout): ClassRows {
  const { units: p, inputs: d, activation } = layout
  const longest = starts.reduce((most, end, i) => (i === 0 ? 0 : Math.max(most, end - starts[i - 1])), 0)
  const units = new Float64Array(longest * p)
  return {
    units,
    load(x, i) {
      for (let n = starts[i]; n < starts[i + 1]; n++)
        activateInPlace(units, (n - starts[i]) * p, layout, x, rows, n * d)
    },
    addSlope(slope, delta, i, n) {
      if (activation === 'identity') return
      if (activation === 'tanh') for (let j = 1; j < p; j++) delta[j] *= 1 - units[n * p + j] ** 2
      addOuterRows(slope, delta, p, rows, (starts[i] + n) * d, d)
    },
  }
}

/** What a row adds to the log likelihood: y eta - log(1 + e^eta). */
export function logLikelihoodOf(y: number, eta: number): number {
  return y * eta - Math.max(0, eta) - Math.log1p(Math.exp(-Math.abs(eta)))
}

/** Adds weight h h' to the lower triangle. */
export function addCurvature(s: Float64Array, p: number, weight: number, h: Float64Array, at: number): void {
  for (let j = 0; j < p; j++) {
    const scaled = weight * h[at + j]
    for (let k = 0; k <= j; k++) s[j * p + k] += scaled * h[at + k]
  }
}

export function mirrorInPlace(s: Float64Array, p: number): void {
  for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) s[k * p + j] = s[j * p + k]
}

/** The first P values become V h. */
export function multiplyInPlace(
  result: Float64Array,
  v: Float64Array,
  vAt: number,
  h: Float64Array,
  at: number,
  p: number,
): void {
  for (let j = 0; j < p; j++) result[j] = dotOf(v, vAt + j * p, h, at, p)
}
