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
    const groups = alike(faults)
    raise(
      groups.map((group) => ({ code, message: sentence(file, group, inputs) })),
      count - faults.length + groups.length,
    )
    throw error
  }
}

/** Faults of one column that are the same but for their row. */
function alike(faults: readonly Fault[]): (readonly Fault[])[] {
  const groups = new Map<string, Fault[]>()
  faults.forEach((fault, i) => {
    const { column, message } = fault
    const what = message.replace(/^row \d+/, '')
    const key = column === undefined ? String(i) : JSON.stringify([column, what])
    groups.set(key, [...(groups.get(key) ?? []), fault])
  })
  return [...groups.values()]
}

function hasDecimalComma({ message }: Fault): boolean {
  return message.endsWith('has a decimal comma')
}

function faultsOf(problems: Json | undefined): Fault[] {
  return Array.isArray(problems) ? (problems as Fault[]) : []
}

/** 'pupils.csv row 17, column "ses": "n/a" is not a number. Treat it as missing with --missing n/a' */
function sentence(file: string, [fault, ...others]: readonly Fault[], inputs: readonly string[]): string {
  const joint = fault.message.startsWith('row ') ? ' ' : ': '
  const more = others.length === 0 ? '' : ', and so in other rows'
  return file + joint + fault.message + more + remedy(fault, inputs)
}

function remedy(fault: Fault, inputs: readonly string[]): string {
  const { message, column, cell } = fault
  const isInput = column !== undefined && inputs.includes(column)
  // What is missing in an input has to be filled too: one line tells both steps.
  if (cell !== undefined)
    return `. Treat it as missing with --missing ${quoted(cell)}${isInput ? ', and fill such inputs with --fill mean' : ''}`
  if (hasDecimalComma(fault)) return '. Read the file with --decimal ,'
  return isInput && message.endsWith('is empty') ? '. Fill empty inputs by their mean with --fill mean' : ''
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
