import { datasetFromTable } from '@mtl/core'
import type { Columns, Dataset, Task, TableDescription, TaskInfo } from '@mtl/core'
import { unknownColumns } from '../data/column-checks.ts'
import { tableOf } from '../data/load-data.ts'
import { stemOf } from '../data/load-list.ts'
import { joined } from '../data/load-table.ts'
import { namingFile } from '../data/name-file.ts'
import type { Decimal, Table } from '../data/read-table.ts'
import { raise } from '../error/problems.ts'
import type { StoredModel } from '../model-directory/types.ts'

/** New tables, read as those that a model was trained on. */
export interface ReadAlike {
  readonly data: Dataset
  /** In the order of the files. */
  readonly tables: readonly {
    readonly table: Table
    /** Each with the positions of its rows in the table. */
    readonly tasks: readonly Task[]
  }[]
}

export interface ReadingOptions {
  readonly descriptorFile?: string | undefined
  readonly on?: string | undefined
  readonly decimal?: Decimal | undefined
  /** Texts that count as empty cells, beside those of the training. */
  readonly missing: readonly string[]
  /** Whether the targets must be there; else they are not looked at. */
  readonly labels: boolean
}

/**
 * The tasks of new tables, in the features, levels and classes of the model; a task that the model lacks has those of
 * the first.
 * @throws MtlError 'unreadable-file', 'unknown-name', 'unknown-column', 'invalid-option', 'invalid-data'
 */
export async function readLike(
  { model, description, run }: Pick<StoredModel, 'model' | 'description' | 'run'>,
  files: readonly string[],
  options: ReadingOptions,
): Promise<ReadAlike> {
  const isList = run.layout === 'list'
  if (!isList && files.length > 1) {
    const message = `the model was trained on one table and predicts for one at a time, not ${files.length}`
    raise([{ code: 'invalid-option', message }])
  }
  const all = await Promise.all(files.map((file) => tableOf(file, options.decimal)))
  const traits =
    options.descriptorFile === undefined ? undefined : await tableOf(options.descriptorFile, options.decimal)
  const tables = all.map((table) => {
    const whole = {
      ...description,
      missingMarkers: [...(description.missingMarkers ?? []), ...options.missing],
    }
    const columns = joined(table, traits, options.on ?? description.task)
    const like = isList ? ofFile(table.file, model.tasks) : model.tasks
    const tasks = readTasks({ ...table, columns }, whole, like, options.labels)
    return { table, tasks: isList ? named(stemOf(table.file), tasks) : tasks }
  })
  return { data: { tasks: tables.flatMap(({ tasks }) => tasks) }, tables }
}

function readTasks(
  { file, columns }: Table,
  { descriptor, ...rest }: TableDescription,
  like: readonly TaskInfo[],
  labels: boolean,
): readonly Task[] {
  const targets = Object.keys(rest.targets)
  if (labels) raise(unknownColumns(file, columns, targets))
  const read = labels ? columns : without(columns, targets)
  // Tasks that the model knows need no descriptor any more.
  const hasTraits = namesOf(descriptor).some((name) => Object.hasOwn(columns, name))
  const description: TableDescription = { ...rest, ...(descriptor && hasTraits && { descriptor }) }
  return namingFile(file, () => datasetFromTable(read, description, like)).tasks
}

function namesOf(columns: TableDescription['inputs'] = []): string[] {
  return columns.map((column) => (typeof column === 'string' ? column : column.column))
}

function without(columns: Columns, names: readonly string[]): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name)))
}

/** Of a list, the tasks of a file; of one that the model does not know, the first of each target. */
function ofFile(file: string, tasks: readonly TaskInfo[]): readonly TaskInfo[] {
  const stem = stemOf(file)
  const own = tasks.filter(({ name, target }) => name === stem || name === `${stem}/${target}`)
  const like =
    own.length > 0 ? own : [...new Map([...tasks].reverse().map((task) => [task.target, task])).values()]
  // The table of a file has no names of tasks: its tasks are read under those of their targets.
  return like.map((task) => ({ ...task, name: task.target }))
}

function named(stem: string, tasks: readonly Task[]): readonly Task[] {
  return tasks.map((task) => ({ ...task, name: tasks.length > 1 ? `${stem}/${task.target}` : stem }))
}
