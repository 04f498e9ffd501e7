import { MtlError } from '@mtl/core'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import { flagOf } from '../text/flag.ts'
import { builtInTable, loadBuiltIn } from './built-in.ts'
import type { DataOptions } from './data-options.ts'
import { loadList } from './load-list.ts'
import { loadTable } from './load-table.ts'
import type { LoadedData } from './loaded-data.ts'
import { readTable } from './read-table.ts'
import type { Decimal, Table } from './read-table.ts'

const builtInPrefix = 'dataset:'

/**
 * The tasks of one table, of several tables, one a task, or of a built-in set.
 * @throws MtlError 'unreadable-file', 'unknown-column', 'unknown-name', 'invalid-option', 'invalid-data'
 */
export async function loadData(files: readonly string[], options: DataOptions): Promise<LoadedData> {
  const builtIn = files.find((file) => file.startsWith(builtInPrefix))
  if (builtIn === undefined)
    return files.length === 1 ? loadTable(files[0], options) : loadList(files, options)
  if (files.length === 1) {
    raise(describedTwice(builtIn, options))
    return loadBuiltIn(builtIn.slice(builtInPrefix.length))
  }
  throw new MtlError('invalid-option', `${builtIn} stands alone; it cannot be read together with other files`)
}

/** The table in a file, or that of a built-in set. @throws MtlError 'unreadable-file', 'unknown-name', 'invalid-data' */
export async function tableOf(file: string, decimal?: Decimal): Promise<Table> {
  return file.startsWith(builtInPrefix)
    ? { file, columns: await builtInTable(file.slice(builtInPrefix.length)) }
    : readTable(file, decimal)
}

/** A data set that comes along says itself what its columns are: an option would go unheard. */
function describedTwice(builtIn: string, options: DataOptions): Problem[] {
  return Object.entries({ ...options })
    .filter(([, value]) => value.length > 0)
    .map(([name]) => ({
      code: 'invalid-option',
      message: `${builtIn} describes its columns itself; leave ${flagOf(name)} out`,
    }))
}
