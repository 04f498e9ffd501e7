import type { Iteration } from '@mtl/core'
import { componentsOf } from './components.ts'
import { firstNoise, taskAscent, type AscentSettings } from './task-ascent.ts'
import type { TaskRows } from './task-rows.ts'
import { unseenPosterior, type TaskState } from './task-state.ts'

/** Where learning the prior's variance stands: tasks on their own, under a prior that they have in common. */
export interface PriorState {
  readonly priorVariance: number
  readonly tasks: readonly TaskState[]
  /** Relative change of the variance by the last step. */
  readonly change: number
}

const first = 1
/** Where rows say little the steps are small and many: enough is known before they end. */
const mostSteps = 20
const sweepsOfStep = 5
const leastChange = 0.02
const leastVariance = 1e-4

/**
 * Empirical Bayes: the variance s of N(0, s I) under which the tasks' bounds sum to most. A step is a few sweeps of each task, then
 * s = mean of mu^2 + sigma^2 over all weights of tasks with rows: its maximum, so the sum of bounds never falls.
 */
export function learntPriorVariance(
  all: readonly TaskRows[],
  settings: Omit<AscentSettings, 'priorVariance'>,
): Iteration<PriorState, number> {
  const tasks = all.filter(({ total }) => total > 0)
  return {
    maxSteps: mostSteps,
    init: () => ({ priorVariance: first, tasks: [], change: 1 }),
    step({ priorVariance, tasks: before }) {
      const under = { ...settings, priorVariance }
      const states = tasks.map((task, t) => {
        const columns = task.design.columns
        const ascent = taskAscent(task, componentsOf(task.outputs, [], columns, under), under)
        let state = ascent.begin(
          before[t] ?? unseenPosterior(task.outputs.length * columns, priorVariance, firstNoise(settings)),
        )
        while (!state.converged && state.sweeps < sweepsOfStep) state = ascent.sweep(state)
        return state
      })
      const next = meanSquare(states) ?? priorVariance
      return {
        priorVariance: Math.max(leastVariance, next),
        tasks: states,
        change: Math.abs(next - priorVariance) / priorVariance,
      }
    },
    objective: ({ tasks: states }) => states.reduce((sum, { objective }) => sum - objective, 0),
    done: ({ change }) => change < leastChange,
    finish: ({ priorVariance }) => priorVariance,
    monotone: true,
    report: ({ priorVariance }) => ({ priorVariance }),
  }
}

/** E w^2 over all weights. */
function meanSquare(states: readonly TaskState[]): number | undefined {
  let [sum, count] = [0, 0]
  for (const { means, logDeviations } of states) {
    for (let d = 0; d < means.length; d++) sum += means[d] ** 2 + Math.exp(2 * logDeviations[d])
    count += means.length
  }
  return count > 0 ? sum / count : undefined
}
