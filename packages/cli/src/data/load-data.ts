import { MtlError } from '@mtl/core'
import { loadBuiltIn } from './built-in.ts'
import type { DataOptions } from './data-options.ts'
import { loadList } from './load-list.ts'
import { loadTable } from './load-table.ts'
import type { LoadedData } from './loaded-data.ts'

const builtInPrefix = 'dataset:'

/**
 * The tasks of one table, of several tables, one a task, or of a built-in set.
 * @throws MtlError 'unreadable-file', 'unknown-column', 'unknown-name', 'invalid-option', 'invalid-data'
 */
export async function loadData(files: readonly string[], options: DataOptions): Promise<LoadedData> {
  const builtIn = files.find((file) => file.startsWith(builtInPrefix))
  if (builtIn === undefined)
    return files.length === 1 ? loadTable(files[0], options) : loadList(files, options)
  if (files.length === 1) return loadBuiltIn(builtIn.slice(builtInPrefix.length))
  throw new MtlError('invalid-option', `${builtIn} stands alone; it cannot be read together with other files`)
}
