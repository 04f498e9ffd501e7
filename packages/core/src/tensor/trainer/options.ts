import { checkKnown } from '../../error/check-known.ts'
import { checkNumber } from '../../error/check-number.ts'
import { check } from '../../error/mtl-error.ts'
import type { LossWeighting } from '../../weighting/types.ts'
import { learningRateOf } from './learning-rate.ts'
import { optimiserOf, weightingOf } from './named-options.ts'
import { checkSchedule } from './schedule.ts'
import { trainStep } from './step.ts'
import type { LearningRate, Optimiser, TrainerOptions } from './types.ts'

/** The options with their defaults; those that are absent by default stay so. */
export interface CheckedOptions extends TrainerOptions {
  readonly weighting: LossWeighting
  readonly optimiser: Optimiser
  readonly step: NonNullable<TrainerOptions['step']>
  readonly learningRate: Required<LearningRate>
  readonly regime: 'joint' | 'alternating'
  readonly temperature: number
  readonly batchSize: number
  readonly accumulate: number
  readonly epochs: number
  readonly validationFraction: number
  readonly refit: boolean
  readonly monitor: NonNullable<TrainerOptions['monitor']>
}

const known: readonly (keyof TrainerOptions)[] = [
  'weighting',
  'optimiser',
  'step',
  'start',
  'learningRate',
  'schedule',
  'regime',
  'temperature',
  'reduction',
  'classWeights',
  'batchSize',
  'accumulate',
  'epochs',
  'clipNorm',
  'validationFraction',
  'patience',
  'refit',
  'monitor',
  'monitorEvery',
]

/** @throws MtlError 'invalid-option', 'unknown-name' (an optimiser), 'unsupported' (options that do not go together) */
export function checkedOptions(options: TrainerOptions): CheckedOptions {
  checkKnown('the trainer', Object.keys(options), known)
  checkWords(options)
  const checked: CheckedOptions = {
    ...options,
    ...checkedNumbers(options),
    weighting: weightingOf(options.weighting),
    optimiser: optimiserOf(options.optimiser),
    step: options.step ?? trainStep,
    learningRate: learningRateOf(options.learningRate),
    regime: options.regime ?? 'joint',
    refit: options.refit ?? false,
    monitor: options.monitor ?? 'mean',
  }
  if (options.schedule) checkSchedule(options.schedule, checked.epochs)
  checkTogether(checked)
  return checked
}

/** Plain JSON: all but `step` and `start`, a weighting and an optimiser by name and options. */
export function storedOptions(options: CheckedOptions): Readonly<Record<string, unknown>> {
  const { weighting, optimiser, ...others } = options
  const values = Object.entries<unknown>({ ...others }).filter(
    ([name, value]) => name !== 'step' && name !== 'start' && value !== undefined,
  )
  return { weighting: named(weighting), optimiser: named(optimiser), ...Object.fromEntries(values) }
}

function named({ name, options }: LossWeighting | Optimiser): object {
  return { name, options }
}

function checkWords({ regime, reduction, classWeights, monitor, refit = false }: TrainerOptions): void {
  check(typeof refit === 'boolean', 'invalid-option', `refit must be true or false, got ${String(refit)}`, {
    option: 'refit',
  })
  const words = [
    ['regime', regime, ['joint', 'alternating']],
    ['reduction', reduction, ['task', 'label']],
    ['classWeights', classWeights, ['balanced']],
    ['monitor', typeof monitor === 'object' ? undefined : monitor, ['mean', 'each']],
  ] as const
  for (const [option, given, allowed] of words) {
    const also = option === 'monitor' ? ', or { task }' : ''
    check(
      given === undefined || (allowed as readonly string[]).includes(given),
      'invalid-option',
      `${option} must be ${allowed.join(' or ')}${also}, got ${String(given)}`,
      { option, got: String(given) },
    )
  }
}

function checkedNumbers(
  options: TrainerOptions,
): Pick<CheckedOptions, 'temperature' | 'batchSize' | 'accumulate' | 'epochs' | 'validationFraction'> {
  const { clipNorm, patience, monitorEvery } = options
  if (clipNorm !== undefined) checkNumber('clipNorm', clipNorm, { above: 0, below: Infinity })
  if (patience !== undefined) checkNumber('patience', patience, { min: 1, integer: true })
  if (monitorEvery !== undefined) checkNumber('monitorEvery', monitorEvery, { min: 1, integer: true })
  return {
    temperature: checkNumber('temperature', options.temperature ?? 1, { above: 0, below: Infinity }),
    batchSize: checkNumber('batchSize', options.batchSize ?? 64, { min: 1, integer: true }),
    accumulate: checkNumber('accumulate', options.accumulate ?? 1, { min: 1, integer: true }),
    epochs: checkNumber('epochs', options.epochs ?? 20, { min: 1, integer: true }),
    validationFraction: checkNumber('validationFraction', options.validationFraction ?? 0, {
      min: 0,
      below: 1,
    }),
  }
}

function checkTogether(options: CheckedOptions): void {
  const { weighting, regime, accumulate, validationFraction, patience, refit, learningRate } = options
  const needs = weighting.needs === 'losses' ? undefined : weighting.needs
  check(
    needs === undefined || regime === 'joint',
    'unsupported',
    `the weighting "${weighting.name}" compares tasks by their ${needs}, and the alternating regime has one at a time`,
    { weighting: weighting.name },
  )
  check(
    needs === undefined || accumulate === 1,
    'unsupported',
    `accumulate goes with weightings that need losses alone; "${weighting.name}" needs the ${needs}`,
    { weighting: weighting.name },
  )
  const follows = [
    ...(patience !== undefined ? ['patience'] : []),
    ...(learningRate.decay === 'plateau' ? ["learningRate.decay 'plateau'"] : []),
    ...(refit ? ['refit'] : []),
  ]
  check(
    validationFraction > 0 || follows.length === 0,
    'invalid-option',
    `${follows[0]} follows the loss of held-out rows: set validationFraction, to 0.2 for instance`,
    { option: 'validationFraction' },
  )
}
