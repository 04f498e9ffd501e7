import { matrix, row } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { dataset } from './dataset.ts'
import { addEmpty, encoderOf, featuresOf, refuseEmptyLevels, type Encoder } from './encode.ts'
import { collectFaults, placeOf, type Faults } from './faults.ts'
import { groupBy } from './group-by.ts'
import { labelsOf } from './labels.ts'
import { memoised } from './memoised.ts'
import { isReserved } from './names.ts'
import { openTable, type Table } from './open-table.ts'
import { groupByTable, tablesOf } from './tables.ts'
import type { Columns, Dataset, Feature, InputColumn, TableDescription, TaskInfo, TaskInit } from './types.ts'

/**
 * The tasks of a table. `like` (a model's `tasks`) reads new rows as those tasks were read: features, levels
 * and classes are theirs, target columns and the weight may be absent, a task that they lack takes the features
 * of the first. Blanks around a cell's text do not count.
 * @throws MtlError 'unknown-column'; 'invalid-data', whose details.problems lists the first 20 faults as {
 * message, row, column }, with `cell` where a text may stand for an empty one
 */
export function datasetFromTable<const Target extends string>(
  columns: Columns,
  description: TableDescription<Target> & { readonly task?: undefined },
  like?: readonly TaskInfo[],
): Dataset<Target>
export function datasetFromTable(
  columns: Columns,
  description: TableDescription,
  like?: readonly TaskInfo[],
): Dataset
export function datasetFromTable(
  columns: Columns,
  description: TableDescription,
  like: readonly TaskInfo[] = [],
): Dataset {
  const faults = collectFaults()
  checkDescription(description, faults)
  faults.report()
  const table = openTable(columns, neededColumns(description, like), description.missingMarkers ?? [], faults)
  const groups = [...rowsByTask(table, description.task, faults)]
  const readerOf = inputReaders(table, description, like, faults)
  const targets = Object.keys(description.targets)
  const labels = targets.map((target) => labelsOf(table, target, description, like, faults))
  const weights = weightsOf(table, description.weight, like, faults)
  const descriptors = descriptorsOf(table, description, like, groups, faults)
  const tasks = groups.flatMap(([group, rows], g) => {
    const inputsOf = memoised((encode: Encoder) => encode(rows))
    return labels.map(({ values, ...label }): TaskInit => {
      const name = nameOf(group, label.target, description)
      const { features, encode } = readerOf(name)
      return {
        ...label,
        name,
        features,
        inputs: inputsOf(encode),
        targets: pick(values, rows),
        rows,
        ...(weights && { weights: pick(weights, rows) }),
        ...(descriptors && {
          descriptor: row(descriptors.values, g),
          descriptorFeatures: descriptors.features,
        }),
      }
    })
  })
  faults.report()
  return dataset(tasks)
}

function nameOf(group: string, target: string, { task, targets }: TableDescription): string {
  if (task === undefined) return target
  return Object.keys(targets).length > 1 ? `${group}/${target}` : group
}

function checkDescription(
  { task, targets, inputs, descriptor = [] }: TableDescription,
  faults: Faults,
): void {
  const names = Object.keys(targets)
  if (names.length === 0) faults.add({ message: 'the description of a table names no target' })
  for (const [role, columns] of Object.entries({ 'an input': inputs, 'a descriptor': descriptor })) {
    for (const { column } of columns.map(inputColumn)) {
      if (names.includes(column))
        faults.add({ message: `column "${column}" is a target, not ${role}`, column })
    }
  }
  if (task !== undefined && names.includes(task))
    faults.add({ message: `column "${task}" names the tasks and cannot be a target`, column: task })
  if (task === undefined && descriptor.length > 0)
    faults.add({ message: 'descriptor columns need a column that names the tasks' })
  for (const { column, as } of descriptor.map(inputColumn)) {
    const message = `column "${column}": a descriptor is taken as numbers or levels, not as ids`
    if (as === 'ids') faults.add({ message, column })
  }
}

function neededColumns(description: TableDescription, like: readonly TaskInfo[]): readonly string[] {
  const { task = [], targets, inputs, descriptor = [], weight = [] } = description
  const known = like.length > 0
  const features = [...new Set(like.map((info) => info.features))].flat()
  return [
    task,
    known ? [] : [Object.keys(targets), weight],
    known ? features.map(({ column }) => column) : inputs.map((input) => inputColumn(input).column),
    descriptor.map((input) => inputColumn(input).column),
  ].flat(2)
}

function inputColumn(input: string | InputColumn): InputColumn {
  return typeof input === 'string' ? { column: input } : input
}

/** Positions of the rows of each task; all rows where no column names tasks. */
function rowsByTask(table: Table, task: string | undefined, faults: Faults): ReadonlyMap<string, Int32Array> {
  const all = Int32Array.from({ length: table.rows }, (_, i) => i)
  if (task === undefined) return new Map([['', all]])
  const names = table.texts(task)
  const groups = new Map<string, Int32Array>()
  for (const [name, rows] of groupBy(all, (i) => names[i])) {
    groups.set(name, Int32Array.from(rows))
    if (!isReserved(name)) continue
    for (const i of rows) {
      const place = { row: i + 1, column: task }
      const what = name === '' ? ' is empty: each row needs a task' : `: a task cannot be named "${name}"`
      faults.add({ ...place, message: placeOf(i, task) + what })
    }
  }
  return groups
}

interface InputReader {
  readonly features: readonly Feature[]
  readonly encode: Encoder
}

/** How the inputs of a task are read, by its name: one reader for each list of features. */
function inputReaders(
  table: Table,
  { inputs, missing = 'refuse' }: TableDescription,
  like: readonly TaskInfo[],
  faults: Faults,
): (task: string) => InputReader {
  const reader = (features: readonly Feature[]): InputReader => {
    if (missing === 'refuse') refuseEmptyLevels(table, features, faults)
    return { features, encode: encoderOf(table, features, faults) }
  }
  if (like.length === 0) {
    const only = reader(inputs.flatMap((input) => featuresOf(inputColumn(input), table, missing, faults)))
    return () => only
  }
  const readers = groupByTable(like).map(([{ features }]) => reader(features))
  const tables = tablesOf(like)
  const tableNamed = new Map(like.map(({ name }, k) => [name, tables[k]]))
  return (task) => readers[tableNamed.get(task) ?? tables[0]]
}

/** Case weights of all rows. */
function weightsOf(
  table: Table,
  column: string | undefined,
  like: readonly TaskInfo[],
  faults: Faults,
): Float64Array | undefined {
  if (column === undefined || (like.length > 0 && !table.has(column))) return undefined
  const weights = table.numbers(column)
  weights.forEach((weight, i) => {
    const place = { row: i + 1, column }
    if (weight < 0) faults.add({ ...place, message: `${placeOf(i, column)}: a weight is ${weight}, below 0` })
    else if (table.isEmpty(column, i)) addEmpty(i, column, faults)
  })
  return weights
}

/** The descriptor of each group, a row each. */
function descriptorsOf(
  table: Table,
  { descriptor = [] }: TableDescription,
  like: readonly TaskInfo[],
  groups: readonly (readonly [string, Int32Array])[],
  faults: Faults,
): { readonly features: readonly Feature[]; readonly values: Matrix } | undefined {
  if (descriptor.length === 0) return undefined
  const features =
    like.at(0)?.descriptorFeatures ??
    descriptor.flatMap((input) => featuresOf(inputColumn(input), table, 'refuse', faults))
  refuseEmptyLevels(table, features, faults)
  const encode = encoderOf(table, features, faults)
  const values = matrix(groups.length, features.length)
  groups.forEach(([name, rows], g) => {
    const own = encode(rows)
    values.data.set(row(own, 0), g * features.length)
    features.forEach(({ column }, j) => {
      const other = rows.findIndex((_, i) => own.data[i * own.columns + j] !== own.data[j])
      if (other < 0) return
      const message = `${placeOf(rows[other], column)}: a descriptor is constant in a task, but task "${name}" has two values`
      faults.add({ message, row: rows[other] + 1, column })
    })
  })
  return { features, values }
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]]
  return picked
}
