import { datasetFromTable, parseCsv, type Columns, type Dataset, type TaskKind } from '@mtl/core'
import { datasets } from '@mtl/datasets'

/** What the page compares on: tasks, and what one of them is called. */
export interface Source {
  readonly data: Dataset
  readonly taskNoun: string
}

export const builtIn: readonly { readonly name: string; readonly title: string }[] = Object.values(datasets)

export function builtInSource(name: keyof typeof datasets): Source {
  const { taskNoun } = datasets[name]
  return { data: datasets[name].data(), taskNoun }
}

export async function readColumns(file: File): Promise<Columns> {
  return parseCsv(await file.text())
}

/** Rows of one table, whose tasks a column names; all other columns are inputs. */
export function sourceOf(columns: Columns, task: string, target: string, kind: TaskKind): Source {
  const inputs = Object.keys(columns).filter((column) => column !== task && column !== target)
  return { data: datasetFromTable(columns, { task, targets: { [target]: kind }, inputs }), taskNoun: 'task' }
}
