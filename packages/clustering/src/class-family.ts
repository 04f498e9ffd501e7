import type { Iteration } from '@mtl/core'
import { boundScan } from './bound.ts'
import { addPriorSums, emptySums, type ExpectationSums } from './expectation.ts'
import { copyPosterior, withWeights, type EmSteps, type Family } from './family.ts'
import { laplaceEvidence } from './laplace-evidence.ts'
import { laplaceScan } from './laplace.ts'
import type { Layout } from './layout.ts'
import { weightsLength, type Objective } from './marginal.ts'
import { maximisation, type Floors } from './maximisation.ts'
import { emptyPosteriors } from './parameters.ts'
import { addPenalties, type Penalties } from './penalty.ts'
import type { Problem } from './problem.ts'

/** Two classes, or each of several against the rest. The bound leads to where Laplace's method goes on from. */
export function laplaceFamily(problem: Problem, floors: Floors): Family {
  return {
    firstPhase: 'bound',
    finish: true,
    objective: (layout, penalties) => laplaceEvidence(problem, layout, penalties),
    expectationMaximisation: (layout, penalties, start, steps) =>
      boundAscent(problem, floors, layout, penalties, start, steps),
    posteriors: (layout, x) => {
      const scan = laplaceScan(problem, layout)
      return problem.targets.map((_, o) => {
        const result = emptyPosteriors(problem.tasks, layout)
        scan.run(x, o, (memory, i) => copyPosterior(result, memory, layout, i))
        return result
      })
    },
  }
}

/** By the bound alone. */
export function boundFamily(problem: Problem, floors: Floors): Family {
  return {
    firstPhase: 'bound',
    finish: false,
    objective: (layout, penalties) => tightestBound(problem, layout, penalties),
    expectationMaximisation: (layout, penalties, start, steps) =>
      boundAscent(problem, floors, layout, penalties, start, steps),
    posteriors: (layout, x) => {
      const scan = boundScan(problem, layout)
      return problem.targets.map((_, o) => {
        const result = emptyPosteriors(problem.tasks, layout)
        scan.run(x, o, tightestXi(problem, layout, x, o).xi, undefined, (memory, i) =>
          copyPosterior(result, memory, layout, i),
        )
        return result
      })
    },
  }
}

function tightestBound(problem: Problem, layout: Layout, penalties: Penalties): Objective {
  return (x) =>
    problem.targets.reduce((sum, _, o) => sum + tightestXi(problem, layout, x, o).value, 0) +
    addPenalties(layout, penalties, x)
}

const maxTightenings = 200
const tightness = 1e-12

/** The xi at which the bound is highest: those that the posteriors give, which they give themselves. */
function tightestXi(
  problem: Problem,
  layout: Layout,
  x: Float64Array,
  output: number,
): { readonly xi: Float64Array; readonly value: number } {
  const scan = boundScan(problem, layout)
  let xi = firstXi(problem, layout)
  let value = -Infinity
  for (let pass = 0; pass < maxTightenings; pass++) {
    const next = new Float64Array(xi.length)
    const reached = scan.run(x, output, xi, next)
    const gain = reached - value
    value = reached
    if (gain < tightness * Math.abs(value)) break
    xi = next
  }
  return { xi, value }
}

function firstXi({ weights }: Problem, { clusters }: Layout): Float64Array {
  return new Float64Array(weights.length * clusters).fill(1)
}

interface BoundState {
  readonly x: Float64Array
  readonly sums: ExpectationSums
  /** By output, the best for the posteriors that the sums were taken with. */
  readonly next: readonly Float64Array[]
}

/** Monotone in the bound: priors, gates and xi from one posterior; then W, with xi held. */
export function boundAscent(
  problem: Problem,
  floors: Floors,
  layout: Layout,
  penalties: Penalties,
  start: Float64Array,
  { maxSteps, tolerance, weights }: EmSteps,
): Iteration<BoundState, Float64Array> {
  const scan = boundScan(problem, layout)
  const scale = 1 / Math.max(1, problem.total)
  const none = new Float64Array(0)

  function expect(x: Float64Array, xi: readonly Float64Array[]): BoundState {
    const next = xi.map(({ length }) => new Float64Array(length))
    const priors = xi.map(() => emptySums(problem, layout))
    let value = addPenalties(layout, penalties, x)
    for (let o = 0; o < layout.outputs; o++)
      value += scan.run(x, o, xi[o], next[o], (memory, i) =>
        addPriorSums(priors[o], memory, problem, layout, i),
      )
    return { x, next, sums: { value, priors, residual: NaN, weightSlope: none, weightCurvature: none } }
  }

  const moving = (xi: readonly Float64Array[]): Objective => boundAt(problem, layout, penalties, xi)
  return {
    init: () =>
      expect(
        start,
        Array.from({ length: layout.outputs }, () => firstXi(problem, layout)),
      ),
    step: ({ x, sums, next }) => {
      const updated = maximisation(problem, layout, penalties, floors, x, sums)
      const free = weightsLength(layout)
      const moved =
        weights && free > 0 ? withWeights({ objective: moving(next), scale, free }, updated) : updated
      return expect(moved, next)
    },
    objective: ({ sums }) => -scale * sums.value,
    finish: ({ x }) => x,
    monotone: true,
    maxSteps,
    tolerance,
  }
}

/** The bound at these xi, and its slope in W. */
export function boundAt(
  problem: Problem,
  layout: Layout,
  penalties: Penalties,
  xi: readonly Float64Array[],
): Objective {
  const scan = boundScan(problem, layout)
  return (x, slope) => {
    slope?.fill(0)
    let value = addPenalties(layout, penalties, x)
    for (let o = 0; o < layout.outputs; o++)
      value += scan.run(
        x,
        o,
        xi[o],
        undefined,
        slope && ((memory, i) => scan.addWeightSlope(memory, o, i, xi[o], slope)),
      )
    return value
  }
}
