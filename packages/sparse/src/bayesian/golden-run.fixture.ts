/** Runs of an independent program, with its own names of options, on the inner functions. */
import { cholesky, dataset, identity, matrix, matrixFromRows } from '@mtl/core'
import type { Iteration } from '@mtl/core'
import { ascent, firstNoisePrecision, firstState } from './ascent.ts'
import type { AscentOptions, TaskFamily } from './ascent.ts'
import { exchangeableFamily } from './exchangeable-family.ts'
import { inverseWishartFamily } from './inverse-wishart-family.ts'
import { lowRankFamily } from './low-rank-family.ts'
import { precisionLaw } from './priors.ts'
import type { GroupPrior } from './priors.ts'
import { layoutOf, prepareRows, rowStartsOf } from './problem.ts'
import type { InterceptKind, Preparation, Problem } from './problem.ts'
import type { State } from './types.ts'

export interface GoldenTask {
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
}

export interface GoldenOptions {
  readonly prior: Readonly<Record<string, unknown>>
  readonly model?: string
  readonly posterior?: string
  readonly task_cov?: string | readonly (readonly number[])[]
  readonly feat_cov?: string
  readonly K?: number
  readonly likelihood?: string
  readonly noise?: string
  readonly noise_precision?: number
  readonly intercept?: boolean | string
  readonly standardise?: boolean
  readonly learn_rate?: boolean | string
  readonly ratio_start?: readonly number[]
  readonly learn_ratio?: boolean
  readonly ratio_sets?: string
  readonly max_ratio?: number
  readonly allow_negative?: boolean
  readonly intercept_prior?: Readonly<Record<string, unknown>>
}

export interface GoldenProblem {
  readonly problem: Problem
  readonly preparation: Preparation
  /** What was taken off all inputs, and off all targets. */
  readonly inputCentres: readonly number[]
  readonly level: number
  readonly inputScales: readonly number[]
  readonly targetScale: number
}

const kinds: Readonly<Record<string, GroupPrior['kind']>> = {
  groupLaplace: 'group-laplace',
  normalGamma: 'normal-gamma',
  nig: 'normal-inverse-gaussian',
  gig: 'generalised-inverse-gaussian',
}

export function goldenPrior(prior: Readonly<Record<string, unknown>>): GroupPrior {
  const kind = prior.kind as string
  const names: Readonly<Record<string, string>> = {
    nu: 'degrees',
    scale2: 'scale',
    a: 'shape',
    b: 'rate',
    lambda: 'rate',
    omega: 'order',
  }
  const named = Object.entries(prior).map(([key, value]) => [names[key] ?? key, value] as const)
  return { ...Object.fromEntries(named), kind: kinds[kind] ?? kind } as GroupPrior
}

export function goldenProblem(
  tasks: readonly GoldenTask[],
  groups: readonly (readonly number[])[],
  options: GoldenOptions,
): GoldenProblem {
  const { standardise = false } = options
  const binary = options.likelihood === 'logistic'
  const form = interceptOf(options)
  const pooled = form === 'group' || (binary && form === 'free')
  const features = groups.reduce((sum, { length }) => sum + length, 0)
  const rows = tasks.flatMap(({ X }) => X)
  const labels = tasks.flatMap(({ y }) => y)
  const column = (j: number): number[] => rows.map((row) => row[j])
  const centres = Array.from({ length: features }, (_, j) => (pooled ? mean(column(j)) : 0))
  const inputScales = Array.from({ length: features }, (_, j) => (standardise ? scaleOf(column(j)) : 1))
  const level = form === 'group' && !binary ? mean(labels) : 0
  const own = (y: readonly number[]): number => (form === 'free' && y.length > 0 ? mean(y) : level)
  const targetScale =
    standardise && !binary
      ? Math.sqrt(mean(tasks.flatMap(({ y }) => y.map((value) => (value - own(y)) ** 2))))
      : 1
  const data = dataset(
    tasks.map(({ X, y }, t) => ({
      name: `task ${t}`,
      kind: binary ? ('binary' as const) : ('regression' as const),
      ...(binary && { classes: ['no', 'yes'] }),
      inputs: matrix(
        X.length,
        features,
        Float64Array.from(X.flatMap((row) => row.map((x, j) => (x - centres[j]) / inputScales[j]))),
      ),
      targets: y.map((value) => (binary ? value : (value - level) / targetScale)),
    })),
  )
  const prepared = prepareRows(data, form)
  const blocks = groups.map((group) => Int32Array.from(group))
  const layout = layoutOf(form === 'group' ? [...blocks, Int32Array.of(features)] : blocks)
  const prior = goldenPrior(options.prior)
  const ofConstant = options.intercept_prior ? goldenPrior(options.intercept_prior) : prior
  const problem: Problem = {
    kind: binary ? 'binary' : 'regression',
    tasks: prepared.tasks,
    width: prepared.width,
    groups: layout,
    freeIntercept: prepared.freeIntercept,
    labels: prepared.labels,
    logIntercepts: prepared.logIntercepts,
    priors: layout.blocks.map((block, i) =>
      precisionLaw(i === blocks.length ? ofConstant : prior, tasks.length * block.length),
    ),
    rowStarts: rowStartsOf(prepared.tasks),
  }
  return {
    problem,
    preparation: prepared,
    inputCentres: centres,
    level,
    inputScales,
    targetScale,
  }
}

function interceptOf({ intercept = true }: GoldenOptions): InterceptKind {
  if (intercept === 'group') return 'group'
  return intercept === false ? 'none' : 'free'
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function scaleOf(values: readonly number[]): number {
  const centre = mean(values)
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
  const largest = Math.max(1, ...values.map(Math.abs))
  return deviation > 1e-12 * largest ? deviation : 1
}

export function goldenAscentOptions(options: GoldenOptions): AscentOptions {
  return {
    noise: {
      kind: options.noise === 'shared' ? 'shared' : 'per-task',
      shape: 1e-3,
      rate: 1e-3,
      ...(options.noise === 'fixed' && { fixed: options.noise_precision }),
    },
    featureCovariance: options.feat_cov === 'inverseWishart' ? 'inverse-wishart' : 'identity',
    learnScale: options.learn_rate === 'all' ? 'all' : options.learn_rate ? 'scale' : 'none',
    maxSteps: 1,
    tolerance: 0,
  }
}

const posteriors: Readonly<Record<string, 'by-task' | 'by-group' | undefined>> = {
  byTask: 'by-task',
  byGroup: 'by-group',
}

/** The family of a golden whose task covariance is exchangeable, or the identity. */
export function goldenExchangeable(problem: Problem, options: GoldenOptions, ratioStart: number): TaskFamily {
  const groups = problem.groups.blocks.length
  const sets: Readonly<Record<string, number[] | undefined>> = {
    intercept: Array.from({ length: groups }, (_, i) =>
      options.intercept === 'group' && i === groups - 1 ? 1 : 0,
    ),
    perGroup: Array.from({ length: groups }, (_, i) => i),
  }
  return exchangeableFamily(problem, {
    posterior: posteriors[options.posterior ?? ''] ?? 'exact',
    ratioSets: sets[options.ratio_sets ?? ''] ?? new Array<number>(groups).fill(0),
    ratioStart,
    learnRatio: options.task_cov === 'exchangeable' && (options.learn_ratio ?? true),
    maxRatio: options.max_ratio ?? 1e4,
    allowNegative: options.allow_negative ?? false,
  })
}

export interface Run {
  readonly state: State
  readonly bounds: readonly number[]
}

/** So many sweeps at most, fewer where the bound changes by no more than `tolerance` of 1 and itself. */
export function sweeps(iteration: Iteration<State, State>, start: State, count: number, tolerance = -1): Run {
  let state = start
  const bounds: number[] = []
  for (let k = 0; k < count; k++) {
    const before = state.bound
    state = iteration.step(state, undefined as never)
    bounds.push(state.bound)
    if (Math.abs(state.bound - before) <= tolerance * (1 + Math.abs(state.bound))) break
  }
  return { state, bounds }
}

export function runFamily(problem: Problem, family: TaskFamily, options: GoldenOptions, count: number): Run {
  const settings = goldenAscentOptions(options)
  const start = firstState(problem, family, settings)
  return sweeps(ascent(problem, family, settings, start), start, count)
}

/** The family of any golden. */
export function goldenFamily(problem: Problem, options: GoldenOptions): TaskFamily {
  const count = problem.tasks.length
  const covariance = options.task_cov ?? 'inverseWishart'
  const settings = goldenAscentOptions(options)
  if (options.model === 'lowRank')
    return lowRankFamily(problem, options.K ?? 2, firstNoisePrecision(problem, settings))
  if (covariance === 'identity' || covariance === 'exchangeable')
    return goldenExchangeable(problem, options, options.ratio_start?.[0] ?? 0)
  const given = typeof covariance === 'string' ? undefined : cholesky(matrixFromRows(covariance))
  return inverseWishartFamily(problem, {
    posterior: posteriors[options.posterior ?? ''] ?? 'exact',
    centre: identity(count),
    ...(given && { fixed: { precision: given.inverse(), logDeterminant: given.logDeterminant } }),
  })
}
