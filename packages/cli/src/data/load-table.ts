import { datasetFromTable, joinColumns } from '@mtl/core'
import type { Columns, TableDescription } from '@mtl/core'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import { unknownColumns } from './column-checks.ts'
import { constantWithinTasks } from './constant-columns.ts'
import type { DataOptions } from './data-options.ts'
import { textOf } from './infer-kind.ts'
import { profilesOf, uselessness } from './profile.ts'
import { inputColumns, targetKinds } from './roles.ts'
import type { LoadedData } from './loaded-data.ts'
import { namingFile, quoted } from './name-file.ts'
import { nounOf } from './noun.ts'
import { readTable } from './read-table.ts'
import type { Table } from './read-table.ts'

/**
 * One table: its column `task` says whose each row is (long), or each target is a task (wide).
 * @throws MtlError 'unreadable-file', 'unknown-column', 'invalid-option', 'invalid-data'
 */
export async function loadTable(file: string, options: DataOptions): Promise<LoadedData> {
  const { task, target } = options
  raise(optionProblems(options))
  const main = await readTable(file, options.decimal)
  const traits =
    options.descriptorFile === undefined
      ? undefined
      : await readTable(options.descriptorFile, options.decimal)
  const key = options.on ?? task
  raise([
    ...unknownColumns(file, main.columns, namedColumns(options, traits, key)),
    ...(traits === undefined ? [] : unknownColumns(traits.file, traits.columns, traitColumns(options, key))),
  ])
  const columns = joined(main, traits, key)
  const descriptors = options.descriptors ?? traitNames(traits, key)
  const { inputs, useless } =
    options.features === undefined
      ? inputNames(main, options, [key, ...descriptors])
      : { inputs: options.features, useless: [] }
  const description = describe(columns, options, inputs, descriptors)
  return {
    data: namingFile(file, () => datasetFromTable(columns, description), inputs),
    description,
    file,
    title: file,
    layout: task === undefined ? 'wide' : 'long',
    taskNoun: task === undefined ? 'task' : nounOf(task),
    rows: columns[target[0]].length,
    inputs,
    descriptors,
    notes: [
      ...useless.map(
        ({ name, reason }) => `column "${name}" is no input, ${reason}; --features takes it all the same`,
      ),
      ...(task === undefined || options.features !== undefined ? [] : advice(columns, task, inputs)),
    ],
  }
}

function describe(
  columns: Columns,
  options: DataOptions,
  inputs: readonly string[],
  descriptors: readonly string[],
): TableDescription {
  const { task, weight, categorical, missing, fill = 'refuse' } = options
  return {
    ...(task !== undefined && { task }),
    targets: targetKinds([columns], options),
    inputs: inputColumns(inputs, categorical),
    ...(descriptors.length > 0 && { descriptor: inputColumns(descriptors, categorical) }),
    ...(weight !== undefined && { weight }),
    missingMarkers: missing,
    missing: fill,
  }
}

/** What is wrong with the options, whatever the data. */
function optionProblems({ task, target, descriptors, descriptorFile, on }: DataOptions): Problem[] {
  const told = (message: string): Problem => ({ code: 'invalid-option', message })
  const problems: Problem[] = []
  if (task === undefined && target.length === 1) {
    const remedy = 'name the column of tasks with --task, or several targets with --target a,b'
    problems.push(told(`one target and no --task make one task, and there is nothing to compare; ${remedy}`))
  }
  if (task === undefined && (descriptors ?? descriptorFile) !== undefined)
    problems.push(told('descriptors describe the tasks of a column; name that column with --task'))
  if (on !== undefined && descriptorFile === undefined)
    problems.push(told('--on names the key of a --descriptor-file, and there is none'))
  return problems
}

interface InputNames {
  readonly inputs: readonly string[]
  readonly useless: readonly { readonly name: string; readonly reason: string }[]
}

/** Columns of the main table that have no other role, without those that can tell nothing. */
function inputNames(
  { columns }: Table,
  { task, target, weight, missing, categorical }: DataOptions,
  others: readonly (string | undefined)[],
): InputNames {
  const taken = new Set([task, weight, ...target, ...others])
  const free = Object.entries(columns).filter(([name]) => !taken.has(name))
  const useless = [...profilesOf(Object.fromEntries(free), missing).values()].flatMap((profile) => {
    const reason = categorical.includes(profile.name) ? undefined : uselessness(profile)
    return reason === undefined ? [] : [{ name: profile.name, reason }]
  })
  const out = new Set(useless.map(({ name }) => name))
  return { inputs: free.map(([name]) => name).filter((name) => !out.has(name)), useless }
}

/** Columns that the main table must have. */
function namedColumns(options: DataOptions, traits: Table | undefined, key: string | undefined): string[] {
  const { task, target, features = [], descriptors = [], weight, categorical } = options
  const inTraits = (name: string): boolean => traits !== undefined && Object.hasOwn(traits.columns, name)
  return [
    task ?? [],
    target,
    features,
    traits === undefined ? descriptors : (key ?? []),
    weight ?? [],
    categorical.filter((name) => !inTraits(name)),
  ].flat()
}

/** Columns that the table of descriptors must have. */
function traitColumns({ descriptors = [] }: DataOptions, key: string | undefined): string[] {
  return [...(key === undefined ? [] : [key]), ...descriptors]
}

function traitNames(traits: Table | undefined, key: string | undefined): string[] {
  return Object.keys(traits?.columns ?? {}).filter((name) => name !== key)
}

/**
 * The columns of a table and those of its descriptors by their common key.
 * @throws MtlError 'invalid-data' naming the keys that are lacking
 */
export function joined(main: Table, traits: Table | undefined, key: string | undefined): Columns {
  if (traits === undefined || key === undefined) return main.columns
  raise(lackingKeys(main, traits, key))
  return namingFile(traits.file, () => joinColumns(main.columns, traits.columns, key))
}

const mostKeys = 5

/** Keys that the table of descriptors lacks: one problem, however many rows need them. */
function lackingKeys(main: Table, traits: Table, key: string): Problem[] {
  const known = new Set(Array.from(traits.columns[key], (cell) => textOf(cell, [])))
  const lacking = new Set(
    Array.from(main.columns[key], (cell) => textOf(cell, [])).filter((text) => !known.has(text)),
  )
  if (lacking.size === 0) return []
  const some = [...lacking].slice(0, mostKeys).map((text) => `"${text}"`)
  const rest = lacking.size > mostKeys ? ` and ${lacking.size - mostKeys} more` : ''
  const are = lacking.size === 1 ? 'is' : 'are'
  const message = `${traits.file} has no row for ${some.join(', ')}${rest}, which ${are} in column "${key}" of ${main.file}`
  return [{ code: 'invalid-data', message }]
}

function advice(columns: Columns, task: string, inputs: readonly string[]): string[] {
  const constant = constantWithinTasks(columns, task, inputs)
  if (constant.length === 0) return []
  const one = constant.length === 1
  const subject = one
    ? `column "${constant[0]}" is`
    : `columns ${constant.map((name) => `"${name}"`).join(', ')} are`
  const remedy = `to use ${one ? 'it as a descriptor' : 'them as descriptors'} of the task instead of as ${one ? 'an input' : 'inputs'}, add --descriptors ${quoted(constant.join(','))}`
  return [`${subject} constant within each ${task}; ${remedy}`]
}
