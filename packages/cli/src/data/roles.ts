import type { Columns, InputColumn, TaskKind } from '@mtl/core'
import type { DataOptions } from './data-options.ts'
import { inferKind } from './infer-kind.ts'

/** The kind of each target: as said, else by its cells in all the tables. */
export function targetKinds(
  tables: readonly Columns[],
  { target, kind, missing }: DataOptions,
): Record<string, TaskKind> {
  const kinds = target.map((name, k) => {
    if (kind !== undefined) return kind.length === 1 ? kind[0] : kind[k]
    return inferKind(
      tables.flatMap((columns) => Array.from(columns[name])),
      missing,
    )
  })
  return Object.fromEntries(target.map((name, k) => [name, kinds[k]]))
}

/** Columns as they are, or as indicators of their levels. */
export function inputColumns(
  names: readonly string[],
  categorical: readonly string[],
): (string | InputColumn)[] {
  return names.map((column) => (categorical.includes(column) ? { column, as: 'levels' } : column))
}
