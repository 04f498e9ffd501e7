import { MtlError, nearest } from '@mtl/core'
import type { Columns, TableDescription } from '@mtl/core'
import type { ExampleData } from '@mtl/datasets'
import type { LoadedData } from './loaded-data.ts'

/** What is read of a data set of `@mtl/datasets`. */
type BuiltInSet = Pick<ExampleData, 'title' | 'taskNoun' | 'description' | 'table' | 'data'>

/**
 * A data set that comes along, by its name, described by itself.
 * @throws MtlError 'unknown-name' for a name that it lacks, and where the package is not installed
 */
export async function loadBuiltIn(
  name: string,
  installed: () => Promise<Readonly<Record<string, BuiltInSet>>> = builtInSets,
): Promise<LoadedData> {
  const { title, taskNoun, description, table, data } = setNamed(name, await installed())
  const named = (columns: TableDescription['inputs'] = []): string[] =>
    columns.map((column) => (typeof column === 'string' ? column : column.column))
  return {
    data: data(),
    file: `dataset:${name}`,
    title,
    layout: description.task === undefined ? 'wide' : 'long',
    taskNoun,
    description,
    rows: Object.values(table())[0].length,
    inputs: named(description.inputs),
    descriptors: named(description.descriptor),
    notes: [],
  }
}

/** The table of a data set that comes along. @throws MtlError as `loadBuiltIn` does */
export async function builtInTable(name: string): Promise<Columns> {
  return setNamed(name, await builtInSets()).table()
}

/** Names of the data sets that come along; none where their package is not installed. */
export async function dataSetNames(): Promise<readonly string[]> {
  try {
    return Object.keys(await builtInSets())
  } catch (error) {
    if (error instanceof MtlError) return []
    throw error
  }
}

function setNamed(name: string, sets: Readonly<Record<string, BuiltInSet>>): BuiltInSet {
  const known = Object.keys(sets)
  if (known.includes(name)) return sets[name]
  const meant = nearest(name, known).at(0)
  const hint = meant === undefined ? '' : ` Did you mean dataset:${meant}?`
  throw new MtlError('unknown-name', `there is no data set "${name}".${hint} Known: ${known.join(', ')}`)
}

/** An optional package: it is looked for only when a data set is asked for. */
async function builtInSets(): Promise<Readonly<Record<string, BuiltInSet>>> {
  try {
    return (await import('@mtl/datasets')).datasets
  } catch (error) {
    if (!isMissing(error)) throw error
    const message =
      'data sets are in the package @mtl/datasets, which is not installed: npm install @mtl/datasets'
    throw new MtlError('unknown-name', message, {}, { cause: error })
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
