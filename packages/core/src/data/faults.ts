import { MtlError } from '../error/mtl-error.ts'

/** What is wrong with a table at one place. Rows count from 1, the header not counted. */
interface Fault {
  /** A sentence with its place, without a remedy. */
  readonly message: string
  readonly row?: number
  readonly column?: string
  /** The text that could be declared to mean an empty cell. */
  readonly cell?: string
}

/** Gathers what is wrong, to be told at once. */
export interface Faults {
  add(fault: Fault, remedy?: string): void
  /** @throws MtlError 'invalid-data', when there was any fault */
  report(): void
}

const mostListed = 20

export function collectFaults(): Faults {
  const listed: { readonly fault: Fault; readonly remedy: string }[] = []
  const perColumn = new Map<string | undefined, number>()
  let count = 0
  return {
    add(fault, remedy = '') {
      count += 1
      const sofar = perColumn.get(fault.column) ?? 0
      perColumn.set(fault.column, sofar + 1)
      // Columns are read one after the other: the first faults by row are among the first of each.
      if (sofar < mostListed) listed.push({ fault, remedy })
    },
    report() {
      if (count === 0) return
      const first = listed.sort((a, b) => (a.fault.row ?? 0) - (b.fault.row ?? 0)).slice(0, mostListed)
      const others = count > 1 ? ` (and ${count - 1} more)` : ''
      const problems = first.map(({ fault }) => ({ ...fault }))
      throw new MtlError('invalid-data', first[0].fault.message + first[0].remedy + others, {
        problems,
        count,
      })
    },
  }
}

/** 'row 17, column "ses"', of a position that counts from 0. */
export function placeOf(position: number, column: string): string {
  return `row ${position + 1}, column "${column}"`
}
