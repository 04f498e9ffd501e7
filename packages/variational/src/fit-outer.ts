/**
 * The outer steps: in the first each task learns alone, from N(0, priorVariance); in each later one its prior is a mixture of what the
 * other tasks had learnt by the one before. Within an outer step the priors' components stand still, so tasks do not meet, and their
 * order does not matter.
 */
import { diagonalNormal, iterate, runPhases } from '@mtl/core'
import type { Iteration, RunPhase, TrainContext, Trained, Training } from '@mtl/core'
import { componentsOf, type Components, type Teacher } from './components.ts'
import { learntPriorVariance } from './prior-variance.ts'
import { firstNoise, taskAscent, type AscentSettings, type TaskAscent } from './task-ascent.ts'
import type { TaskRows } from './task-rows.ts'
import { unseenPosterior, type Posterior, type TaskState } from './task-state.ts'

export interface OuterSettings extends Omit<AscentSettings, 'priorVariance'> {
  readonly priorVariance: 'learn' | number
  readonly outerSteps: number
}

/** What came of an outer step: each task's state, and the tasks behind its mixing weights (-1: the anchor). */
export interface OuterFit {
  readonly states: readonly TaskState[]
  readonly components: readonly Int32Array[]
  /** The one given, or learnt. */
  readonly priorVariance: number
}

/** Tasks up to which every other one is a component. */
export const mostComponents = 200

/** The prior's variance, where it is learnt, and all outer steps, each a phase. One task alone has nobody to learn of: for it there is one. */
export function fitOuterSteps(
  tasks: readonly TaskRows[],
  given: OuterSettings,
  context: TrainContext,
): Training<Trained<readonly OuterFit[]>> {
  const steps = tasks.length > 1 ? given.outerSteps : 1
  const learns = given.priorVariance === 'learn'
  return runPhases(context, steps + Number(learns), async function* (run) {
    const settings = { ...given, priorVariance: yield* priorVarianceOf(tasks, given, run) }
    const fits: OuterFit[] = []
    let converged = true
    let nearest: readonly (readonly number[])[] | undefined
    let posteriors: readonly Posterior[] = tasks.map(({ outputs, design }) =>
      unseenPosterior(outputs.length * design.columns, settings.priorVariance, firstNoise(settings)),
    )
    for (let step = 1; step <= steps; step++) {
      const components = tasks.map((task, t) =>
        componentsOf(
          task.outputs,
          step > 1 ? teachersOf(tasks, posteriors, t, nearest?.[t]) : [],
          task.design.columns,
          settings,
        ),
      )
      const iteration = outerStep(tasks, components, posteriors, settings)
      const { parameters, diagnostics } = yield* run(`outer ${step}`, (inner) => iterate(iteration, inner))
      posteriors = parameters
      converged = diagnostics.converged
      fits.push({
        states: parameters,
        components: components.map((own) => own.tasks),
        priorVariance: settings.priorVariance,
      })
      if (step === 1 && tasks.length > mostComponents)
        nearest = nearestTasks(tasks, posteriors, settings.neighbours)
    }
    return { parameters: fits, converged }
  })
}

async function* priorVarianceOf(
  tasks: readonly TaskRows[],
  settings: OuterSettings,
  run: RunPhase,
): Training<number> {
  if (settings.priorVariance !== 'learn') return settings.priorVariance
  const learning = learntPriorVariance(tasks, settings)
  return (yield* run('prior variance', (inner) => iterate(learning, inner))).parameters
}

/** The other tasks that have rows, or of these the listed ones. */
function teachersOf(
  tasks: readonly TaskRows[],
  posteriors: readonly Posterior[],
  own: number,
  listed: readonly number[] = [...tasks.keys()],
): Teacher[] {
  return listed
    .filter((t) => t !== own && tasks[t].teaches)
    .map((t) => ({ task: t, outputs: tasks[t].outputs, posterior: posteriors[t] }))
}

/** A step is a sweep of every task that has not converged; the objective is minus the sum of theirs. */
function outerStep(
  tasks: readonly TaskRows[],
  components: readonly Components[],
  posteriors: readonly Posterior[],
  settings: AscentSettings,
): Iteration<readonly TaskState[], readonly TaskState[]> {
  const ascents = new Map<number, TaskAscent>()
  const ascentOf = (t: number): TaskAscent => {
    const ascent = ascents.get(t) ?? taskAscent(tasks[t], components[t], settings)
    ascents.set(t, ascent)
    return ascent
  }
  const finished = (states: readonly TaskState[]): boolean => states.every(({ converged }) => converged)
  return {
    init: () => tasks.map((_, t) => ascentOf(t).begin(posteriors[t])),
    step: (states) => states.map((state, t) => (state.converged ? state : ascentOf(t).sweep(state))),
    objective: (states) => states.reduce((sum, { objective }) => sum - objective, 0),
    finish: (states) => states,
    maxSteps: settings.maxSteps,
    done: finished,
    monotone: true,
    report: (states) => ({ tasksLeft: states.filter(({ converged }) => !converged).length }),
  }
}

/** By task: the others nearest by the divergence from their posteriors, in the order of tasks. */
function nearestTasks(
  tasks: readonly TaskRows[],
  posteriors: readonly Posterior[],
  neighbours: number,
): readonly (readonly number[])[] {
  return tasks.map((task, t) => {
    const own = diagonalNormal(
      posteriors[t].means,
      posteriors[t].logDeviations.map((value) => Math.exp(2 * value)),
    )
    const others = componentsOf(task.outputs, teachersOf(tasks, posteriors, t), task.design.columns, {
      priorVariance: 1,
      anchor: 'none',
    })
    const size = others.means.columns
    return Array.from(others.tasks, (other, j) => ({
      other,
      divergence: own.divergenceFrom({
        mean: others.means.data.subarray(j * size, (j + 1) * size),
        variance: others.variances.data.subarray(j * size, (j + 1) * size),
      }),
    }))
      .sort((a, b) => a.divergence - b.divergence)
      .slice(0, neighbours)
      .map(({ other }) => other)
      .sort((a, b) => a - b)
  })
}
