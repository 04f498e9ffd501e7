import { checkNumber } from '../../error/check-number.ts'
import { check } from '../../error/mtl-error.ts'
import { nearest } from '../../error/nearest.ts'
import type { EpochSettings, TrainerOptions } from './types.ts'

type Schedule = NonNullable<TrainerOptions['schedule']>

/**
 * The settings in force in an epoch: each member is that of the latest entry that names it.
 * A schedule that begins later leaves all as it is until then.
 */
export function settingsAt(schedule: Schedule | undefined, epoch: number): EpochSettings {
  const begun = Object.entries(schedule ?? {}).filter(([first]) => Number(first) <= epoch)
  begun.sort(([a], [b]) => Number(a) - Number(b))
  return Object.assign({}, ...begun.map(([, settings]) => settings)) as EpochSettings
}

/**
 * What can be checked without data: epochs are whole numbers from 1 to the last, and factors are not negative.
 * @throws MtlError 'invalid-option'
 */
export function checkSchedule(schedule: Schedule, epochs: number): void {
  for (const [key, settings] of Object.entries(schedule)) {
    const epoch = Number(key)
    const text = `schedule begins entries at whole epochs from 1 to ${epochs} (epochs), got ${key}`
    const inside = Number.isInteger(epoch) && epoch >= 1 && epoch <= epochs && String(epoch) === key
    check(inside, 'invalid-option', text, { option: 'schedule', got: key })
    checkSettings(settings, key)
  }
}

function checkSettings({ tasks, lossWeights = {}, rates = {}, ...others }: EpochSettings, key: string): void {
  const unknown = Object.keys(others)
  const known = ['tasks', 'lossWeights', 'rates']
  const lacks = `schedule of epoch ${key} sets ${known.join(', ')}, got ${unknown.join(', ')}`
  check(unknown.length === 0, 'invalid-option', lacks, { option: 'schedule', got: unknown, known })
  const text = `schedule of epoch ${key} trains no task: name one, or leave tasks away for all`
  check(tasks === undefined || tasks.length > 0, 'invalid-option', text, { option: 'schedule', epoch: key })
  for (const [name, value] of Object.entries(lossWeights))
    checkNumber(`schedule.${key}.lossWeights.${name}`, value, { min: 0, below: Infinity })
  for (const [prefix, value] of Object.entries(rates))
    checkNumber(`schedule.${key}.rates.${prefix}`, value, { min: 0, below: Infinity })
}

/** @throws MtlError 'unknown-name' for a task that the data lacks */
export function checkScheduledTasks(schedule: Schedule, names: readonly string[]): void {
  for (const [epoch, { tasks = [], lossWeights = {} }] of Object.entries(schedule)) {
    for (const name of [...tasks, ...Object.keys(lossWeights)])
      checkTask(`schedule of epoch ${epoch}`, name, names)
  }
}

/** @throws MtlError 'unknown-name' for a prefix with which no variable's name begins */
export function checkScheduledRates(schedule: Schedule, variables: readonly string[]): void {
  for (const [epoch, { rates = {} }] of Object.entries(schedule)) {
    for (const prefix of Object.keys(rates)) {
      const found = variables.some((name) => name.startsWith(prefix))
      const text = `schedule of epoch ${epoch} sets the rate of "${prefix}", with which no variable's name begins`
      check(found, 'unknown-name', text, { name: prefix, known: [...variables] })
    }
  }
}

/** @throws MtlError 'unknown-name' */
export function checkTask(place: string, name: string, tasks: readonly string[]): void {
  const near = nearest(name, tasks)
  const hint = near.length > 0 ? `; nearest: ${near.join(', ')}` : ''
  check(
    tasks.includes(name),
    'unknown-name',
    `${place} names the task "${name}", which the data lacks${hint}`,
    {
      name,
      nearest: near,
      known: [...tasks],
    },
  )
}
