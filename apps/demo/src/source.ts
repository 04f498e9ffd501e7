import { check, datasetFromTable, parseCsv } from '@mtl/core'
import type { Columns, Dataset, TaskKind } from '@mtl/core'
import { datasets } from '@mtl/datasets'

/** What the page compares on. */
export interface Source {
  readonly data: Dataset
  readonly title: string
  readonly rows: number
  /** What a task is called, in the singular. */
  readonly taskNoun: string
}

export const builtIn: readonly { readonly name: string; readonly title: string }[] = Object.values(datasets)

export function builtInSource(name: keyof typeof datasets): Source {
  const set = datasets[name]
  return { data: set.data(), title: set.title, rows: rowsOf(set.table()), taskNoun: set.taskNoun }
}

export async function readColumns(file: File): Promise<Columns> {
  return parseCsv(await file.text())
}

/** Which columns of a table are what; all others are inputs. */
export interface Roles {
  /** Names each row's task; absent: each target is a task on all rows. */
  readonly task?: string
  readonly targets: readonly string[]
  readonly kind: TaskKind
}

/** @throws MtlError for roles that the table cannot fill */
export function sourceOf(columns: Columns, title: string, { task, targets, kind }: Roles): Source {
  check(targets.length > 0, 'invalid-option', 'choose at least one target')
  const message = 'choose a task column, or several targets: a single task has nothing to learn from'
  check(task !== undefined || targets.length > 1, 'invalid-option', message)
  const inputs = Object.keys(columns).filter((column) => column !== task && !targets.includes(column))
  const data = datasetFromTable(columns, {
    ...(task !== undefined && { task }),
    targets: Object.fromEntries(targets.map((target) => [target, kind])),
    inputs,
  })
  return { data, title, rows: rowsOf(columns), taskNoun: task === undefined ? 'target' : 'task' }
}

function rowsOf(columns: Columns): number {
  return Object.values(columns).at(0)?.length ?? 0
}
