import { check, checkKnown, checkNumber, checkOneOf, withDefaults } from '@mtl/core'
import type { MixtureRule, NumberLimits } from '@mtl/core'
import type { TrainerOptions } from '@mtl/core/tensor'

export interface VariationalNetworkOptions {
  /** How the other tasks' posteriors become a prior. Default 'match'. 'linear' wants a `divergenceWeight` of about 0.01. */
  readonly priorRule?: MixtureRule
  /** 'prior' (default): N(0, priorVariance) is a component of every prior of weights, so that a task may refuse all others. */
  readonly anchor?: 'prior' | 'none'
  /** Of a weight, and of a latent number, before any task is seen; default 1. */
  readonly priorVariance?: number
  /** Weight of the divergence of a task's weights from their prior; default 1. Below it the prior is tempered. */
  readonly divergenceWeight?: number
  /** Weight of the divergence of a row's latent numbers from theirs; default 1e-3: with much more of it they say nothing of the row. */
  readonly latentWeight?: number
  /** Of residuals, in scaled units: 'learn' (default), by task, or a number. */
  readonly noiseVariance?: 'learn' | number
  /** Widths of the encoder's hidden layers, of tanh; default [48]. */
  readonly encoderLayers?: readonly number[]
  /** Latent numbers of a row; default 16. */
  readonly latentUnits?: number
  /** max(temperatureEnd, temperatureStart e^(-temperatureRate step)) of the mixing weights' Gumbel noise; defaults 1, 0.5, 3e-5. */
  readonly temperatureStart?: number
  readonly temperatureEnd?: number
  readonly temperatureRate?: number
  /** Steps over which the divergences are weighed in; default 0: the whole of them at once. */
  readonly divergenceWarmUp?: number
  /** Steps between copies of all posteriors, which priors are made of; default 1, the paper's. */
  readonly refreshEvery?: number
  /** Draws of latent numbers and activations in a step; default 1. Predictions draw nothing. */
  readonly samples?: number
  /**
   * How it is trained. Default: at most 200 epochs at a learning rate of 0.003 in batches of 512 rows, each label counting alike; as many
   * as serve a fifth of the rows that is held out (20 without improvement end the search), then anew on all rows; else those of
   * `TrainerOptions`. The rows that others' latent numbers are made of are those of the batch: a large one knows more.
   */
  readonly trainer?: TrainerOptions
}

/** The options in force but for the trainer's. */
export type NetworkSettings = Required<Omit<VariationalNetworkOptions, 'trainer'>>

const defaults: NetworkSettings = {
  priorRule: 'match',
  anchor: 'prior',
  priorVariance: 1,
  divergenceWeight: 1,
  latentWeight: 1e-3,
  noiseVariance: 'learn',
  encoderLayers: [48],
  latentUnits: 16,
  temperatureStart: 1,
  temperatureEnd: 0.5,
  temperatureRate: 3e-5,
  divergenceWarmUp: 0,
  refreshEvery: 1,
  samples: 1,
}

/** The encoder has no prior: what keeps it from learning its rows by heart is the epoch at which it stops. */
const usualTrainer: TrainerOptions = {
  epochs: 200,
  learningRate: 0.003,
  batchSize: 512,
  reduction: 'label',
  validationFraction: 0.2,
  patience: 20,
  refit: true,
}

const limits = {
  priorVariance: { above: 0, below: Infinity },
  divergenceWeight: { above: 0, below: Infinity },
  latentWeight: { min: 0, below: Infinity },
  noiseVariance: { above: 0, below: Infinity },
  latentUnits: { min: 1, integer: true },
  temperatureStart: { above: 0, below: Infinity },
  temperatureEnd: { above: 0, below: Infinity },
  temperatureRate: { min: 0, below: Infinity },
  divergenceWarmUp: { min: 0, integer: true },
  refreshEvery: { min: 1, integer: true },
  samples: { min: 1, integer: true },
} as const satisfies Readonly<Partial<Record<keyof NetworkSettings, NumberLimits>>>

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function networkSettings(options: VariationalNetworkOptions): NetworkSettings {
  const known = Object.keys(defaults)
  checkKnown('variational-network', Object.keys(options), [...known, 'trainer'])
  const given = Object.entries(options).filter(([option]) => known.includes(option))
  const settings = withDefaults(defaults, Object.fromEntries(given) as Partial<NetworkSettings>)
  checkOneOf('priorRule', settings.priorRule, ['match', 'spread', 'convex', 'log-sum-exp', 'linear'])
  checkOneOf('anchor', settings.anchor, ['prior', 'none'])
  for (const [option, range] of Object.entries(limits)) {
    const value = settings[option as keyof typeof limits]
    if (value !== 'learn' || option !== 'noiseVariance') checkNumber(option, value as number, range)
  }
  const { encoderLayers } = settings
  const text = 'encoderLayers must be a list of at least one width, as [48]'
  check(Array.isArray(encoderLayers) && encoderLayers.length > 0, 'invalid-option', text, {
    option: 'encoderLayers',
  })
  for (const width of encoderLayers as readonly number[])
    checkNumber('encoderLayers', width, { min: 1, integer: true })
  return settings
}

/** The trainer's options, with what is usual here where nothing is said. */
export function networkTraining(given: TrainerOptions = {}): TrainerOptions {
  // Without held-out rows nothing stops early.
  const { patience, refit, ...usual } = usualTrainer
  return given.validationFraction === 0 ? { ...usual, ...given } : { ...usual, patience, refit, ...given }
}
