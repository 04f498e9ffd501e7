import { log1pExp, matrix } from '@mtl/core'
import type { Dataset, Iteration, Matrix, Task } from '@mtl/core'
import { logisticLoss } from './logistic-loss.ts'
import { rowsOf, type Loss } from './loss.ts'
import { columnNorms } from './norms.ts'
import { quadraticSolver } from './quadratic-solver.ts'
import type { Settings } from './settings.ts'
import { proximalSolver, type Point, type Solution, type Solver } from './solver.ts'
import { squaredLoss } from './squared-loss.ts'
import type { FamilyShape, PenaltyFamily } from './types.ts'

/** A family's problem on the labelled rows of tasks of one kind. */
export interface Problem {
  readonly loss: Loss
  readonly family: PenaltyFamily
  readonly solve: Solver
}

/** `without`: rows held out, by task. */
export function problemOf(
  { tasks }: Dataset,
  family: PenaltyFamily,
  settings: Settings,
  without?: readonly Int32Array[],
): Problem {
  const rows = rowsOf(tasks, without)
  const loss = tasks[0].kind === 'regression' ? squaredLoss(rows, settings) : logisticLoss(rows, settings)
  return { loss, family, solve: solverOf(loss, family, settings) }
}

export function shapeOf({ tasks }: Dataset): FamilyShape {
  return {
    tasks,
    labelled: rowsOf(tasks).filter(({ weights }) => weights.some((weight) => weight > 0)).length,
  }
}

export function solverOf(loss: Loss, family: PenaltyFamily, settings: Settings): Solver {
  const quadratic = family.smooth?.quadratic
  return loss.squared !== undefined && quadratic !== undefined
    ? quadraticSolver(loss, loss.squared, quadratic, settings)
    : proximalSolver(loss, family, settings)
}

/** lambda_max: the smallest penalty at which W = 0 is optimal; NaN where there is none. */
export function largestPenaltyOf({ loss, family }: Problem): number {
  const gradient = matrix(loss.tasks, loss.features)
  const zero = new Float64Array(gradient.data.length)
  loss.gradientInPlace(zero, loss.startIntercepts, gradient.data, new Float64Array(loss.tasks))
  return family.largestPenalty(gradient)
}

/** Powers of ten that are tried where no penalty is the largest that matters. */
const decades = [3, 2, 1, 0, -1, -2, -3]

/** From the largest down, evenly in the logarithm. Where nothing can be learnt (0) that alone. */
export function penaltyGrid(largest: number, { pathLength, pathEnd }: Settings): Float64Array {
  if (Number.isNaN(largest)) return Float64Array.from(decades, (power) => 10 ** power)
  if (largest === 0) return Float64Array.of(0)
  return Float64Array.from({ length: pathLength }, (_, k) => largest * pathEnd ** (k / (pathLength - 1)))
}

interface PathState<Measure> {
  /** Where the next penalty starts. */
  readonly point?: Point
  readonly objective: number
  readonly report: Readonly<Record<string, number>>
  /** Of the penalties so far. */
  readonly measures: readonly Measure[]
  readonly kept?: Solution
}

export interface PathResult<Measure> {
  readonly measures: readonly Measure[]
  readonly kept?: Solution
}

/** Points of a path are judged by held-out errors and counts: so much larger may their residual be. */
const pathLooseness = 100

/** Settings by which the points of a path are solved that are not chosen. */
export function alongPath(settings: Settings): Settings {
  return { ...settings, tolerance: pathLooseness * settings.tolerance }
}

/**
 * One penalty a step, each solved from the one before; measures each solution. That of the chosen position is solved by a
 * solver of its own, and kept.
 */
export function penaltyPath<Measure>(
  solve: Solver,
  penalties: Float64Array,
  measure: (solution: Solution) => Measure,
  chosen?: { readonly position: number; readonly solve: Solver },
): Iteration<PathState<Measure>, PathResult<Measure>> {
  return {
    init: () => ({ objective: Infinity, report: {}, measures: [] }),
    step({ point, measures, kept }) {
      const position = measures.length
      const isChosen = position === chosen?.position
      const solution = (isChosen ? chosen.solve : solve)(penalties[position], point)
      const { parts, intercepts, objective, steps, residual, weights } = solution
      const now = isChosen ? solution : kept
      return {
        point: { parts, intercepts },
        objective,
        report: { penalty: penalties[position], steps, residual, features: countFeatures(weights) },
        measures: [...measures, measure(solution)],
        ...(now && { kept: now }),
      }
    },
    objective: (state) => state.objective,
    report: (state) => state.report,
    finish: ({ measures, kept }) => ({ measures, ...(kept && { kept }) }),
    done: ({ measures }) => measures.length === penalties.length,
    maxSteps: penalties.length,
  }
}

/** Features with a weight other than 0 in any task. */
export function countFeatures(weights: Matrix): number {
  return columnNorms(weights).filter((norm) => norm !== 0).length
}

export interface HeldOut {
  /** Sum over rows, by case weight. */
  readonly error: number
  readonly weight: number
}

/** Squared errors, or log losses, of the listed rows of each task. */
export function heldOutError(
  tasks: readonly Task[],
  test: readonly Int32Array[],
  weights: Matrix,
  intercepts: Float64Array,
): HeldOut {
  let error = 0
  let weight = 0
  tasks.forEach(({ kind, inputs, targets, weights: counts }, t) => {
    for (const i of test[t]) {
      if (Number.isNaN(targets[i])) continue
      let z = intercepts[t]
      for (let j = 0; j < inputs.columns; j++)
        z += inputs.data[i * inputs.columns + j] * weights.data[t * inputs.columns + j]
      const count = counts?.[i] ?? 1
      weight += count
      error += count * (kind === 'regression' ? (targets[i] - z) ** 2 : log1pExp(targets[i] === 1 ? -z : z))
    }
  })
  return { error, weight }
}
