import type { Iteration } from '@mtl/core'
import { expectation, hasExactWeights, type ExpectationSums } from './expectation.ts'
import type { Layout } from './layout.ts'
import { marginalLogLikelihood, scanner, weightsLength, type Objective } from './marginal.ts'
import { maximisation, type Floors } from './maximisation.ts'
import { emptyPosteriors, type Posteriors } from './parameters.ts'
import type { Penalties } from './penalty.ts'
import type { TaskMemory } from './posterior.ts'
import type { Problem } from './problem.ts'
import { descend, firstDescent, type Descended } from './quasi-newton.ts'

/** What differs between numbers and classes. */
export interface Family {
  /** Name of the phase before the finish. */
  readonly firstPhase: 'em' | 'bound'
  /** Whether quasi-Newton steps on all parameters follow. */
  readonly finish: boolean
  /** Penalised log likelihood; its slope as well where there is a finish. */
  objective(layout: Layout, penalties: Penalties): Objective
  /** The monotone steps before the finish. */
  expectationMaximisation(
    layout: Layout,
    penalties: Penalties,
    start: Float64Array,
    steps: EmSteps,
  ): Iteration<unknown, Float64Array>
  /** Of all tasks of `problem`, by output. */
  posteriors(layout: Layout, x: Float64Array): readonly Posteriors[]
}

export interface EmSteps {
  readonly maxSteps: number
  readonly tolerance: number
  /** Whether W moves. */
  readonly weights: boolean
}

interface EmState {
  readonly x: Float64Array
  readonly sums: ExpectationSums
}

/** Steps on W alone after each update of the others, where W has no closed form. */
const weightSteps = 5

/** Numbers, with every task's weights integrated out exactly. */
export function gaussianFamily(problem: Problem, floors: Floors): Family {
  const scale = 1 / Math.max(1, problem.total)
  return {
    firstPhase: 'em',
    finish: true,
    objective: (layout, penalties) => marginalLogLikelihood(problem, layout, penalties),
    expectationMaximisation(layout, penalties, start, { maxSteps, tolerance, weights }) {
      const expect = expectation(problem, layout, penalties, weights)
      const objective = marginalLogLikelihood(problem, layout, penalties)
      const descended = { objective, scale, free: weightsLength(layout) }
      const bySlope = weights && layout.activation !== 'identity' && !hasExactWeights(layout)
      const iteration: Iteration<EmState, Float64Array> = {
        init: () => ({ x: start, sums: expect(start) }),
        step: ({ x, sums }) => {
          const updated = maximisation(problem, layout, penalties, floors, x, sums)
          const next = bySlope ? withWeights(descended, updated) : updated
          return { x: next, sums: expect(next) }
        },
        objective: ({ sums }) => -scale * sums.value,
        finish: ({ x }) => x,
        monotone: true,
        maxSteps,
        tolerance,
      }
      return iteration
    },
    posteriors: (layout, x) => {
      const result = emptyPosteriors(problem.tasks, layout)
      scanner(problem, layout).run(x, (memory, i) => copyPosterior(result, memory, layout, i))
      return [result]
    },
  }
}

/** A few quasi-Newton steps on W. */
export function withWeights(descended: Descended, x: Float64Array): Float64Array {
  let state = firstDescent(descended, x)
  for (let step = 0; step < weightSteps && !state.stalled; step++) state = descend(descended, state)
  return state.x
}

export function copyPosterior(
  { responsibilities, taskMeans, taskCovariances }: Posteriors,
  memory: TaskMemory,
  { clusters, units }: Layout,
  i: number,
): void {
  responsibilities.data.set(memory.responsibilities, i * clusters)
  taskMeans.data.set(memory.means, i * clusters * units)
  taskCovariances.data.set(memory.covariances, i * clusters * units * units)
}
