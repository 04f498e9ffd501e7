/**
 * Maximum likelihood of a generalised inverse Gaussian from averages of E g, E 1/g and E log g: the maximum of
 *
 *   (order - 1) E log g - (chi E 1/g + phi E g) / 2 - log Z(order, chi, phi),
 *
 * concave in (order, chi, phi), over a box about the scale s = sqrt(E g / E 1/g): chi = s e^u, phi = e^v / s.
 */
import { generalisedInverseGaussianMoments } from '@mtl/core'
import type { PrecisionLaw } from './priors.ts'

/** Limits of the order and of u and v. */
export const largestOrder = 50
export const largestLogScale = 14

/** @param start of the first search */
export function fitPrecisionLaw(
  mean: number,
  meanInverse: number,
  meanLog: number,
  start: PrecisionLaw,
): PrecisionLaw {
  const scale = Math.sqrt(mean / meanInverse)
  const [first, inverse, log] = [mean / scale, meanInverse * scale, meanLog - Math.log(scale)]
  const limits = [largestOrder, largestLogScale, largestLogScale]
  const evaluate = (at: readonly number[]): Evaluation => {
    const [order, chi, phi] = [at[0], Math.exp(at[1]), Math.exp(at[2])]
    const m = generalisedInverseGaussianMoments(order, chi, phi)
    return {
      value: (order - 1) * log - 0.5 * (chi * inverse + phi * first) - m.logNormaliser,
      gradient: [log - m.meanLog, 0.5 * chi * (m.meanInverse - inverse), 0.5 * phi * (m.mean - first)],
    }
  }
  const inside = (at: readonly number[]): number[] =>
    at.map((value, i) => Math.min(Math.max(value, -limits[i]), limits[i]))
  const at = climb(
    inside([start.order, Math.log(start.chi / scale), Math.log(start.phi * scale)]),
    limits,
    evaluate,
    inside,
  )
  return { order: at[0], chi: scale * Math.exp(at[1]), phi: Math.exp(at[2]) / scale }
}

interface Evaluation {
  readonly value: number
  readonly gradient: readonly number[]
}

/** Newton's method on the coordinates that are not held at the box, with a damped matrix of second differences. */
function climb(
  start: number[],
  limits: readonly number[],
  evaluate: (at: readonly number[]) => Evaluation,
  inside: (at: readonly number[]) => number[],
): number[] {
  let at = start
  let now = evaluate(at)
  let damping = 1e-6
  for (let step = 0; step < 500; step++) {
    const free = [0, 1, 2].filter((i) => !(Math.abs(at[i]) === limits[i] && now.gradient[i] * at[i] > 0))
    if (free.every((i) => Math.abs(now.gradient[i]) < 1e-11)) break
    const curvature = secondDifferences(at, evaluate)
    let improved = false
    for (let tries = 0; tries < 40 && !improved; tries++) {
      const move = dampedStep(curvature, now.gradient, free, damping)
      const next = inside(at.map((value, i) => value + move[i]))
      const found = evaluate(next)
      improved = found.value > now.value
      if (improved) {
        at = next
        now = found
        damping = Math.max(damping / 10, 1e-12)
      } else damping *= 10
    }
    if (!improved) break
  }
  return at
}

/** Central differences of the gradient: the matrix of second derivatives, negated. */
function secondDifferences(
  at: readonly number[],
  evaluate: (at: readonly number[]) => Evaluation,
): number[][] {
  const width = 1e-5
  const columns = at.map((_, i) => {
    const shifted = (sign: number): readonly number[] =>
      evaluate(at.map((value, k) => (k === i ? value + sign * width : value))).gradient
    const [up, down] = [shifted(1), shifted(-1)]
    return up.map((value, k) => (down[k] - value) / (2 * width))
  })
  return columns.map((column, i) => column.map((value, k) => 0.5 * (value + columns[k][i])))
}

/** (H + damping diag) d = gradient on the free coordinates; the damping grows until H is positive definite. */
function dampedStep(
  curvature: readonly (readonly number[])[],
  gradient: readonly number[],
  free: readonly number[],
  damping: number,
): number[] {
  const step = [0, 0, 0]
  for (let extra = damping; ; extra = Math.max(2 * extra, 1e-9)) {
    const solution = solveSmall(
      free.map((i) =>
        free.map((k) => curvature[i][k] + (i === k ? extra * (1 + Math.abs(curvature[i][i])) : 0)),
      ),
      free.map((i) => gradient[i]),
    )
    if (solution === undefined) continue
    free.forEach((i, k) => (step[i] = solution[k]))
    return step
  }
}

/** A^-1 b of at most three unknowns by Cholesky; undefined where A is not positive definite. */
function solveSmall(a: number[][], b: number[]): number[] | undefined {
  const n = b.length
  const x = [...b]
  const l = a.map((row) => [...row])
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k < j; k++) l[i][j] -= l[i][k] * l[j][k]
      if (i !== j) l[i][j] /= l[j][j]
      else if (l[i][i] > 0) l[i][i] = Math.sqrt(l[i][i])
      else return undefined
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i][k] * x[k]
    x[i] /= l[i][i]
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[k][i] * x[k]
    x[i] /= l[i][i]
  }
  return x
}
