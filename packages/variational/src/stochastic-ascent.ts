/**
 * The paper's own algorithm on the linear model: Adam on all tasks' posteriors and mixing logits at once, the activations sampled, the
 * mixing weights drawn from a Gumbel-softmax whose temperature falls, the divergence weighed in step by step, and the priors' components
 * frozen copies of all posteriors, renewed every few steps. An iteration for `iterate`; `variational` climbs the same bound without noise.
 */
import {
  check,
  checkNumber,
  gumbelSoftmax,
  gumbelSoftmaxSlope,
  mixtureDivergence,
  sampleGumbel,
  sampleNormal,
} from '@mtl/core'
import type { Iteration, MixtureRule, RandomGenerator } from '@mtl/core'
import { adamStep, adamStart, type Moments } from './adam.ts'
import { componentsOf } from './components.ts'
import { sampledLogLikelihood } from './sampled-log-likelihood.ts'
import { taskBound } from './task-bound.ts'
import type { TaskRows } from './task-rows.ts'

export interface StochasticOptions {
  /** Default 'match'. */
  readonly priorRule?: MixtureRule
  /** Default 3000. */
  readonly maxSteps?: number
  /** Default 0.05. */
  readonly learningRate?: number
  /** Of the activations, in a step; default 1. */
  readonly samples?: number
  /** Steps over which the divergence's weight rises to 1; default 100, 0 for the whole of it at once. */
  readonly divergenceWarmUp?: number
  /** max(temperatureEnd, temperatureStart e^(-temperatureRate step)); defaults 1, 0.5, 3e-5. */
  readonly temperatureStart?: number
  readonly temperatureEnd?: number
  readonly temperatureRate?: number
  /** Steps by priors N(0, priorVariance) before the first mixture; default 1. */
  readonly ownSteps?: number
  /** Steps between copies of the posteriors; default 1, the paper's. */
  readonly refreshEvery?: number
  /** Default 1. */
  readonly priorVariance?: number
  /** log sigma at the start; default -3. */
  readonly firstLogDeviation?: number
  /** Pull of the logits towards 0; default 0.01. */
  readonly logitDecay?: number
  /** Of numbers, in scaled units; default 1. */
  readonly noiseVariance?: number
}

const defaults: Required<StochasticOptions> = {
  priorRule: 'match',
  maxSteps: 3000,
  learningRate: 0.05,
  samples: 1,
  divergenceWarmUp: 100,
  temperatureStart: 1,
  temperatureEnd: 0.5,
  temperatureRate: 3e-5,
  ownSteps: 1,
  refreshEvery: 1,
  priorVariance: 1,
  firstLogDeviation: -3,
  logitDecay: 0.01,
  noiseVariance: 1,
}

/** Noise of one step for one task: Gumbel for each component, standard normal for each activation, S x N x K. */
export interface Draws {
  readonly gumbel: Float64Array
  readonly activations: Float64Array
}

/** Of a task: mu (D), rho (D), and a logit for each other task, in their order; one at least. */
export interface StochasticState {
  readonly step: number
  readonly tasks: readonly Moments[]
  /** Frozen mu and rho of all tasks; none before the first mixture. */
  readonly snapshot?: readonly Float64Array[]
  readonly bound: number
  readonly course: Course
}

/** Moving means of the bound, window after window. */
export interface Course {
  readonly sum: number
  readonly count: number
  readonly before: number
  /** Windows in a row whose gain was too small. */
  readonly still: number
}

const window = 50
const leastGain = 1e-4
const mostStill = 5

/**
 * Stops when the mean bound of 50 steps gained less than 1e-4 of itself five times in a row.
 * @param draws noise of a step and task, for tests; default: from the step's generator
 * @throws MtlError 'invalid-option'; in a step 'not-finite'
 */
export function stochasticAscent(
  tasks: readonly TaskRows[],
  options: StochasticOptions = {},
  draws?: (step: number, task: number) => Draws,
): Iteration<StochasticState, StochasticState> {
  const settings = { ...defaults, ...options }
  checkSettings(settings)
  const { ownSteps, refreshEvery, maxSteps } = settings
  const sizeOf = ({ outputs, design }: TaskRows): number => outputs.length * design.columns
  const logits = Math.max(1, tasks.length - 1)
  return {
    maxSteps,
    init: () => ({
      step: 0,
      tasks: tasks.map((task) => {
        const size = sizeOf(task)
        const start = new Float64Array(2 * size + logits)
        start.fill(settings.firstLogDeviation, size, 2 * size)
        return adamStart(start)
      }),
      bound: -Infinity,
      course: { sum: 0, count: 0, before: NaN, still: 0 },
    }),
    step(state, random) {
      const { step } = state
      const shares = step >= ownSteps && tasks.length > 1
      const renewed = state.snapshot === undefined || (step - ownSteps) % refreshEvery === 0
      const snapshot = shares && renewed ? state.tasks.map(({ values }) => values) : state.snapshot
      let bound = 0
      const next = state.tasks.map((own, t) => {
        const drawn = draws?.(step, t) ?? drawnFor(tasks[t], tasks.length, settings, random.fork(t))
        const found = slopesOf(tasks, t, own.values, shares ? snapshot : undefined, drawn, step, settings)
        bound += found.bound
        return adamStep(own, found.slope, step + 1, settings.learningRate)
      })
      const text = `the bound is ${bound} in step ${step + 1}: lower learningRate (now ${settings.learningRate}), or raise divergenceWarmUp`
      check(Number.isFinite(bound), 'not-finite', text, { step: step + 1 })
      return {
        step: step + 1,
        tasks: next,
        ...(snapshot && { snapshot }),
        bound,
        course: courseOf(state.course, bound),
      }
    },
    objective: ({ bound }) => -bound,
    finish: (state) => state,
    done: ({ course }) => course.still >= mostStill,
    report: ({ step }) => ({ temperature: temperatureAt(step, settings) }),
  }
}

/** Of a step, counted from 0. */
export function temperatureAt(
  step: number,
  settings: Pick<Required<StochasticOptions>, 'temperatureStart' | 'temperatureEnd' | 'temperatureRate'>,
): number {
  const { temperatureStart, temperatureEnd, temperatureRate } = settings
  return Math.max(temperatureEnd, temperatureStart * Math.exp(-temperatureRate * step))
}

function checkSettings(settings: Required<StochasticOptions>): void {
  const { temperatureStart, temperatureEnd, temperatureRate, samples, refreshEvery } = settings
  checkNumber('temperatureStart', temperatureStart, { above: 0, below: Infinity })
  checkNumber('temperatureEnd', temperatureEnd, { above: 0, below: Infinity })
  checkNumber('temperatureRate', temperatureRate, { min: 0, below: Infinity })
  checkNumber('samples', samples, { min: 1, integer: true })
  checkNumber('refreshEvery', refreshEvery, { min: 1, integer: true })
  checkNumber('learningRate', settings.learningRate, { above: 0, below: Infinity })
  checkNumber('priorVariance', settings.priorVariance, { above: 0, below: Infinity })
  checkNumber('noiseVariance', settings.noiseVariance, { above: 0, below: Infinity })
}

/** Slope of the bound of one task by all that it learns; that of the logits is 0 where it has no say. */
function slopesOf(
  tasks: readonly TaskRows[],
  t: number,
  values: Float64Array,
  snapshot: readonly Float64Array[] | undefined,
  { gumbel, activations }: Draws,
  step: number,
  settings: Required<StochasticOptions>,
): { readonly bound: number; readonly slope: Float64Array } {
  const task = tasks[t]
  const size = task.outputs.length * task.design.columns
  const [means, logDeviations] = [values.subarray(0, size), values.subarray(size, 2 * size)]
  const teachers = (snapshot ?? []).flatMap((frozen, i) => {
    const own = tasks[i].outputs.length * tasks[i].design.columns
    const posterior = {
      means: frozen.subarray(0, own),
      logDeviations: frozen.subarray(own, 2 * own),
      noiseVariance: settings.noiseVariance,
    }
    return i === t ? [] : [{ task: i, outputs: tasks[i].outputs, posterior }]
  })
  const { priorVariance, priorRule, divergenceWarmUp, noiseVariance, logitDecay } = settings
  const components = componentsOf(task.outputs, teachers, task.design.columns, {
    priorVariance,
    anchor: 'none',
  })
  const count = components.tasks.length
  const logits = values.subarray(2 * size, 2 * size + count)
  const temperature = temperatureAt(step, settings)
  const shared = snapshot !== undefined
  const mixing = shared ? gumbelSoftmax(logits, gumbel, temperature) : Float64Array.of(1)
  const divergence = mixtureDivergence(priorRule, components)
  divergence.weigh(mixing)
  const found = taskBound(
    task,
    means,
    logDeviations,
    divergence.slopes(means, logDeviations),
    sampledLogLikelihood(task, activations),
    {
      divergenceWeight: divergenceWarmUp === 0 ? 1 : Math.min(1, (step + 1) / divergenceWarmUp),
      noiseVariance,
    },
  )
  const slope = new Float64Array(values.length)
  slope.set(found.byMean)
  slope.set(found.byLogDeviation, size)
  if (shared)
    gumbelSoftmaxSlope(mixing, found.byWeight, temperature).forEach((value, j) => {
      slope[2 * size + j] = value - logitDecay * logits[j]
    })
  return { bound: found.bound, slope }
}

function drawnFor(
  { design, outputs }: TaskRows,
  count: number,
  { samples }: Required<StochasticOptions>,
  random: RandomGenerator,
): Draws {
  const [mixing, rows] = [random.fork('mixing'), random.fork('activations')]
  return {
    gumbel: Float64Array.from({ length: count - 1 }, () => sampleGumbel(mixing)),
    activations: Float64Array.from({ length: samples * design.rows * outputs.length }, () =>
      sampleNormal(rows),
    ),
  }
}

function courseOf({ sum, count, before, still }: Course, bound: number): Course {
  if (count + 1 < window) return { sum: sum + bound, count: count + 1, before, still }
  const mean = (sum + bound) / window
  const gained = Number.isNaN(before) || mean - before >= leastGain * Math.abs(before)
  return { sum: 0, count: 0, before: mean, still: gained ? 0 : still + 1 }
}
