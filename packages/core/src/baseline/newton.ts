/**
 * Newton's method with step halving on penalised log losses, which are convex. Coefficients are a centre, the
 * logarithms of the pooled class shares as intercepts, and deviations from it, which are what is penalised.
 */
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/in-place.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Iteration } from '../training/types.ts'
import { solveArrow } from './arrow.ts'
import { expandLogLossInPlace, logLoss, type ClassRows } from './log-loss.ts'
import { outputsOf } from './outputs.ts'
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

export interface Newton {
  readonly start: NewtonState
  readonly step: (state: NewtonState) => NewtonState
  /** Coefficients of each task; last those of the shared part, where there is one. */
  coefficients(deviations: Float64Array): readonly Float64Array[]
}

/** A gradient so small, relative to 1 + the rows that it sums over, is rounding. */
const gradientTolerance = 1e-10

/** Newton takes under 20 from anywhere that was met. */
const maxSteps = 100

/** The steps as a phase of a training. */
export function newtonIteration({ start, step }: Newton): Iteration<NewtonState, Float64Array> {
  return {
    init: () => start,
    step,
    objective: ({ objective }) => objective,
    finish: ({ deviations }) => deviations,
    done: ({ done }) => done,
    maxSteps,
    monotone: true,
    report: ({ gradient }) => ({ gradient }),
  }
}

/** The step after a gradient so small takes it to its square, about: enough to judge by held-out rows. */
const roughTolerance = 1e-4

/** All steps at once, from these deviations if any are given, to about 1e-8 of the minimum. */
export function solveNewton(
  { start, step }: Newton,
  deviations: Float64Array = start.deviations,
): Float64Array {
  let state: NewtonState = { ...start, deviations }
  for (let steps = 0; steps < maxSteps && !state.done && state.gradient > roughTolerance; steps++)
    state = step(state)
  return state.deviations
}

/** A task on its own. */
export interface OwnProblem {
  readonly rows: ClassRows
  readonly centre: Float64Array
  /** penalty / 2 each deviation squared. */
  readonly penalties: Float64Array
}

/** Each task on its own, their steps side by side. n m^2 + m^3 a step and task. */
export function independentNewton(problems: readonly OwnProblem[]): Newton {
  const ends = endsOf(problems.map(({ centre }) => centre.length))
  const partOf = (deviations: Float64Array, t: number): Float64Array =>
    deviations.subarray(ends[t] - problems[t].centre.length, ends[t])

  return {
    start: startOf(ends.at(-1) ?? 0),
    step({ deviations }) {
      const next = deviations.slice()
      const states = problems.map((problem, t) => {
        const state = ownStep(problem, partOf(deviations, t))
        partOf(next, t).set(state.deviations)
        return state
      })
      return {
        deviations: next,
        objective: sum(states.map(({ objective }) => objective)),
        gradient: states.reduce((most, { gradient }) => Math.max(most, gradient), 0),
        done: states.every(({ done }) => done),
      }
    },
    coefficients: (deviations) => problems.map(({ centre }, t) => addTo(centre, partOf(deviations, t))),
  }
}

function ownStep({ rows, centre, penalties }: OwnProblem, deviations: Float64Array): NewtonState {
  const size = centre.length
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const valueAt = (at: Float64Array): number =>
    logLoss(rows, addTo(centre, at)) + penaltyOf(at, penalties, outputsOf(rows))
  const loss = expandLogLossInPlace(rows, addTo(centre, deviations), gradient, hessian)
  const objective = loss + penaltyOf(deviations, penalties, outputsOf(rows))
  addPenaltyInPlace(gradient, deviations, penalties, outputsOf(rows))
  addDiagonalInPlace(hessian, penalties, outputsOf(rows))
  const steepness = largest(gradient) / (1 + sum(rows.weights))
  if (steepness <= gradientTolerance) return { deviations, objective, gradient: steepness, done: true }
  const direction = gradient.map((g) => -g)
  choleskyInPlace(hessian, size)
  solveLowerInPlace(hessian, size, direction)
  solveLowerTransposedInPlace(hessian, size, direction)
  const slope = sum(gradient.map((g, j) => g * direction[j]))
  return { ...descend(valueAt, deviations, objective, direction, slope), gradient: steepness }
}

/** Tasks that deviate from a shared part which is learnt with them. */
export interface SharedProblem {
  readonly tasks: readonly ClassRows[]
  readonly centre: Float64Array
  /** Of each task's deviations from the shared part. */
  readonly penalties: Float64Array
  /** Of the shared part's from the centre. */
  readonly sharedPenalties: Float64Array
}

/** All tasks jointly, by elimination of their blocks. T (n m^2 + m^3) a step. */
export function arrowNewton({ tasks, centre, penalties, sharedPenalties }: SharedProblem): Newton {
  const size = centre.length
  const outputs = outputsOf(tasks[0])
  const rows = tasks.map(({ weights }) => 1 + sum(weights))
  const hessians = tasks.map(() => new Float64Array(size * size))
  const sharedPenalty = matrix(size, size)
  addDiagonalInPlace(sharedPenalty.data, sharedPenalties, outputs)
  const sharedOf = (deviations: Float64Array): Float64Array => deviations.subarray(0, size)
  const ownOf = (deviations: Float64Array, t: number): Float64Array =>
    deviations.subarray((t + 1) * size, (t + 2) * size)
  const coefficients = (deviations: Float64Array): Float64Array[] => {
    const shared = addTo(centre, sharedOf(deviations))
    return [...tasks.map((_, t) => addTo(shared, ownOf(deviations, t))), shared]
  }
  const valueAt = (deviations: Float64Array): number => {
    const own = coefficients(deviations)
    const losses = tasks.map(
      (task, t) => logLoss(task, own[t]) + penaltyOf(ownOf(deviations, t), penalties, 1),
    )
    return sum(losses) + penaltyOf(sharedOf(deviations), sharedPenalties, outputs)
  }

  return {
    start: startOf((tasks.length + 1) * size),
    coefficients,
    step({ deviations }) {
      const own = coefficients(deviations)
      const gradient = new Float64Array(deviations.length)
      const shared = sharedOf(gradient)
      let objective = penaltyOf(sharedOf(deviations), sharedPenalties, outputs)
      let steepness = 0
      tasks.forEach((task, t) => {
        const slopes = ownOf(gradient, t)
        hessians[t].fill(0)
        objective += expandLogLossInPlace(task, own[t], slopes, hessians[t])
        objective += penaltyOf(ownOf(deviations, t), penalties, 1)
        addInPlace(shared, slopes)
        addPenaltyInPlace(slopes, ownOf(deviations, t), penalties, 1)
        steepness = Math.max(steepness, largest(slopes) / rows[t])
      })
      addPenaltyInPlace(shared, sharedOf(deviations), sharedPenalties, outputs)
      steepness = Math.max(steepness, largest(shared) / sum(rows))
      if (steepness <= gradientTolerance) return { deviations, objective, gradient: steepness, done: true }

      // As least squares with r_t = -(g_t + D v_t); what u's equation lacks then is sum_t D v_t - D_0 u.
      const moments = gradient.subarray(size).map((g) => -g)
      const pull = shared.map((g) => -g)
      tasks.forEach((_, t) => addInPlace(pull, ownOf(gradient, t)))
      const solution = solveArrow({ gramians: hessians, moments, penalties, sharedPenalty, pull })
      const direction = new Float64Array(deviations.length)
      direction.set(solution.shared)
      direction.set(solution.deviations, size)
      const slope = sum(gradient.map((g, j) => g * direction[j]))
      return { ...descend(valueAt, deviations, objective, direction, slope), gradient: steepness }
    },
  }
}

/** A step must lower the objective by this share of what its slope promises (Armijo, 1966). */
const leastGain = 1e-4
/** A change of at most this share of the objective is rounding. */
const rounding = 1e-14
/** Halvings after which a step is no step. */
const maxHalvings = 40

/** Along the direction, the whole step or as many halves as it takes to lower the objective. */
function descend(
  valueAt: (deviations: Float64Array) => number,
  deviations: Float64Array,
  objective: number,
  direction: Float64Array,
  slope: number,
): Omit<NewtonState, 'gradient'> {
  let length = 1
  for (let halvings = 0; halvings < maxHalvings; halvings++) {
    const next = deviations.map((value, j) => value + length * direction[j])
    const value = valueAt(next)
    if (value <= objective + leastGain * length * slope + rounding * Math.abs(objective))
      return { deviations: next, objective: value, done: false }
    length /= 2
  }
  return { deviations, objective, done: true }
}

function startOf(size: number): NewtonState {
  return { deviations: new Float64Array(size), objective: Number.MAX_VALUE, gradient: Infinity, done: false }
}

/*
 * Of several classes the loss knows differences of scores alone, so that the sum of their intercepts is free: half its
 * square is added, which is 0 at the minimum and changes no prediction.
 */

function penaltyOf(deviations: Float64Array, penalties: Float64Array, outputs: number): number {
  const squares = sum(deviations.map((value, j) => penalties[j] * value * value))
  return (squares + (outputs > 1 ? interceptsOf(deviations, outputs) ** 2 : 0)) / 2
}

function addPenaltyInPlace(
  gradient: Float64Array,
  deviations: Float64Array,
  penalties: Float64Array,
  outputs: number,
): void {
  for (let j = 0; j < gradient.length; j++) gradient[j] += penalties[j] * deviations[j]
  if (outputs === 1) return
  const total = interceptsOf(deviations, outputs)
  for (let at = 0; at < gradient.length; at += gradient.length / outputs) gradient[at] += total
}

function addDiagonalInPlace(hessian: Float64Array, penalties: Float64Array, outputs: number): void {
  const size = penalties.length
  for (let j = 0; j < size; j++) hessian[j * (size + 1)] += penalties[j]
  if (outputs === 1) return
  const every = size / outputs
  for (let i = 0; i < size; i += every) for (let j = 0; j < size; j += every) hessian[i * size + j] += 1
}

function interceptsOf(deviations: Float64Array, outputs: number): number {
  let total = 0
  for (let at = 0; at < deviations.length; at += deviations.length / outputs) total += deviations[at]
  return total
}

function addTo(centre: Float64Array, deviations: Float64Array): Float64Array {
  return centre.map((value, j) => value + deviations[j])
}

function addInPlace(total: Float64Array, values: Float64Array): void {
  for (let j = 0; j < total.length; j++) total[j] += values[j]
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** Where parts of these sizes, one after the other, end. */
function endsOf(sizes: readonly number[]): number[] {
  let end = 0
  return sizes.map((size) => (end += size))
}
