import { matrixFromRows } from '@mtl/core'
import type { TaskInfo } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { dualityGap } from './duality-gap.ts'
import { clusteredFamily } from './families/clustered.ts'
import { dirtyFamily } from './families/dirty.ts'
import { fusedLassoFamily } from './families/fused-lasso.ts'
import { graphFamily } from './families/graph-regularised.ts'
import { jointFeatureFamily } from './families/joint-feature.ts'
import { lassoFamily } from './families/lasso.ts'
import { robustTraceNormFamily } from './families/robust-trace-norm.ts'
import { robustFamily } from './families/robust.ts'
import { sparseGroupLassoFamily } from './families/sparse-group-lasso.ts'
import { temporalFamily } from './families/temporal.ts'
import { traceNormFamily } from './families/trace-norm.ts'
import degenerate from './goldens/degenerate.json' with { type: 'json' }
import logistic from './goldens/logistic.json' with { type: 'json' }
import paths from './goldens/paths.json' with { type: 'json' }
import squared from './goldens/squared.json' with { type: 'json' }
import { logisticLoss } from './logistic-loss.ts'
import type { Loss, TaskRows } from './loss.ts'
import { countFeatures, largestPenaltyOf, solverOf, type Problem } from './path.ts'
import { laplacianOf } from './relations.ts'
import { settingsOf } from './settings.ts'
import { squaredLoss } from './squared-loss.ts'
import type { Point } from './solver.ts'
import type { FamilyShape, PenaltyFamily } from './types.ts'

/** The goldens were solved to a residual of 1e-10. */
const settings = settingsOf({ tolerance: 1e-10, maxSteps: 200_000 })

interface GoldenPenalty {
  readonly kind: string
  readonly lambda?: number
  readonly ridge?: number
  readonly rho?: number
  readonly laplacian?: readonly (readonly number[])[]
  readonly lambdaSparse?: number
  readonly lambdaBlock?: number
  readonly lambdaShared?: number
  readonly lambdaOutlier?: number
  readonly lambda1?: number
  readonly lambda2?: number
  readonly groups?: readonly (readonly number[])[]
  readonly rho1?: number
  readonly rho2?: number
  readonly k?: number
}

interface Golden {
  readonly family: PenaltyFamily
  readonly penalty: number
}

/** A golden's penalty as a family, and its strength. */
function familyOf(golden: GoldenPenalty, shape: FamilyShape): Golden {
  return families[golden.kind](golden, shape)
}

const families: Readonly<Record<string, (golden: GoldenPenalty, shape: FamilyShape) => Golden>> = {
  lasso: ({ lambda = 0, ridge = 0 }) => ({ family: lassoFamily({ ridgePenalty: ridge }), penalty: lambda }),
  l21: ({ lambda = 0, ridge = 0 }) => ({
    family: jointFeatureFamily({ ridgePenalty: ridge }),
    penalty: lambda,
  }),
  trace: ({ lambda = 0 }, shape) => ({ family: traceNormFamily(shape), penalty: lambda }),
  mean: ({ rho = 0, ridge = 0 }, { tasks }) => ({
    family: graphFamily({ penalty: 0, laplacian: laplacianOf('all', false, tasks), ridgePenalty: ridge }),
    penalty: rho,
  }),
  graph: ({ rho = 0, ridge = 0, lambda = 0, laplacian = [] }) => ({
    family: graphFamily({ penalty: lambda, laplacian: matrixFromRows(laplacian), ridgePenalty: ridge }),
    penalty: rho,
  }),
  temporal: ({ rho = 0, lambda = 0 }, shape) => ({
    family: temporalFamily({ couplingPenalty: rho }, shape),
    penalty: lambda,
  }),
  fused: ({ lambda1 = 0, lambda2 = 0 }, shape) => ({
    family: fusedLassoFamily({ elementShare: lambda1 / (lambda1 + lambda2) }, shape),
    penalty: lambda1 + lambda2,
  }),
  sparseGroup: ({ lambda1 = 0, lambda2 = 0, groups = [] }, shape) => ({
    family: sparseGroupLassoFamily(
      {
        groups: groups.map((columns) => columns.map((j) => `x${j}`)),
        elementShare: lambda1 / (lambda1 + lambda2),
        // Of all tasks, with rows or without.
        groupWeights: groups.map((columns) => Math.sqrt(shape.tasks.length * columns.length)),
      },
      shape,
    ),
    penalty: lambda1 + lambda2,
  }),
  dirty: ({ lambdaSparse = 0, lambdaBlock = 0 }, shape) => ({
    family: dirtyFamily({ blockRatio: lambdaBlock / lambdaSparse }, shape),
    penalty: lambdaSparse,
  }),
  robust: ({ lambdaShared = 0, lambdaOutlier = 0 }, shape) => ({
    family: robustFamily({ outlierRatio: lambdaOutlier / lambdaShared }, shape),
    penalty: lambdaShared,
  }),
  robustTrace: ({ lambdaShared = 0, lambdaOutlier = 0 }, shape) => ({
    family: robustTraceNormFamily({ outlierRatio: lambdaOutlier / lambdaShared }, shape),
    penalty: lambdaShared,
  }),
  clustered: ({ rho1 = 0, rho2 = 0, k = 0 }, shape) => ({
    family: clusteredFamily({ clusters: k, withinRatio: rho2 / rho1 }, shape),
    penalty: rho1,
  }),
}

interface GoldenTask {
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
}

function shapeOf(tasks: readonly GoldenTask[]): FamilyShape {
  const features = tasks[0].X[0].map((_, j) => ({ name: `x${j}`, column: `x${j}` }))
  return {
    labelled: tasks.filter(({ y }) => y.length > 0).length,
    tasks: tasks.map(
      (_, t): TaskInfo => ({ name: `task ${t}`, kind: 'regression', target: 'y', classes: [], features }),
    ),
  }
}

function lossOf(tasks: readonly GoldenTask[], kind: string): Loss {
  const columns = tasks[0].X[0].length
  const rows = tasks.map(
    ({ X, y }): TaskRows => ({
      inputs: matrixFromRows(X, columns),
      targets: Float64Array.from(y),
      weights: new Float64Array(y.length).fill(1),
    }),
  )
  return kind === 'squared' ? squaredLoss(rows, settings) : logisticLoss(rows, settings)
}

function problemWith(loss: Loss, family: PenaltyFamily): Problem {
  return { loss, family, solve: solverOf(loss, family, settings) }
}

describe.each([
  // Tolerances of the weights are those of the goldens: of more features than rows the minimum is flat.
  { set: squared, tolerance: 1e-6 },
  { set: logistic, tolerance: 1e-6 },
  { set: degenerate, tolerance: 1e-5 },
])('regularised problems "$set.name" agree with an independent program:', ({ set, tolerance }) => {
  const shape = shapeOf(set.tasks)
  const loss = lossOf(set.tasks, set.loss)

  it.each(set.runs.map((run) => ({ ...run, title: run.id })))('$title', (run) => {
    const { family, penalty } = familyOf(run.penalty, shape)
    const problem = problemWith(loss, family)
    const solution = problem.solve(penalty)
    expect(solution.residual).toBeLessThanOrEqual(1e-10)
    expect(Math.abs(solution.objective - run.objective)).toBeLessThanOrEqual(1e-9 * run.objective)
    near(solution.weights.data, run.W.flat(), tolerance)
    near(loss.interceptsOf(solution.weights.data, solution.intercepts), run.b, 10 * tolerance)
    const largest = [run.lambdaMax].flat()
    if (family.parts === 1 && largest[0] !== undefined)
      expect(Math.abs(largestPenaltyOf(problem) / largest[0] - 1)).toBeLessThanOrEqual(1e-9)
    if ('dualityGap' in run && run.dualityGap !== undefined) {
      const gap = dualityGap(problem, solution, penalty)
      // Rounding of an objective near 1; the golden's gaps are below 2e-9.
      expect(gap).toBeGreaterThanOrEqual(-1e-14)
      expect(gap).toBeLessThanOrEqual(2e-9)
    }
  })
})

describe.each(paths.paths)('the path of $kind', (path) => {
  const shape = shapeOf(paths.tasks)
  const loss = lossOf(paths.tasks, paths.loss)
  const { family } = familyOf({ kind: path.kind }, shape)
  const problem = problemWith(loss, family)

  it('agrees with an independent program, and is shorter from the penalty before', () => {
    let point: Point | undefined
    let [warm, cold] = [0, 0]
    path.lambdas.forEach((penalty, k) => {
      const solution = problem.solve(penalty, point)
      near(solution.weights.data, path.W[k].flat(), 1e-6)
      // At the smallest penalty that leaves nothing rounding decides what is left; exactly there it is nothing.
      const { nonzero, features } = k === 0 ? { nonzero: 0, features: 0 } : countsOf(path, k)
      expect(solution.weights.data.filter((value) => value !== 0).length).toBe(nonzero)
      expect(countFeatures(solution.weights)).toBe(features)
      warm += solution.steps
      cold += problem.solve(penalty).steps
      point = solution
    })
    expect(warm).toBeLessThan(cold)
  })

  it('starts at the smallest penalty that leaves nothing', () => {
    const largest = largestPenaltyOf(problem)
    expect(Math.abs(largest / path.lambdaMax - 1)).toBeLessThanOrEqual(1e-12)
    expect(countFeatures(problem.solve(largest * (1 + 1e-9)).weights)).toBe(0)
    expect(countFeatures(problem.solve(0.99 * largest).weights)).toBeGreaterThan(0)
  })
})

function countsOf(
  { nonzero, nonzeroColumns }: (typeof paths.paths)[number],
  k: number,
): { readonly nonzero: number; readonly features: number } {
  return { nonzero: nonzero[k], features: nonzeroColumns[k] }
}

function near(found: Float64Array, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length)
  found.forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThanOrEqual(tolerance))
}
