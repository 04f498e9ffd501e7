import path from 'node:path'
import { dataset, datasetFromTable } from '@mtl/core'
import type { Columns, Task, TableDescription } from '@mtl/core'
import { raise, raiseTogether } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import { unknownColumns } from './column-checks.ts'
import type { DataOptions } from './data-options.ts'
import { textOf } from './infer-kind.ts'
import { inputColumns, targetKinds } from './roles.ts'
import type { LoadedData } from './loaded-data.ts'
import { namingFile } from './name-file.ts'
import { readTable } from './read-table.ts'
import type { Decimal, Table } from './read-table.ts'

/**
 * Several tables, one a task, named by its file; their columns may differ.
 * @throws MtlError 'unreadable-file', 'unknown-column', 'invalid-option', 'invalid-data', 'duplicate-name'
 */
export async function loadList(files: readonly string[], options: DataOptions): Promise<LoadedData> {
  raise(optionProblems(options))
  const tables = await readAll(files, options.decimal)
  raise(columnProblems(tables, options))
  const described = describeAll(tables, options)
  const tasks = tables.flatMap((table, k) => tasksOf(table, described[k], options.target.length > 1))
  return {
    data: dataset(tasks),
    description: { ...described[0], inputs: allInputs(described) },
    file: files.join(' '),
    title: `${files.length} files`,
    layout: 'list',
    taskNoun: 'task',
    rows: tables.reduce((sum, { columns }) => sum + columns[options.target[0]].length, 0),
    inputs: [...new Set(tables.flatMap((table) => inputsOf(table, options)))],
    descriptors: [],
    notes: [],
  }
}

/** All tables; the faults of all that cannot be read are told together. */
async function readAll(files: readonly string[], decimal?: Decimal): Promise<readonly Table[]> {
  const results = await Promise.allSettled(files.map((file) => readTable(file, decimal)))
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown)
  raiseTogether(failed)
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

function describeAll(tables: readonly Table[], options: DataOptions): TableDescription[] {
  const targets = targetKinds(
    tables.map(({ columns }) => columns),
    options,
  )
  const classes = Object.fromEntries(
    Object.entries(targets)
      .filter(([, kind]) => kind !== 'regression')
      .map(([name]) => [name, classesOf(tables, name, options.missing)]),
  )
  return tables.map((table) => ({
    targets,
    classes,
    inputs: inputColumns(inputsOf(table, options), options.categorical),
    ...(options.weight !== undefined && { weight: options.weight }),
    missingMarkers: options.missing,
    missing: options.fill ?? 'refuse',
  }))
}

/** Labels of all tables together, so that a class has one number everywhere; numbers by size. */
function classesOf(tables: readonly Table[], name: string, missing: readonly string[]): string[] {
  const texts = tables.flatMap(({ columns }) => Array.from(columns[name], (cell) => textOf(cell, missing)))
  const labels = [...new Set(texts)].filter((text) => text !== '')
  const numeric = labels.every((label) => Number.isFinite(Number(label)))
  return numeric ? labels.sort((a, b) => Number(a) - Number(b)) : labels.sort()
}

/** What the task of a file is named, of several files. */
export function stemOf(file: string): string {
  return path.basename(file).replace(/(\.csv)?(\.gz)?$/i, '')
}

function allInputs(described: readonly TableDescription[]): TableDescription['inputs'] {
  const all = described.flatMap(({ inputs }) => inputs)
  return [...new Map(all.map((input) => [typeof input === 'string' ? input : input.column, input])).values()]
}

function tasksOf({ file, columns }: Table, description: TableDescription, several: boolean): Task[] {
  const inputs = description.inputs.map((input) => (typeof input === 'string' ? input : input.column))
  const read = namingFile(file, () => datasetFromTable(columns, { ...description, task: undefined }), inputs)
  const stem = stemOf(file)
  return read.tasks.map((task) => ({ ...task, name: several ? `${stem}/${task.target}` : stem }))
}

function inputsOf({ columns }: Table, { target, features, weight }: DataOptions): string[] {
  const names = Object.keys(columns)
  if (features !== undefined) return features.filter((name) => Object.hasOwn(columns, name))
  return names.filter((name) => !target.includes(name) && name !== weight)
}

function columnProblems(tables: readonly Table[], options: DataOptions): Problem[] {
  const { target, features = [], weight, categorical } = options
  const needed = [...target, ...(weight === undefined ? [] : [weight])]
  const all = Object.assign({}, ...tables.map(({ columns }) => columns)) as Columns
  return [
    ...tables.flatMap(({ file, columns }) => unknownColumns(file, columns, needed)),
    ...unknownColumns(`each of the ${tables.length} files`, all, [...features, ...categorical]),
  ]
}

function optionProblems({ task, descriptors, descriptorFile }: DataOptions): Problem[] {
  const problems: Problem[] = []
  if (task !== undefined)
    problems.push({ code: 'invalid-option', message: 'of several files each is a task; leave --task out' })
  if ((descriptors ?? descriptorFile) !== undefined) {
    const message = 'descriptors need one file and --task; with several files there are none'
    problems.push({ code: 'invalid-option', message })
  }
  return problems
}
