import { collectFaults, placeOf } from './faults.ts'
import { openTable } from './open-table.ts'
import type { Cell, Columns } from './types.ts'

/**
 * Adds the columns of `other` to each row, by the text in column `on`: descriptors kept in a table of their
 * own. @throws MtlError 'unknown-column', 'invalid-data' (a key that is missing or given twice there, a column
 * that both tables have)
 */
export function joinColumns(columns: Columns, other: Columns, on: string): Columns {
  const faults = collectFaults()
  const keys = openTable(columns, [on], [], faults).texts(on)
  const positions = new Map<string, number>()
  openTable(other, [on], [], faults)
    .texts(on)
    .forEach((key, i) => {
      const message = `${placeOf(i, on)}: "${key}" is given twice in the table to be joined`
      if (positions.has(key)) faults.add({ message, row: i + 1, column: on })
      positions.set(key, i)
    })
  const matches = keys.map((key, i) => {
    const match = positions.get(key)
    const message = `${placeOf(i, on)}: the table to be joined has no "${key}"`
    if (match === undefined) faults.add({ message, row: i + 1, column: on })
    return match ?? 0
  })
  const added = Object.keys(other).filter((column) => column !== on)
  for (const column of added) {
    const message = `both tables have a column "${column}"`
    if (Object.hasOwn(columns, column)) faults.add({ message, column })
  }
  faults.report()
  const joined = added.map((column): [string, readonly Cell[]] => [
    column,
    matches.map((i) => other[column][i]),
  ])
  return { ...columns, ...Object.fromEntries(joined) }
}
