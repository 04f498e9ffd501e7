import { MtlError } from '@mtl/core'
import type { Json } from '@mtl/core'
import { raise } from '../error/problems.ts'

interface Fault {
  readonly column?: string
  /** With its place in the table. */
  readonly message: string
  /** The text that could be declared to mean an empty cell. */
  readonly cell?: string
}

/**
 * Runs what reads a table, and names the file and a remedy in what it throws; empty `inputs` can be filled.
 * @throws MtlError as `read` does, every fault with its place
 */
export function namingFile<Result>(file: string, read: () => Result, inputs: readonly string[] = []): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MtlError)) throw error
    const { code, details } = error
    const faults = faultsOf(details.problems)
    if (faults.length === 0) throw new MtlError(code, `${file}: ${error.message}`, details, { cause: error })
    const count = typeof details.count === 'number' ? details.count : faults.length
    raise(
      faults.map((fault) => ({ code, message: sentence(file, fault, inputs) })),
      count,
    )
    throw error
  }
}

function faultsOf(problems: Json | undefined): Fault[] {
  return Array.isArray(problems) ? (problems as Fault[]) : []
}

/** 'pupils.csv row 17, column "ses": "n/a" is not a number. Treat it as missing with --missing n/a' */
function sentence(file: string, fault: Fault, inputs: readonly string[]): string {
  const joint = fault.message.startsWith('row ') ? ' ' : ': '
  return file + joint + fault.message + remedy(fault, inputs)
}

function remedy({ message, column, cell }: Fault, inputs: readonly string[]): string {
  if (cell !== undefined) return `. Treat it as missing with --missing ${quoted(cell)}`
  if (message.endsWith('has a decimal comma')) return '. Write a decimal point'
  const canBeFilled = column !== undefined && inputs.includes(column) && message.endsWith('is empty')
  return canBeFilled ? '. Fill empty inputs by their mean with --fill mean' : ''
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
