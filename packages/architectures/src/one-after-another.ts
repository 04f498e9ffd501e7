import { check, tablesOf } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { networkTrainer } from '@mtl/core/tensor'
import type { EpochSettings, NetworkParameters, Trainer, TrainerOptions } from '@mtl/core/tensor'

/** Epochs of a trainer that does not say. */
const usualEpochs = 20

/**
 * A trainer of one task after another, each for all of `epochs`: those of `order`, by default all of the data. Tasks that
 * a model to `start` from knows do not train again, and of what tasks share nothing changes that an earlier one reads. A
 * `schedule` of one's own is kept as it is.
 * @throws MtlError 'invalid-option'; in training 'unsupported' for a task that is added on columns of its own
 */
export function oneAfterAnother(options: TrainerOptions, order: readonly string[] | undefined): Trainer {
  const trainer = networkTrainer(options)
  if (options.schedule) return trainer
  return {
    ...trainer,
    train: (architecture, data, context) =>
      networkTrainer({ ...options, ...phasesOf(options, data, order) }).train(architecture, data, context),
  }
}

function phasesOf(
  { epochs = usualEpochs, start }: TrainerOptions,
  data: Dataset,
  given: readonly string[] | undefined,
): Required<Pick<TrainerOptions, 'epochs' | 'schedule'>> {
  const names = data.tasks.map(({ name }) => name)
  const order = given?.filter((name) => names.includes(name)) ?? names
  const known = knownNames(start)
  const before = order.filter((name) => known.includes(name))
  const after = order.slice(before.length)
  check(
    after.every((name) => !known.includes(name)),
    'invalid-option',
    `tasks of the model to start from come first in order; "${after.find((name) => known.includes(name)) ?? ''}" comes after a new one`,
    { option: 'order', got: order },
  )
  check(
    after.length > 0,
    'invalid-option',
    'the model to start from knows all tasks of the data: there is none to add. Give a schedule to train them further',
    { option: 'start' },
  )
  if (before.length > 0) checkTables(data, before)
  return {
    epochs: epochs * after.length,
    schedule: Object.fromEntries(
      after.map((task, phase): [number, EpochSettings] => [
        1 + phase * epochs,
        { tasks: [task], rates: frozenInputs(data, order.slice(0, before.length + phase)) },
      ]),
    ),
  }
}

function knownNames(start: TrainerOptions['start']): readonly string[] {
  return start && 'weights' in start && 'shape' in start
    ? (start as NetworkParameters).shape.tasks.map(({ name }) => name)
    : []
}

/** Another table would bring what earlier tasks read to another width. */
function checkTables({ tasks }: Dataset, before: readonly string[]): void {
  const tables = tablesOf(tasks)
  const known = new Set(tasks.flatMap(({ name }, k) => (before.includes(name) ? [tables[k]] : [])))
  const stranger = tasks.find((_, k) => !known.has(tables[k]))
  check(
    stranger === undefined,
    'unsupported',
    `task "${stranger?.name ?? ''}" has columns that no task of the model to start from has: it can be added only on theirs`,
    { task: stranger?.name ?? '' },
  )
}

/** Embeddings and adapters of the tables that these tasks stand in, at rest. */
function frozenInputs({ tasks }: Dataset, before: readonly string[]): Readonly<Record<string, number>> {
  const tables = tablesOf(tasks)
  const areAdapted = new Set(tables).size > 1
  const frozen = tasks.flatMap(({ name, features }, k) => {
    const areLearnt = areAdapted || features.some(({ vocabulary = [] }) => vocabulary.length > 0)
    return areLearnt && before.includes(name) ? [[`shared/input/${tables[k]}/`, 0] as const] : []
  })
  return Object.fromEntries(frozen)
}
