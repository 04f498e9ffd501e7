/**
 * Newton's method with step halving on penalised log losses, which are convex. Coefficients are a centre, the
 * logarithms of the pooled class shares as intercepts, and deviations from it, which are what is penalised.
 */
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/in-place.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Iteration } from '../training/types.ts'
import { factoriseArrow } from './arrow.ts'
import { addGradientInPlace, addHessianInPlace, logLoss, type ClassRows } from './log-loss.ts'
import { largest, maxSteps, newtonStep, solveRoughly, type Convex, type NewtonState } from './convex.ts'
import { outputsOf } from './outputs.ts'
import { sum } from './statistics.ts'

export interface Newton {
  readonly start: NewtonState
  readonly step: (state: NewtonState) => NewtonState
  /** The minimum to about 1e-8 from these deviations, or from the start: enough to judge by held-out rows. */
  solve(deviations?: Float64Array): Float64Array
  /** Coefficients of each task; last those of the shared part, where there is one. */
  coefficients(deviations: Float64Array): readonly Float64Array[]
}

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
  const convex = problems.map(ownConvex)
  const start = startOf(ends.at(-1) ?? 0)
  const partOf = (deviations: Float64Array, t: number): Float64Array =>
    deviations.subarray(ends[t] - problems[t].centre.length, ends[t])

  return {
    start,
    step({ deviations }) {
      const next = deviations.slice()
      const states = convex.map((own, t) => {
        const state = newtonStep(own, partOf(deviations, t))
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
    solve(from = start.deviations) {
      const solution = from.slice()
      convex.forEach((own, t) =>
        partOf(solution, t).set(solveRoughly(own, problems[t].centre.length, partOf(from, t))),
      )
      return solution
    },
    coefficients: (deviations) => problems.map(({ centre }, t) => addTo(centre, partOf(deviations, t))),
  }
}

function ownConvex({ rows, centre, penalties }: OwnProblem): Convex {
  const size = centre.length
  const outputs = outputsOf(rows)
  const total = 1 + sum(rows.weights)
  return {
    valueAt: (at) => logLoss(rows, addTo(centre, at)) + penaltyOf(at, penalties, outputs),
    slopesAt(at) {
      const gradient = new Float64Array(size)
      const loss = addGradientInPlace(rows, addTo(centre, at), gradient)
      addPenaltyInPlace(gradient, at, penalties, outputs)
      const objective = loss + penaltyOf(at, penalties, outputs)
      return { objective, gradient, steepness: largest(gradient) / total }
    },
    factorise(at) {
      const hessian = new Float64Array(size * size)
      addHessianInPlace(rows, addTo(centre, at), hessian)
      addDiagonalInPlace(hessian, penalties, outputs)
      choleskyInPlace(hessian, size)
      return (gradient) => {
        const direction = gradient.map((g) => -g)
        solveLowerInPlace(hessian, size, direction)
        solveLowerTransposedInPlace(hessian, size, direction)
        return direction
      }
    },
  }
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
export function arrowNewton(problem: SharedProblem): Newton {
  const { tasks, centre } = problem
  const size = centre.length
  const start = startOf((tasks.length + 1) * size)
  const convex = sharedConvex(problem)
  return {
    start,
    step: ({ deviations }) => newtonStep(convex, deviations),
    solve: (from = start.deviations) => solveRoughly(convex, size, from),
    coefficients: (deviations) => ownAndShared(problem, deviations),
  }
}

/** Of each task, then of the shared part, whose deviations come first. */
function ownAndShared({ tasks, centre }: SharedProblem, deviations: Float64Array): Float64Array[] {
  const size = centre.length
  const shared = addTo(centre, deviations.subarray(0, size))
  return [...tasks.map((_, t) => addTo(shared, blockOf(deviations, size, t))), shared]
}

/** Deviations, or slopes, of task t. */
function blockOf(deviations: Float64Array, size: number, t: number): Float64Array {
  return deviations.subarray((t + 1) * size, (t + 2) * size)
}

function sharedConvex(problem: SharedProblem): Convex {
  const { tasks, centre, penalties, sharedPenalties } = problem
  const size = centre.length
  const outputs = outputsOf(tasks[0])
  const rows = tasks.map(({ weights }) => 1 + sum(weights))
  const allRows = sum(rows)
  const sharedPenalty = matrix(size, size)
  addDiagonalInPlace(sharedPenalty.data, sharedPenalties, outputs)
  const ownPenalty = (at: Float64Array, t: number): number => penaltyOf(blockOf(at, size, t), penalties, 1)
  const hessians = tasks.map(() => new Float64Array(size * size))

  return {
    valueAt(at) {
      const own = ownAndShared(problem, at)
      const losses = tasks.map((task, t) => logLoss(task, own[t]) + ownPenalty(at, t))
      return sum(losses) + penaltyOf(at.subarray(0, size), sharedPenalties, outputs)
    },
    slopesAt(at) {
      const own = ownAndShared(problem, at)
      const gradient = new Float64Array(at.length)
      const shared = gradient.subarray(0, size)
      let objective = penaltyOf(at.subarray(0, size), sharedPenalties, outputs)
      let steepness = 0
      tasks.forEach((task, t) => {
        const slopes = blockOf(gradient, size, t)
        objective += addGradientInPlace(task, own[t], slopes) + ownPenalty(at, t)
        addInPlace(shared, slopes)
        addPenaltyInPlace(slopes, blockOf(at, size, t), penalties, 1)
        steepness = Math.max(steepness, largest(slopes) / rows[t])
      })
      addPenaltyInPlace(shared, at.subarray(0, size), sharedPenalties, outputs)
      return { objective, gradient, steepness: Math.max(steepness, largest(shared) / allRows) }
    },
    factorise(at) {
      const own = ownAndShared(problem, at)
      tasks.forEach((task, t) => {
        hessians[t].fill(0)
        addHessianInPlace(task, own[t], hessians[t])
      })
      const arrow = factoriseArrow({ gramians: hessians, penalties, sharedPenalty })
      return (gradient) => {
        // As least squares with r_t = -(g_t + D v_t); what u's equation lacks then is sum_t D v_t - D_0 u.
        const moments = gradient.subarray(size).map((g) => -g)
        const pull = gradient.subarray(0, size).map((g) => -g)
        tasks.forEach((_, t) => addInPlace(pull, blockOf(gradient, size, t)))
        const solution = arrow.solve(moments, pull)
        const direction = new Float64Array(gradient.length)
        direction.set(solution.shared)
        direction.set(solution.deviations, size)
        return direction
      }
    },
  }
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

/** Where parts of these sizes, one after the other, end. */
function endsOf(sizes: readonly number[]): number[] {
  let end = 0
  return sizes.map((size) => (end += size))
}
