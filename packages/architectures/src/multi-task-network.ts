/**
 * A network from plain options: the architecture by its name or as a value, and what users most often set in words of
 * their own. It only translates: what it returns is the estimator of that architecture, with its name and options, so
 * that models are stored and found like all others.
 */
import { MtlError, check, checkKnown, createRegistry } from '@mtl/core'
import type { Estimator, LossWeighting } from '@mtl/core'
import { networkEstimator, networkTrainer } from '@mtl/core/tensor'
import type {
  Architecture,
  EpochSettings,
  HeadOptions,
  LayerOptions,
  NetworkParameters,
  Trainer,
  TrainerOptions,
} from '@mtl/core/tensor'
import type { ArchitectureName } from './names.ts'
import { trainerOptions } from './options.ts'
import { architecturesPlugin } from './plugin.ts'

export interface MultiTaskNetworkOptions extends LayerOptions, Pick<HeadOptions, 'taskLayers' | 'losses'> {
  /** By name, or one of your own as a value, which has its layers and outputs in itself. Default 'shared-bottom'. */
  readonly architecture?: ArchitectureName | Architecture
  /** Widths of the hidden layers; of experts, where the architecture has them. Default: the architecture's. */
  readonly sharedLayers?: readonly number[]
  /** What the architecture takes besides, `{ experts: 4 }` of MMoE. */
  readonly architectureOptions?: Readonly<Record<string, unknown>>
  /** Outputs, beside `taskLayers` and `losses`. */
  readonly heads?: HeadOptions
  /** Factors of the tasks' losses by name, before any weighting; 1 for tasks not named. */
  readonly lossWeights?: Readonly<Record<string, number>>
  /** How the losses become one update: a name that core knows, or a value. Default 'fixed': the plain sum. */
  readonly weighting?: string | LossWeighting
  /** By first epoch, from 1 on, the tasks that train: { 1: ['easy'], 10: ['easy', 'hard'] }. */
  readonly taskSchedule?: Readonly<Record<number, readonly string[]>>
  /** The rest of training (epochs, optimiser, step, ...), or a trainer of your own, with an architecture as a value. */
  readonly trainer?: TrainerOptions | Trainer
}

const ofTrainer = ['lossWeights', 'weighting', 'taskSchedule'] as const
const ofArchitecture = [
  'sharedLayers',
  'taskLayers',
  'losses',
  'activation',
  'dropout',
  'normalise',
  'heads',
  'architectureOptions',
] as const

/**
 * @throws MtlError 'invalid-option' for an option that is unknown, wrong or said twice, 'unknown-name' for an architecture
 *   or a weighting; in training 'unknown-name' for a task that the data lacks
 */
export function multiTaskNetwork(options: MultiTaskNetworkOptions = {}): Estimator<NetworkParameters> {
  checkKnown('multiTaskNetwork', Object.keys(options), [
    'architecture',
    'trainer',
    ...ofTrainer,
    ...ofArchitecture,
  ])
  const { architecture = 'shared-bottom', trainer = {} } = options
  if (typeof architecture === 'string') {
    const text =
      'a trainer as a value takes the architecture as a value too, as sharedBottomArchitecture() makes one'
    if (isTrainer(trainer)) throw new MtlError('invalid-option', text, { option: 'trainer' })
    return namedNetwork(architecture, options, trainingOptions(options, trainer))
  }
  refuse(ofArchitecture, options, 'is part of the architecture, which is given as a value')
  if (!isTrainer(trainer))
    return networkEstimator(architecture, networkTrainer(trainerOptions(trainingOptions(options, trainer))))
  refuse(ofTrainer, options, 'is part of the trainer, which is given as a value')
  return networkEstimator(architecture, trainer)
}

function namedNetwork(
  name: string,
  { sharedLayers, taskLayers, losses, heads, architectureOptions, ...options }: MultiTaskNetworkOptions,
  trainer: TrainerOptions,
): Estimator<NetworkParameters> {
  const registry = createRegistry(architecturesPlugin)
  const { activation, dropout, normalise } = options
  for (const [option, value] of Object.entries({ taskLayers, losses })) {
    const isTwice = value !== undefined && heads?.[option as keyof HeadOptions] !== undefined
    check(!isTwice, 'invalid-option', `${option} is given, and heads.${option} too`, { option })
  }
  const outputs = { ...heads, ...onlySet({ taskLayers, losses }) }
  return registry.estimator(name, {
    ...architectureOptions,
    ...(sharedLayers && { [layersOption(registry.estimator(name))]: sharedLayers }),
    ...onlySet({ activation, dropout, normalise }),
    ...(Object.keys(outputs).length > 0 && { heads: outputs }),
    trainer,
  }) as Estimator<NetworkParameters>
}

/** The option that holds the widths of the hidden layers. */
function layersOption({ name, options }: Estimator): string {
  const found = ['layers', 'expertLayers'].find((option) => option in options)
  const text = `${name} has no hidden layers that sharedLayers could set; its options go into architectureOptions: ${Object.keys(options).join(', ')}`
  check(found !== undefined, 'invalid-option', text, { option: 'sharedLayers' })
  return found
}

/** The trainer's options, with weighting and schedule. */
function trainingOptions(
  { lossWeights, weighting, taskSchedule = {} }: MultiTaskNetworkOptions,
  trainer: TrainerOptions,
): TrainerOptions {
  const isTwice = weighting !== undefined && trainer.weighting !== undefined
  check(!isTwice, 'invalid-option', 'weighting is given, and trainer.weighting too', { option: 'weighting' })
  const entries = new Map<string, EpochSettings>(Object.entries(trainer.schedule ?? {}))
  const add = (option: string, epoch: string, settings: EpochSettings): void => {
    const former = entries.get(epoch) ?? {}
    const twice = Object.keys(settings).find((member) => member in former)
    const text = `${option} is given, and ${twice} in trainer.schedule of epoch ${epoch} too`
    check(twice === undefined, 'invalid-option', text, { option })
    entries.set(epoch, { ...former, ...settings })
  }
  for (const [epoch, tasks] of Object.entries(taskSchedule)) {
    check(
      Array.isArray(tasks),
      'invalid-option',
      `taskSchedule of epoch ${epoch} must be a list of tasks, as ['easy']`,
      { option: 'taskSchedule', epoch },
    )
    add('taskSchedule', epoch, { tasks })
  }
  if (lossWeights) add('lossWeights', '1', { lossWeights })
  const made = typeof weighting === 'string' ? createRegistry().weighting(weighting) : weighting
  return {
    ...trainer,
    ...(made && { weighting: made }),
    ...(entries.size > 0 && { schedule: Object.fromEntries(entries) }),
  }
}

function isTrainer(trainer: TrainerOptions | Trainer): trainer is Trainer {
  return 'train' in trainer
}

function refuse(options: readonly string[], given: object, why: string): void {
  for (const option of options) check(!(option in given), 'invalid-option', `${option} ${why}`, { option })
}

function onlySet(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
