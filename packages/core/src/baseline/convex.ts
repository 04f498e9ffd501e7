/** Newton's method with step halving on a smooth convex function. */
import { sum } from './statistics.ts'

export interface NewtonState {
  /** Of all tasks; of the shared part first, where there is one. */
  readonly deviations: Float64Array
  /** Penalised log loss. */
  readonly objective: number
  /** Largest entry of the gradient, relative to 1 + the rows that it sums over. */
  readonly gradient: number
  /** The gradient is rounding, or no step lowers the objective any more. */
  readonly done: boolean
}

/** A convex function, as Newton's method sees it. */
export interface Convex {
  valueAt(deviations: Float64Array): number
  slopesAt(deviations: Float64Array): Slopes
  /** Of the Hessian there: takes a gradient to Newton's direction. */
  factorise(deviations: Float64Array): (gradient: Float64Array) => Float64Array
}

interface Slopes {
  readonly objective: number
  readonly gradient: Float64Array
  /** Its largest entry, relative to 1 + the rows that it sums over. */
  readonly steepness: number
}

/** A gradient so small, relative to 1 + the rows that it sums over, is rounding. */
const gradientTolerance = 1e-10

/** Newton takes under 20 from anywhere that was met. */
export const maxSteps = 100

/** One step of Newton's method. */
export function newtonStep(convex: Convex, deviations: Float64Array): NewtonState {
  const slopes = convex.slopesAt(deviations)
  const { objective, steepness } = slopes
  if (steepness <= gradientTolerance) return { deviations, objective, gradient: steepness, done: true }
  return { ...descend(convex, deviations, slopes, convex.factorise(deviations)), gradient: steepness }
}

/** The relative gradient at which held-out rows may judge. */
const roughTolerance = 1e-8
/**
 * A step by an old Hessian that leaves more than this share of the gradient asks for a new one, which of few coefficients
 * costs little more than a gradient.
 */
const slowest = (size: number): number => (size > 30 ? 0.3 : 0.02)

/**
 * Newton's method with the Hessian of an earlier point for as long as that will do (chord method): of many columns a Hessian
 * takes as long as hundreds of gradients. Kelley (1995), Iterative methods for linear and nonlinear equations, section 5.4.
 */
export function solveRoughly(convex: Convex, size: number, start: Float64Array): Float64Array {
  const share = slowest(size)
  let deviations = start
  let slopes = convex.slopesAt(deviations)
  let directionOf = convex.factorise(deviations)
  for (let steps = 0; steps < maxSteps && slopes.steepness > roughTolerance; steps++) {
    const next = descend(convex, deviations, slopes, directionOf)
    if (next.done) break
    const before = slopes.steepness
    deviations = next.deviations
    slopes = convex.slopesAt(deviations)
    if (slopes.steepness > Math.max(roughTolerance, share * before))
      directionOf = convex.factorise(deviations)
  }
  return deviations
}

/** A step must lower the objective by this share of what its slope promises (Armijo, 1966). */
const leastGain = 1e-4
/** A change of at most this share of the objective is rounding. */
const rounding = 1e-14
/** Halvings after which a step is no step. */
const maxHalvings = 40

/** Along the direction, the whole step or as many halves as it takes to lower the objective. */
function descend(
  convex: Convex,
  deviations: Float64Array,
  { objective, gradient }: Slopes,
  directionOf: (gradient: Float64Array) => Float64Array,
): Omit<NewtonState, 'gradient'> {
  const direction = directionOf(gradient)
  const slope = sum(gradient.map((g, j) => g * direction[j]))
  let length = 1
  for (let halvings = 0; halvings < maxHalvings; halvings++) {
    const next = deviations.map((value, j) => value + length * direction[j])
    const value = convex.valueAt(next)
    if (value <= objective + leastGain * length * slope + rounding * Math.abs(objective))
      return { deviations: next, objective: value, done: false }
    length /= 2
  }
  return { deviations, objective, done: true }
}

export function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
