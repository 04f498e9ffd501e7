import { nearest } from '@mtl/core'
import type { Columns } from '@mtl/core'
import type { Problem } from '../error/problems.ts'

/** Of a wide table only so many names are listed. */
const mostListed = 30

/** A problem for each name that is no column of the table. */
export function unknownColumns(file: string, columns: Columns, names: readonly string[]): Problem[] {
  const known = Object.keys(columns)
  return [...new Set(names)]
    .filter((name) => !known.includes(name))
    .map((name) => ({ code: 'unknown-column', message: sentence(file, name, known) }))
}

function sentence(file: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known).at(0)
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`
  const rest = known.length > mostListed ? ` and ${known.length - mostListed} more` : ''
  return `${file} has no column "${name}".${hint} Columns: ${known.slice(0, mostListed).join(', ')}${rest}`
}
