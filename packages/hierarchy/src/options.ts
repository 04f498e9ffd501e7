import { check, checkNumber, checkOneOf, withDefaults } from '@mtl/core'
import type { MergeRule } from './tree/merge.ts'

/** Where the leaves' positions come from, and by which rule pairs merge. */
export type Proposal = `${'expected' | 'point' | 'message'}/${MergeRule}`

/** What both methods of the package have. */
export interface HierarchyOptions {
  /** The user's own tree in Newick form, with 'given', and only then; its leaves are the tasks' names. Lengths absent are 1. */
  readonly tree?: string
  /** Variance of the root's weights; default 1, since inputs are scaled. */
  readonly rootVariance?: number
  /** Shape of the inverse gamma prior of a diagonal or scalar diffusion; default 1, the weakest choice. */
  readonly diffusionShape?: number
  /** One variance of the residuals, or one for each task; default 'shared'. */
  readonly noise?: 'shared' | 'per-task'
  /** First value of that variance, in scaled units; default 0.5. */
  readonly noiseStart?: number
  /** Inverse gamma prior of that variance; default 1 and 0.01, which keep it above 0 when there are fewer rows than features. */
  readonly noiseShape?: number
  readonly noiseScale?: number
  /** Trees that are tried in each step of 'single-tree'. Each wins sometimes. Above 300 tasks those of 'rate1' alone. */
  readonly proposals?: readonly Proposal[]
  /** Least wait for a merge, as a share of its mean; default 0.1. With 0 tasks may be glued together for good. */
  readonly minGap?: number
  /** The part of each branch that is the task's own, or 'learn' (default); 0 is the model of the paper. */
  readonly tipLength?: 'learn' | number
  /** First value of a tip length that is learnt; default 0.5. */
  readonly tipStart?: number
  /** Above 1,000 tasks the partners of a merge are searched among so many; default 20. */
  readonly neighbours?: number
  /** Steps on the star before the first tree of 'single-tree'. */
  readonly warmUpSteps?: number
  /** Of EM; a tree of the average takes 12. */
  readonly maxSteps?: number
  /** Relative change of the objective below which two steps in a row end the fit. */
  readonly tolerance?: number
  /** Of a class's probability: 'probit' (default), a formula, or 'quadrature', which is exact but for rounding and slower. */
  readonly approximation?: 'probit' | 'quadrature'
}

export interface LatentHierarchyOptions extends HierarchyOptions {
  /**
   * 'averaged' (default): trees of sampled weights, and the star, each with the share by which held-out rows are most probable;
   * 'single-tree': the best that is found, which overfits where tasks have few rows; 'star': all tasks alike; 'given': the user's own.
   */
  readonly structure?: 'averaged' | 'single-tree' | 'star' | 'given'
  /** Of 'averaged'; default 20. */
  readonly trees?: number
  /** Of the share of trees and star; default 5. */
  readonly folds?: number
  /** Of the diffusion; default 'full'. With few tasks and more than 10 features rather 'diagonal'. */
  readonly covariance?: 'full' | 'diagonal' | 'scalar'
  /** First value and prior mode of the diffusion's diagonal; default 0.1: weights of related tasks differ by a few tenths. */
  readonly diffusionStart?: number
  readonly diffusionScale?: number
  /** Degrees of freedom of the inverse Wishart prior of a full diffusion; 'auto' (default): D + 1. */
  readonly diffusionDegrees?: number | 'auto'
}

export interface LatentScaleHierarchyOptions extends HierarchyOptions {
  /** 'single-tree' (default), 'star' or 'given'. */
  readonly structure?: 'single-tree' | 'star' | 'given'
  /** First value and prior mode of the diffusion's diagonal; default 0.25. */
  readonly diffusionStart?: number
  readonly diffusionScale?: number
}

/** The options of latentHierarchy in force; `tree` is absent without 'given'. */
export type Settings = Required<Omit<LatentHierarchyOptions, 'tree'>> & { readonly tree?: string }

export type ScaleSettings = Required<Omit<LatentScaleHierarchyOptions, 'tree'>> & { readonly tree?: string }

const shared = {
  rootVariance: 1,
  diffusionShape: 1,
  noise: 'shared',
  noiseStart: 0.5,
  noiseShape: 1,
  noiseScale: 0.01,
  minGap: 0.1,
  tipLength: 'learn',
  tipStart: 0.5,
  neighbours: 20,
  approximation: 'probit',
} as const

const defaults: Settings = {
  ...shared,
  structure: 'averaged',
  trees: 20,
  folds: 5,
  covariance: 'full',
  diffusionStart: 0.1,
  diffusionScale: 0.1,
  diffusionDegrees: 'auto',
  proposals: ['expected/rate1', 'expected/min-duration', 'point/rate1', 'message/rate1'],
  warmUpSteps: 5,
  maxSteps: 100,
  tolerance: 1e-6,
}

const scaleDefaults: ScaleSettings = {
  ...shared,
  structure: 'single-tree',
  diffusionStart: 0.25,
  diffusionScale: 0.25,
  proposals: ['expected/rate1', 'expected/min-duration', 'message/rate1'],
  warmUpSteps: 3,
  maxSteps: 60,
  tolerance: 1e-5,
}

const limits = {
  rootVariance: { above: 0, below: Infinity },
  diffusionShape: { above: 0, below: Infinity },
  diffusionStart: { above: 0, below: Infinity },
  diffusionScale: { above: 0, below: Infinity },
  noiseStart: { above: 0, below: Infinity },
  noiseShape: { above: 0, below: Infinity },
  noiseScale: { above: 0, below: Infinity },
  minGap: { min: 0, below: Infinity },
  tipStart: { above: 0, below: Infinity },
  neighbours: { min: 1, integer: true },
  warmUpSteps: { min: 0, integer: true },
  maxSteps: { min: 1, integer: true },
  tolerance: { min: 0 },
} as const

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function settingsOf(options: LatentHierarchyOptions): Settings {
  const settings = withDefaults(defaults, options)
  checkOneOf('structure', settings.structure, ['averaged', 'single-tree', 'star', 'given'])
  checkOneOf('covariance', settings.covariance, ['full', 'diagonal', 'scalar'])
  checkNumber('trees', settings.trees, { min: 1, integer: true })
  checkNumber('folds', settings.folds, { min: 2, integer: true })
  if (settings.diffusionDegrees !== 'auto')
    checkNumber('diffusionDegrees', settings.diffusionDegrees, { above: 0, below: Infinity })
  checkShared(settings)
  return settings
}

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function scaleSettingsOf(options: LatentScaleHierarchyOptions): ScaleSettings {
  const settings = withDefaults(scaleDefaults, options)
  checkOneOf('structure', settings.structure, ['single-tree', 'star', 'given'])
  const point = settings.proposals.find((proposal) => proposal.startsWith('point/'))
  const text = `proposals of latentScaleHierarchy are 'expected/...' and 'message/...', got ${point}`
  check(point === undefined, 'invalid-option', text, { option: 'proposals' })
  checkShared(settings)
  return settings
}

function checkShared(settings: Settings | ScaleSettings): void {
  for (const name of Object.keys(limits) as (keyof typeof limits)[])
    checkNumber(name, settings[name], limits[name])
  checkOneOf('noise', settings.noise, ['shared', 'per-task'])
  checkOneOf('approximation', settings.approximation, ['probit', 'quadrature'])
  if (settings.tipLength !== 'learn')
    checkNumber('tipLength', settings.tipLength, { min: 0, below: Infinity })
  checkProposals(settings.proposals)
  const { structure, tree } = settings
  check(
    (structure === 'given') === (tree !== undefined),
    'invalid-option',
    tree === undefined
      ? "structure 'given' needs the option tree, a Newick text whose leaves are the tasks"
      : `the option tree is used with structure 'given' alone, and structure is '${structure}'`,
    { option: 'tree' },
  )
}

function checkProposals(proposals: readonly string[]): void {
  const known = ['expected', 'point', 'message'].flatMap((source) =>
    ['rate1', 'min-duration', 'max-prob'].map((rule) => `${source}/${rule}`),
  )
  check(
    Array.isArray(proposals) && proposals.length > 0,
    'invalid-option',
    'proposals must be a list of some',
    {
      option: 'proposals',
    },
  )
  for (const proposal of proposals) checkOneOf('proposals', String(proposal), known)
}
