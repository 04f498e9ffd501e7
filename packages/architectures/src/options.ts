import { check, checkKnown, checkNumber, checkOneOf } from '@mtl/core'
import { heteroscedasticLoss, huberLoss, lossOfKind, rateFactor } from '@mtl/core/tensor'
import type {
  Architecture,
  EpochSettings,
  HeadOptions,
  LayerOptions,
  TaskLoss,
  TrainerOptions,
} from '@mtl/core/tensor'

/** What every network takes. Its layer options are those of hidden layers. */
export interface NetworkOptions extends LayerOptions {
  /**
   * Towers, sharing and penalty of the outputs, losses, embeddings. Default: `HeadOptions`, with a penalty that held-out
   * rows choose where heads are shared-plus-own.
   */
  readonly heads?: HeadOptions
  /**
   * How it is trained. Default: at most 100 epochs at a learning rate of 1e-3, stopped when the loss of a fifth of the
   * rows, which are held out, has not improved for 10 epochs, then once more on all rows for the best number of epochs;
   * else those of `TrainerOptions`.
   */
  readonly trainer?: TrainerOptions
}

/** Early stopping is what keeps a network from learning its rows by heart where there are few. */
const usualTrainer: TrainerOptions = {
  epochs: 100,
  learningRate: 1e-3,
  validationFraction: 0.2,
  patience: 10,
  refit: true,
}

/** Options with their defaults; plain JSON but for losses of one's own. */
export interface CheckedNetwork {
  readonly widths: readonly number[]
  readonly layer: Required<LayerOptions>
  readonly heads: HeadOptions
}

/** Losses of the library, with their default options. */
const lossesByName: Readonly<Record<string, () => TaskLoss>> = {
  heteroscedastic: heteroscedasticLoss,
  huber: huberLoss,
  'squared-error': () => lossOfKind('regression'),
  logistic: () => lossOfKind('binary'),
  'cross-entropy': () => lossOfKind('multiclass'),
}

const activations = ['linear', 'relu', 'tanh', 'elu', 'gelu', 'softplus']
const normalisations = ['none', 'layer', 'batch']

/** `own`: names of the options that this architecture has besides. @throws MtlError 'invalid-option' */
export function checkedOptions(
  name: string,
  options: NetworkOptions & { readonly layers?: readonly number[] },
  own: readonly string[] = ['layers'],
): CheckedNetwork {
  const { layers: widths = [32, 16], heads = {} } = options
  checkKnown(name, Object.keys(options), [...own, 'activation', 'dropout', 'normalise', 'heads', 'trainer'])
  checkKnown(`${name}: heads`, Object.keys(heads), [
    'activation',
    'dropout',
    'normalise',
    'taskLayers',
    'sharing',
    'penalty',
    'losses',
    'embedding',
  ])
  checkWidths('layers', widths)
  return {
    widths,
    layer: checkedLayer(options),
    heads: checkedHeads(heads),
  }
}

/** Of a body that tasks share: an unseen task has the shared heads. `withHeads` takes back what heads do not allow. */
export const sharedCapabilities: Architecture['capabilities'] = {
  descriptors: 'used',
  unseenTasks: ['nothing', 'descriptor'],
}

/** Heads as a stored model keeps them: plain JSON, a loss by its name. */
export function storedHeads({ losses, ...heads }: HeadOptions): Readonly<Record<string, unknown>> {
  if (losses === undefined) return heads
  const names = Object.entries(losses).map(([task, { name }]) => [task, name] as const)
  return { ...heads, losses: Object.fromEntries(names) }
}

/** The trainer's options, with what is usual here where nothing is said; without held-out rows nothing stops early. */
export function trainerOptions(given: TrainerOptions = {}): TrainerOptions {
  const { patience, refit, ...usual } = usualTrainer
  return given.validationFraction === 0 ? { ...usual, ...given } : { ...usual, patience, refit, ...given }
}

/**
 * The trainer's options, with the learning rate of variables of that prefix times a factor throughout the schedule; where
 * an entry names the prefix itself, its number is taken as it is.
 */
export function withRate(trainer: TrainerOptions, prefix: string, factor: number): TrainerOptions {
  const schedule = Object.entries({ 1: {}, ...trainer.schedule }).map(
    ([epoch, { rates, ...settings }]: [string, EpochSettings]) => {
      if (rates === undefined && epoch !== '1') return [epoch, settings] as const
      return [
        epoch,
        { ...settings, rates: { [prefix]: factor * rateFactor(rates, prefix), ...rates } },
      ] as const
    },
  )
  return { ...trainer, schedule: Object.fromEntries(schedule) }
}

function checkedLayer({
  activation = 'relu',
  dropout = 0,
  normalise = 'none',
}: LayerOptions): Required<LayerOptions> {
  checkOneOf('activation', activation, activations)
  checkOneOf('normalise', normalise, normalisations)
  return { activation, dropout: checkNumber('dropout', dropout, { min: 0, below: 1 }), normalise }
}

function checkedHeads(heads: HeadOptions): HeadOptions {
  const { taskLayers = [], sharing = 'shared-plus-own', embedding } = heads
  const { penalty = sharing === 'own' ? 0 : 'validation' } = heads
  checkedLayer(heads)
  checkOneOf('heads.sharing', sharing, ['shared-plus-own', 'own'])
  for (const widths of Array.isArray(taskLayers) ? [taskLayers] : Object.values(taskLayers))
    checkWidths('heads.taskLayers', widths)
  if (embedding !== undefined) checkNumber('heads.embedding', embedding, { min: 1, integer: true })
  return {
    ...heads,
    sharing,
    penalty:
      penalty === 'validation' ? penalty : checkNumber('heads.penalty', penalty, { min: 0, below: Infinity }),
    ...(heads.losses && { losses: checkedLosses(heads.losses) }),
  }
}

/** A loss by its name, as a stored model and a command line have it, is made. */
function checkedLosses(
  losses: Readonly<Record<string, TaskLoss | string>>,
): Readonly<Record<string, TaskLoss>> {
  const made = Object.entries(losses).map(([task, loss]) => {
    if (typeof loss !== 'string') return [task, loss] as const
    const known = Object.keys(lossesByName)
    const text = `heads.losses names "${loss}" for task "${task}"; known: ${known.join(', ')}. Give another one as a value`
    check(Object.hasOwn(lossesByName, loss), 'invalid-option', text, {
      option: 'heads.losses',
      got: loss,
      known,
    })
    return [task, lossesByName[loss]()] as const
  })
  return Object.fromEntries(made)
}

/** @throws MtlError 'invalid-option' */
export function checkWidths(option: string, widths: unknown): void {
  const isList = Array.isArray(widths)
  check(isList, 'invalid-option', `${option} must be a list of widths, as [32, 16]`, { option })
  for (const width of widths as readonly number[]) checkNumber(option, width, { min: 1, integer: true })
}
