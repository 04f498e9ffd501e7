import type { Columns } from '@mtl/core'
import { constantWithinTasks } from './constant-columns.ts'
import { isNamedIdentifier, uselessness } from './profile.ts'
import type { ColumnProfile } from './profile.ts'

/** A column that may name tasks, and what speaks for it. */
export interface TaskCandidate {
  readonly column: string
  readonly reasons: readonly string[]
}

/** Fewer rows a task, on average, make no task. */
const fewestRowsPerTask = 3

/** With fewer reasons than these a column of levels is an input like another. */
const fewestReasons = 2

/** Of what a column may be called when it names groups. */
const groupName = /^(task|group|subject|person|patient|site|school|class|cluster|region|plant|store)s?$/i

/** The column that most speaks for as the one that names each row's task; none where too little does. */
export function proposeTask(
  columns: Columns,
  profiles: ReadonlyMap<string, ColumnProfile>,
  taken: readonly string[],
): TaskCandidate | undefined {
  const possible = [...profiles.values()].filter(
    (profile) => !taken.includes(profile.name) && mayNameTasks(profile),
  )
  const others = [...profiles.values()]
    .filter((profile) => uselessness(profile) === undefined && !taken.includes(profile.name))
    .map(({ name }) => name)
  const candidates = possible
    .map(({ name }) => ({ column: name, reasons: reasonsFor(columns, name, others) }))
    .filter(({ reasons }) => reasons.length >= fewestReasons)
  // The first of equals: tables begin with what tells rows apart.
  return candidates.sort((a, b) => b.reasons.length - a.reasons.length).at(0)
}

function mayNameTasks({ name, rows, filled, distinct, numbers, whole }: ColumnProfile): boolean {
  const several = distinct >= (numbers === 0 || isNamedIdentifier(name) || groupName.test(name) ? 2 : 3)
  const wordsOrCodes = numbers === 0 || (numbers === filled && whole)
  return several && wordsOrCodes && filled === rows && distinct * fewestRowsPerTask <= rows
}

function reasonsFor(columns: Columns, name: string, others: readonly string[]): string[] {
  const cells = Array.from(columns[name], String)
  const distinct = new Set(cells).size
  const reasons: string[] = []
  if (isNamedIdentifier(name) || groupName.test(name)) reasons.push('named as groups are')
  if (Number.isNaN(Number(cells[0]))) reasons.push('words')
  const runs = cells.filter((cell, row) => row === 0 || cell !== cells[row - 1]).length
  if (runs === distinct) reasons.push('rows of one value stand together')
  const constant = constantWithinTasks(
    columns,
    name,
    others.filter((other) => other !== name),
  )
  if (constant.length > 0) reasons.push(`${listed(constant)} constant within each`)
  return reasons
}

const mostListed = 3

function listed(names: readonly string[]): string {
  const rest = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return `${names.slice(0, mostListed).join(', ')}${rest} ${names.length === 1 ? 'is' : 'are'}`
}
