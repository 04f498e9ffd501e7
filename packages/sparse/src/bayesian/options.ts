import { check, checkNumber } from '@mtl/core'
import type { LearnScale } from './learn-scale.ts'
import { precisionLaw } from './priors.ts'
import type { GroupPrior } from './priors.ts'

export interface SparseBayesianOptions {
  /**
   * Which features share a precision, by name; the name of a table's column stands for all features made of it. Every feature
   * stands in exactly one. Default 'single': each feature is a group of its own.
   */
  readonly groups?: 'single' | readonly (readonly string[])[]
  /** Default { kind: 'ard' }: no scale to choose. */
  readonly prior?: GroupPrior
  /** Of the constant; default 'as-features'. { kind: 'ard' } where the features' prior has an absolute scale. */
  readonly interceptPrior?: 'as-features' | GroupPrior
  /**
   * Default 'exchangeable': tasks scatter about a common vector. 'inverse-wishart' learns which tasks go together, for up to about 20 of them;
   * 'identity': tasks share the precisions alone; 'low-rank': weights about a product of `rank` factors; 'auto': exchangeable, or for up to 30
   * tasks an inverse Wishart centred at it where held-out rows are predicted better.
   */
  readonly taskCovariance?: 'exchangeable' | 'inverse-wishart' | 'identity' | 'low-rank' | 'auto'
  /** Which groups share the ratio of an exchangeable covariance: default 'shared', all; 'intercept': the constant has its own. */
  readonly ratioSets?: 'shared' | 'intercept' | 'per-group'
  /** First values of r, correlation r / (1 + r), of which the best after 20 steps goes on. Default [0.1, 1, 10]. */
  readonly ratioStarts?: readonly number[]
  /** Largest r. Default 1e4: practically one model for all tasks. */
  readonly maxRatio?: number
  /** Tasks may repel one another. Default false: no new task could follow such. */
  readonly allowNegative?: boolean
  /** Covariance of the weights within a group; 'inverse-wishart' learns one for each. Default 'identity'. */
  readonly featureCovariance?: 'identity' | 'inverse-wishart'
  /**
   * How the weights' posterior factorises: not at all, or into tasks or groups. Default 'auto': as exact as the sizes allow;
   * what ran stands in the parameters. 'kronecker' is exact for shared, complete rows with an inverse Wishart.
   */
  readonly posterior?: 'auto' | 'exact' | 'by-task' | 'by-group' | 'kronecker'
  /** Factors of 'low-rank'. Default 'auto': at most 5. */
  readonly rank?: number | 'auto'
  /** Default 'shared'; 'per-task' for tasks of 60 rows or more whose noise may differ. */
  readonly noise?: 'shared' | 'per-task'
  /** Gamma prior of 1 / noise variance. Default 1e-3 each: vague. */
  readonly noiseShape?: number
  readonly noiseRate?: number
  /** A number fixes it, in squared standard deviations of the target. Default 'learn'. */
  readonly noiseVariance?: 'learn' | number
  /** Default 'group': the constant is a group of its own, shrunk across tasks. 'free': a parameter for each task. */
  readonly intercept?: 'group' | 'free' | 'none'
  /** Learns the prior's scale, or all of it, by type II maximum likelihood. Default 'none'; sensible from 10 groups on. */
  readonly learnScale?: LearnScale
  /** Of `taskCovariance: 'auto'`. Default 'auto': as many as a middling task has rows, at most 10. */
  readonly folds?: number | 'auto'
  /** Default 500. */
  readonly maxSteps?: number
  /** Relative change of the bound at which it stops. Default 1e-6. */
  readonly tolerance?: number
}

export type SparseBayesianSettings = Required<SparseBayesianOptions>

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function settingsOf(options: SparseBayesianOptions): SparseBayesianSettings {
  const settings: SparseBayesianSettings = {
    groups: 'single',
    prior: { kind: 'ard' },
    interceptPrior: 'as-features',
    taskCovariance: 'exchangeable',
    ratioSets: 'shared',
    ratioStarts: [0.1, 1, 10],
    maxRatio: 1e4,
    allowNegative: false,
    featureCovariance: 'identity',
    posterior: 'auto',
    rank: 'auto',
    noise: 'shared',
    noiseShape: 1e-3,
    noiseRate: 1e-3,
    noiseVariance: 'learn',
    intercept: 'group',
    learnScale: 'none',
    folds: 'auto',
    maxSteps: 500,
    tolerance: 1e-6,
    ...options,
  }
  checkLiterals(settings)
  checkNumbers(settings)
  checkGroups(settings)
  precisionLaw(settings.prior, 1)
  if (settings.interceptPrior !== 'as-features') precisionLaw(settings.interceptPrior, 1)
  checkCombination(settings)
  return settings
}

const literals: Readonly<Partial<Record<keyof SparseBayesianOptions, readonly unknown[]>>> = {
  taskCovariance: ['exchangeable', 'inverse-wishart', 'identity', 'low-rank', 'auto'],
  ratioSets: ['shared', 'intercept', 'per-group'],
  featureCovariance: ['identity', 'inverse-wishart'],
  posterior: ['auto', 'exact', 'by-task', 'by-group', 'kronecker'],
  noise: ['shared', 'per-task'],
  intercept: ['group', 'free', 'none'],
  learnScale: ['none', 'scale', 'all'],
  allowNegative: [true, false],
}

function checkLiterals(settings: SparseBayesianSettings): void {
  for (const [option, allowed] of Object.entries(literals)) {
    const got = JSON.stringify(settings[option as keyof SparseBayesianOptions])
    check(
      allowed.some((literal) => JSON.stringify(literal) === got),
      'invalid-option',
      `${option} must be one of ${allowed.join(', ')}, got ${got}`,
      { option, got },
    )
  }
}

function checkNumbers(settings: SparseBayesianSettings): void {
  const { ratioStarts, rank, noiseVariance, folds } = settings
  const finite = { below: Infinity }
  check(ratioStarts.length > 0, 'invalid-option', 'ratioStarts needs one value at least, got none', {
    option: 'ratioStarts',
  })
  ratioStarts.forEach((ratio, i) =>
    checkNumber(`ratioStarts[${i}]`, ratio, { min: 0, max: settings.maxRatio }),
  )
  checkNumber('maxRatio', settings.maxRatio, { above: 0, ...finite })
  if (rank !== 'auto') checkNumber('rank', rank, { min: 1, integer: true })
  if (noiseVariance !== 'learn') checkNumber('noiseVariance', noiseVariance, { above: 0, ...finite })
  if (folds !== 'auto') checkNumber('folds', folds, { min: 2, integer: true })
  checkNumber('noiseShape', settings.noiseShape, { above: 0, ...finite })
  checkNumber('noiseRate', settings.noiseRate, { above: 0, ...finite })
  checkNumber('maxSteps', settings.maxSteps, { min: 1, integer: true })
  checkNumber('tolerance', settings.tolerance, { min: 0, ...finite })
}

function checkGroups({ groups }: SparseBayesianSettings): void {
  if (groups === 'single') return
  check(
    isListOfLists(groups),
    'invalid-option',
    `groups must be 'single' or lists of one feature name at least each`,
    { option: 'groups' },
  )
  const names = groups.flat()
  const twice = names.find((name, i) => names.indexOf(name) < i)
  check(
    twice === undefined,
    'invalid-option',
    `groups must not overlap: "${twice}" stands in two, or twice in one`,
    { option: 'groups', name: twice ?? '' },
  )
}

/** A caller by name gives any JSON. */
function isListOfLists(value: unknown): boolean {
  return Array.isArray(value) && value.every((group) => Array.isArray(group) && group.length > 0)
}

function checkCombination(settings: SparseBayesianSettings): void {
  const { learnScale, prior, posterior, taskCovariance } = settings
  const kinds = ['generalised-inverse-gaussian', 'normal-inverse-gaussian']
  const wholeFamily = kinds.includes(prior.kind)
  check(
    learnScale === 'none' || (learnScale === 'all') === wholeFamily,
    'invalid-option',
    `learnScale '${learnScale}' does not go with prior '${prior.kind}': 'all' needs one of ${kinds.join(', ')}, 'scale' one of the others`,
    { option: 'learnScale' },
  )
  check(
    posterior !== 'kronecker' || taskCovariance === 'inverse-wishart' || taskCovariance === 'auto',
    'invalid-option',
    `posterior 'kronecker' is that of taskCovariance 'inverse-wishart', not '${taskCovariance}'; leave posterior 'auto'`,
    { option: 'posterior' },
  )
}
