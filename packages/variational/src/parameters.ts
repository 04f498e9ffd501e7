import { matrix } from '@mtl/core'
import type { Matrix, MixtureRule, TaskInfo } from '@mtl/core'
import type { OuterFit } from './fit-outer.ts'
import type { TaskRows } from './task-rows.ts'
import type { Posterior } from './task-state.ts'
import { outputsOf } from './task-rows.ts'

/**
 * In scaled units; P = features + 1, the constant last. A task's weights are K rows: one for numbers and two classes, else one
 * for each class.
 */
export interface VariationalParameters {
  /** The one given, or chosen. */
  readonly priorRule: MixtureRule
  /** Means and standard deviations of the weights, K x P each. */
  readonly posteriors: readonly { readonly means: Matrix; readonly deviations: Matrix }[]
  /** T x (T + 1): row t is what task t takes from each task, 0 from itself, and last from the anchor. Rows sum to 1. */
  readonly relatedness: Matrix
  /** s0: of a weight before any task is seen; the one given, or learnt. */
  readonly priorVariance: number
  /** After each outer step; empty for more than 200 tasks. */
  readonly relatednessHistory: readonly Matrix[]
  /** Of residuals, by task; NaN for classes. */
  readonly noiseVariance: Float64Array
  /** What was added to the variances of the other tasks' posteriors, by task. */
  readonly transferVariance: Float64Array
  /** Positions of the tasks with labelled rows: those that others learn of. */
  readonly teachers: Int32Array
  /** By outer step. */
  readonly outer: readonly OuterRecord[]
  /** Of 'auto', where there was a choice. */
  readonly choice?: RuleChoice
}

/** Each by task. */
export interface OuterRecord {
  /** Evidence lower bound: logLikelihood - divergenceWeight * divergence. */
  readonly bound: Float64Array
  readonly logLikelihood: Float64Array
  readonly divergence: Float64Array
  readonly sweeps: Int32Array
  /** 1 where the task stopped by its own test. */
  readonly converged: Uint8Array
}

/** Held-out log loss of a row (of numbers: minus the log density, in scaled units) by rule, and its standard error over folds. */
export interface RuleChoice {
  readonly rules: readonly MixtureRule[]
  /** Of each of them; what 'learn' came to in the end is the parameters' own. */
  readonly priorVariances: readonly ('learn' | number)[]
  readonly logLoss: Float64Array
  readonly standardError: Float64Array
}

/** Tasks up to which the course of relatedness is kept. */
const mostInHistory = 200

export function parametersOf(
  tasks: readonly TaskRows[],
  fits: readonly OuterFit[],
  priorRule: MixtureRule,
  divergenceWeight: number,
  choice: RuleChoice | undefined,
): VariationalParameters {
  const last = fits[fits.length - 1]
  const numeric = tasks[0].kind === 'regression'
  return {
    priorRule,
    posteriors: last.states.map(({ means, logDeviations }, t) => {
      const [rows, columns] = [tasks[t].outputs.length, tasks[t].design.columns]
      return {
        means: matrix(rows, columns, means),
        deviations: matrix(rows, columns, logDeviations.map(Math.exp)),
      }
    }),
    priorVariance: last.priorVariance,
    relatedness: relatednessOf(last),
    relatednessHistory: tasks.length > mostInHistory ? [] : fits.map(relatednessOf),
    noiseVariance: Float64Array.from(last.states, (state) => (numeric ? state.noiseVariance : NaN)),
    transferVariance: Float64Array.from(last.states, (state) => state.transferVariance),
    teachers: Int32Array.from(tasks.keys()).filter((t) => tasks[t].teaches),
    outer: fits.map(({ states }) => ({
      bound: Float64Array.from(states, (s) => s.logLikelihood - divergenceWeight * s.divergence),
      logLikelihood: Float64Array.from(states, (s) => s.logLikelihood),
      divergence: Float64Array.from(states, (s) => s.divergence),
      sweeps: Int32Array.from(states, (s) => s.sweeps),
      converged: Uint8Array.from(states, (s) => Number(s.converged)),
    })),
    ...(choice && { choice }),
  }
}

function relatednessOf({ states, components }: OuterFit): Matrix {
  const count = states.length
  const result = matrix(count, count + 1)
  states.forEach(({ mixing }, t) => {
    components[t].forEach((task, j) => {
      result.data[t * (count + 1) + (task < 0 ? count : task)] = mixing[j]
    })
  })
  return result
}

/** The posteriors of the tasks that others learn of; of all where none has rows. */
export function teachersOf(
  parameters: VariationalParameters,
  tasks: readonly TaskInfo[],
): { readonly task: number; readonly outputs: readonly string[]; readonly posterior: Posterior }[] {
  const { teachers, posteriors, noiseVariance } = parameters
  const positions = teachers.length > 0 ? [...teachers] : [...tasks.keys()]
  return positions.map((task) => ({
    task,
    outputs: outputsOf(tasks[task]),
    posterior: {
      means: posteriors[task].means.data,
      logDeviations: posteriors[task].deviations.data.map(Math.log),
      noiseVariance: noiseVariance[task],
    },
  }))
}
