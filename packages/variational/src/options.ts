import { checkNumber, checkOneOf, withDefaults } from '@mtl/core'
import type { MixtureRule, NumberLimits } from '@mtl/core'

export interface VariationalOptions {
  /**
   * How the other tasks' posteriors become a prior. Default 'auto': 'match' or 'spread', whichever has the lower held-out log loss in
   * `folds` folds of the training rows: distinct groups want 'match', near-copies with few rows 'spread'.
   */
  readonly priorRule?: 'auto' | MixtureRule
  /** Of 'auto'; default 3. */
  readonly folds?: number
  /**
   * How often posteriors become priors; default 3. 1 is tasks on their own; with many a task meets its own rows again
   * in what the others learnt of it, and grows too sure.
   */
  readonly outerSteps?: number
  /** 'prior' (default): N(0, priorVariance) is a component of every prior, so that a task may refuse all others. */
  readonly anchor?: 'prior' | 'none'
  /**
   * Pseudo-count of the mixing weights, over all components; default 1. With 0, as in the paper, they run into a corner.
   */
  readonly concentration?: number
  /**
   * Added to the variances of the other tasks' posteriors; default 0. 0.05 to 0.2, or 'learn', against too much
   * confidence by 'log-sum-exp' and 'convex'.
   */
  readonly transferVariance?: number | 'learn'
  /**
   * Of a weight before any task is seen, inputs standardised: a number; or 'learn', that under which the tasks, each on its own, have the
   * largest sum of bounds, below 1 for many weak inputs. 'auto' (default) is either 1 or 'learn', chosen together with the rule; by a rule
   * that is given it is 1.
   */
  readonly priorVariance?: 'auto' | 'learn' | number
  /** Weight of the divergence from the prior; default 1. Below it the prior is tempered. */
  readonly divergenceWeight?: number
  /** Of residuals, in scaled units: 'learn' (default), by task, or a number. */
  readonly noiseVariance?: 'learn' | number
  /** Rows of variance 1 that are added to each task's residuals; default 1, so that a task of one row has a finite noise. */
  readonly noisePseudoRows?: number
  /** Gauss-Hermite nodes of two classes; default 32. */
  readonly quadratureNodes?: number
  /** Components of a task's prior where there are more than 200 tasks: the nearest ones; default 20. */
  readonly neighbours?: number
  /** Sweeps of each task in an outer step; default 200. */
  readonly maxSteps?: number
  /** A task stops at a gain of its bound below this, relative; default 1e-8. */
  readonly tolerance?: number
}

/** The options in force. */
export type Settings = Required<VariationalOptions>

const defaults: Settings = {
  priorRule: 'auto',
  folds: 3,
  outerSteps: 3,
  anchor: 'prior',
  concentration: 1,
  transferVariance: 0,
  priorVariance: 'auto',
  divergenceWeight: 1,
  noiseVariance: 'learn',
  noisePseudoRows: 1,
  quadratureNodes: 32,
  neighbours: 20,
  maxSteps: 200,
  tolerance: 1e-8,
}

const limits = {
  folds: { min: 2, integer: true },
  outerSteps: { min: 1, max: 100, integer: true },
  concentration: { min: 0, below: Infinity },
  transferVariance: { min: 0, below: Infinity },
  priorVariance: { above: 0, below: Infinity },
  divergenceWeight: { above: 0, below: Infinity },
  noiseVariance: { above: 0, below: Infinity },
  noisePseudoRows: { min: 0, below: Infinity },
  quadratureNodes: { min: 4, max: 100, integer: true },
  neighbours: { min: 1, integer: true },
  maxSteps: { min: 1, integer: true },
  tolerance: { min: 0, below: Infinity },
} as const satisfies Readonly<Partial<Record<keyof Settings, NumberLimits>>>

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function settingsOf(options: VariationalOptions): Settings {
  const settings = withDefaults(defaults, options)
  checkOneOf('priorRule', settings.priorRule, ['auto', 'match', 'spread', 'convex', 'log-sum-exp', 'linear'])
  checkOneOf('anchor', settings.anchor, ['prior', 'none'])
  for (const [option, range] of Object.entries(limits)) {
    const value = settings[option as keyof typeof limits]
    if (value === 'learn' && learnable.has(option)) continue
    if (value === 'auto' && option === 'priorVariance') continue
    checkNumber(option, value as number, range)
  }
  return settings
}

const learnable = new Set(['transferVariance', 'priorVariance', 'noiseVariance'])
