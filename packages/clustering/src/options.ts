import { check, checkNumber, checkOneOf, withDefaults } from '@mtl/core'

export interface TaskClusteringOptions {
  /**
   * 'identity': weights on the inputs themselves; 'linear': on a few directions of them; 'tanh': on bent ones. Default
   * 'auto': the plain kind (identity up to 5 inputs, else linear) and tanh, of which the lower criterion is kept.
   */
  readonly activation?: 'auto' | 'identity' | 'linear' | 'tanh'
  /** Default 2; of a list the lowest criterion is kept. Identity units have as many as inputs. */
  readonly hiddenUnits?: number | readonly number[]
  /** Default 1; of a list the lowest criterion is kept. */
  readonly clusters?: number | readonly number[]
  /**
   * How candidates are compared: 'bic' (default), or 'held-out-tasks', minus the log likelihood of whole tasks left out, which
   * costs as many more fits as there are folds.
   */
  readonly criterion?: 'bic' | 'held-out-tasks'
  /** Of 'held-out-tasks'; default 5, at most as many as tasks with rows. */
  readonly folds?: number
  /** 'descriptor': the task's descriptor shifts the mean of its weights. Default 'constant'. */
  readonly priorMean?: 'constant' | 'descriptor'
  /** 'descriptor': the task's descriptor says which cluster is likely; needs several. Default 'none'. */
  readonly gating?: 'none' | 'descriptor'
  /** Beginnings of each candidate, the best kept; default 3. Identity units with one cluster need one. */
  readonly restarts?: number
  /** Before the quasi-Newton finish; default 20, five times as many at most with several clusters. */
  readonly expectationMaximisationSteps?: number
  /** Of the quasi-Newton finish; default 500. */
  readonly maxSteps?: number
  /** Largest entry of the slope, over the number of rows, at which the finish stops; default 1e-6. */
  readonly gradientTolerance?: number
  /** Least eigenvalue of a covariance within EM, in scaled units; default 1e-8. The finish may go to 0. */
  readonly covarianceFloor?: number
  /** Least variance of the residuals within EM, in scaled units; default 1e-10. */
  readonly noiseFloor?: number
  /**
   * With several clusters: so many tasks' worth of the one-cluster covariance in each cluster's. Default 0; 1 to 3 with few
   * tasks in each.
   */
  readonly covariancePriorWeight?: number
  /** Ridge on the gate's weights; default 0.01. */
  readonly gatePenalty?: number
  /** Of classes: 'laplace' (default), or 'bound', which is faster and shrinks too much. */
  readonly approximation?: 'laplace' | 'bound'
}

/** The options in force. */
export type Settings = Required<TaskClusteringOptions>

const defaults: Settings = {
  activation: 'auto',
  hiddenUnits: 2,
  clusters: 1,
  criterion: 'bic',
  folds: 5,
  priorMean: 'constant',
  gating: 'none',
  restarts: 3,
  expectationMaximisationSteps: 20,
  maxSteps: 500,
  gradientTolerance: 1e-6,
  covarianceFloor: 1e-8,
  noiseFloor: 1e-10,
  covariancePriorWeight: 0,
  gatePenalty: 0.01,
  approximation: 'laplace',
}

const limits = {
  folds: { min: 2, integer: true },
  restarts: { min: 1, integer: true },
  expectationMaximisationSteps: { min: 1, integer: true },
  maxSteps: { min: 0, integer: true },
  gradientTolerance: { min: 0 },
  covarianceFloor: { above: 0 },
  noiseFloor: { above: 0 },
  covariancePriorWeight: { min: 0, below: Infinity },
  gatePenalty: { min: 0, below: Infinity },
} as const

/** Defaults filled in. @throws MtlError 'invalid-option' */
export function settingsOf(options: TaskClusteringOptions): Settings {
  const settings = withDefaults(defaults, options)
  checkOneOf('activation', settings.activation, ['auto', 'identity', 'linear', 'tanh'])
  checkOneOf('criterion', settings.criterion, ['bic', 'held-out-tasks'])
  checkOneOf('priorMean', settings.priorMean, ['constant', 'descriptor'])
  checkOneOf('gating', settings.gating, ['none', 'descriptor'])
  checkOneOf('approximation', settings.approximation, ['laplace', 'bound'])
  checkCounts('hiddenUnits', settings.hiddenUnits)
  checkCounts('clusters', settings.clusters)
  for (const name of Object.keys(limits) as (keyof typeof limits)[])
    checkNumber(name, settings[name], limits[name])
  check(
    settings.gating === 'none' || Math.max(...listOf(settings.clusters)) > 1,
    'invalid-option',
    "gating 'descriptor' chooses among clusters: let clusters be 2 or more",
    { option: 'gating' },
  )
  return settings
}

export function listOf(value: number | readonly number[]): readonly number[] {
  return typeof value === 'number' ? [value] : value
}

function checkCounts(option: string, value: number | readonly number[]): void {
  const list = listOf(value)
  check(list.length > 0, 'invalid-option', `${option} must be a number or a list of some`, { option })
  for (const count of list) checkNumber(option, count, { min: 1, integer: true })
}
