/**
 * Minimises loss(W, b) + Omega(W), W the sum of one or two parts, by the accelerated proximal gradient:
 *
 *   X+ = prox_{Omega / L}(Y - G(Y) / L),   Y = X+ + momentum (X+ - X)
 *
 * for each part, with b beside them. The momentum starts again whenever it points uphill. It stops where the optimality
 * residual at X, L max |X - prox(X - G(X) / L)|, is at most the tolerance.
 *
 * Beck and Teboulle (2009), A fast iterative shrinkage-thresholding algorithm, SIAM Journal on Imaging Sciences 2;
 * O'Donoghue and Candes (2015), Adaptive restart for accelerated gradient schemes, Foundations of Computational
 * Mathematics 15.
 */
import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import type { Loss } from './loss.ts'
import type { PenaltyFamily } from './types.ts'

export interface SolverOptions {
  readonly maxSteps: number
  readonly tolerance: number
}

/** Where a minimisation starts and ends. */
export interface Point {
  readonly parts: readonly Matrix[]
  /** As variables of the loss; see `Loss.interceptsOf`. */
  readonly intercepts: Float64Array
}

export interface Solution extends Point {
  /** W. */
  readonly weights: Matrix
  readonly steps: number
  readonly residual: number
  readonly objective: number
  readonly loss: number
}

/** From `from` (default: W = 0 and its intercepts) to the minimum at a penalty. */
export type Solver = (penalty: number, from?: Point) => Solution

/** Scratch memory is made once: a solver serves all penalties of a path. */
export function proximalSolver(loss: Loss, family: PenaltyFamily, options: SolverOptions): Solver {
  const { tasks, features } = loss
  const zero = (): Matrix => matrix(tasks, features)
  const each = (): Matrix[] => Array.from({ length: family.parts }, zero)
  const gradient = zero()
  const total = zero()
  const interceptGradient = new Float64Array(tasks)
  // Each point has a place for every part, and one for the intercepts.
  let current: Scratch = { parts: each(), intercepts: new Float64Array(tasks) }
  let next: Scratch = { parts: each(), intercepts: new Float64Array(tasks) }
  const ahead: Scratch = { parts: each(), intercepts: new Float64Array(tasks) }

  /** Writes W and the gradient at a point and returns the value of the smooth penalty. */
  const evaluate = ({ parts, intercepts }: Scratch, penalty: number): number => {
    addPartsInPlace(total, parts)
    loss.gradientInPlace(total.data, intercepts, gradient.data, interceptGradient)
    return family.smooth?.addGradient(total, penalty, gradient) ?? 0
  }
  /** `to` becomes a plain step from a point whose gradient has been written; returns its length in units of the gradient. */
  const move = (from: Scratch, to: Scratch, penalty: number, curvature: number): number => {
    let longest = 0
    for (let k = 0; k < family.parts; k++) {
      const [before, after] = [from.parts[k].data, to.parts[k].data]
      for (let at = 0; at < after.length; at++) after[at] = before[at] - gradient.data[at] / curvature
      family.proximalInPlace(to.parts[k], k, penalty, 1 / curvature)
      longest = Math.max(longest, distance(before, after))
    }
    for (let t = 0; t < tasks; t++) to.intercepts[t] = from.intercepts[t] - interceptGradient[t] / curvature
    return curvature * Math.max(longest, distance(from.intercepts, to.intercepts))
  }
  const residualAt = (point: Scratch, penalty: number, curvature: number, scratch: Scratch): number => {
    evaluate(point, penalty)
    return move(point, scratch, penalty, curvature)
  }

  return (penalty, from) => {
    const curvature = curvatureOf(loss, family, penalty)
    copyPointInPlace(from ?? { parts: each(), intercepts: loss.startIntercepts }, current)
    copyPointInPlace(current, ahead)
    let inertia = 1
    let residual = Infinity
    let steps = 0
    while (steps < options.maxSteps && residual > options.tolerance) {
      steps++
      evaluate(ahead, penalty)
      const length = move(ahead, next, penalty, curvature)
      const uphill = pointsUphill(ahead, next, current)
      const following = uphill ? 1 : (1 + Math.sqrt(1 + 4 * inertia * inertia)) / 2
      const momentum = uphill ? 0 : (inertia - 1) / following
      lookAheadInPlace(ahead, next, current, momentum)
      inertia = following
      ;[current, next] = [next, current]
      if (length > options.tolerance && steps < options.maxSteps) continue
      // The step was short from the point ahead: is it from this one as well?
      residual = residualAt(current, penalty, curvature, next)
      copyPointInPlace(current, ahead)
      inertia = 1
    }
    const smooth = evaluate(current, penalty)
    const value = loss.value(total.data, current.intercepts)
    return {
      parts: current.parts.map(({ data }) => matrix(tasks, features, data.slice())),
      intercepts: current.intercepts.slice(),
      weights: matrix(tasks, features, total.data.slice()),
      steps,
      residual,
      objective: value + smooth + family.value(current.parts, penalty),
      loss: value,
    }
  }
}

interface Scratch {
  readonly parts: readonly Matrix[]
  readonly intercepts: Float64Array
}

/** The gradient of two parts changes twice as fast as that of one. */
function curvatureOf(loss: Loss, family: PenaltyFamily, penalty: number): number {
  const whole = loss.curvature + (family.smooth?.curvature(penalty) ?? 0)
  return Math.max(family.parts * whole * (1 + 1e-12), 1e-12)
}

function addPartsInPlace(total: Matrix, parts: readonly Matrix[]): void {
  total.data.set(parts[0].data)
  for (let k = 1; k < parts.length; k++) {
    const { data } = parts[k]
    for (let at = 0; at < data.length; at++) total.data[at] += data[at]
  }
}

function copyPointInPlace(from: Point, to: Scratch): void {
  from.parts.forEach(({ data }, k) => to.parts[k].data.set(data))
  to.intercepts.set(from.intercepts)
}

function distance(a: Float64Array, b: Float64Array): number {
  let most = 0
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs(a[at] - b[at]))
  return most
}

/** (Y - X+)'(X+ - X) > 0. */
function pointsUphill(ahead: Scratch, next: Scratch, current: Scratch): boolean {
  let product = slope(ahead.intercepts, next.intercepts, current.intercepts)
  for (let k = 0; k < next.parts.length; k++)
    product += slope(ahead.parts[k].data, next.parts[k].data, current.parts[k].data)
  return product > 0
}

function slope(ahead: Float64Array, next: Float64Array, current: Float64Array): number {
  let product = 0
  for (let at = 0; at < next.length; at++) product += (ahead[at] - next[at]) * (next[at] - current[at])
  return product
}

function lookAheadInPlace(ahead: Scratch, next: Scratch, current: Scratch, momentum: number): void {
  for (let k = 0; k < next.parts.length; k++)
    extrapolateInPlace(ahead.parts[k].data, next.parts[k].data, current.parts[k].data, momentum)
  extrapolateInPlace(ahead.intercepts, next.intercepts, current.intercepts, momentum)
}

function extrapolateInPlace(
  ahead: Float64Array,
  next: Float64Array,
  current: Float64Array,
  momentum: number,
): void {
  for (let at = 0; at < ahead.length; at++) ahead[at] = next[at] + momentum * (next[at] - current[at])
}
