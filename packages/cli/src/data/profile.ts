import type { Cell, Columns } from '@mtl/core'
import { textOf } from './infer-kind.ts'

/** What can be said of a column without knowing what it is for. */
export interface ColumnProfile {
  readonly name: string
  readonly rows: number
  /** Cells that are not empty. */
  readonly filled: number
  /** Different texts among them. */
  readonly distinct: number
  /** Cells that are numbers. */
  readonly numbers: number
  /** Whether all those are whole. */
  readonly whole: boolean
  /** Whether the whole numbers are 0, 1, ... or 1, 2, ..., each once. */
  readonly counts: boolean
  /** The different texts that are no numbers, a few of them. */
  readonly words: readonly string[]
}

const mostWords = 4

/** The profile of each column, by its name. */
export function profilesOf(columns: Columns, missing: readonly string[]): ReadonlyMap<string, ColumnProfile> {
  return new Map(Object.entries(columns).map(([name, cells]) => [name, profileOf(name, cells, missing)]))
}

function profileOf(name: string, cells: ArrayLike<Cell>, missing: readonly string[]): ColumnProfile {
  const texts = new Set<string>()
  const words = new Set<string>()
  const sizes = { filled: 0, numbers: 0, least: Infinity, most: -Infinity }
  let whole = true
  for (let row = 0; row < cells.length; row++) {
    const text = textOf(cells[row], missing)
    if (text === '') continue
    sizes.filled += 1
    texts.add(text)
    const value = Number(text)
    if (!Number.isFinite(value)) {
      if (words.size < mostWords) words.add(text)
      continue
    }
    sizes.numbers += 1
    whole &&= Number.isInteger(value)
    sizes.least = Math.min(sizes.least, value)
    sizes.most = Math.max(sizes.most, value)
  }
  const { filled, numbers, least, most } = sizes
  const once = numbers === cells.length && texts.size === numbers
  const counts = once && whole && least >= 0 && least <= 1 && most - least + 1 === numbers
  return { name, rows: cells.length, filled, distinct: texts.size, numbers, whole, counts, words: [...words] }
}

/** On fewer rows chance makes any column unique. */
const fewestRows = 10

const identifierName = /(^|[_\s.-])(id|idx|index|key|uuid|guid|no|nr|row)$|(?<=\p{Ll})I[Dd]$/iu

/** Whether a column is called as identifiers are: 'id', 'pupil_id', 'rowIndex' is not. */
export function isNamedIdentifier(name: string): boolean {
  return identifierName.test(name)
}

/** Why a column can tell a method nothing, in words that follow its name; undefined where it may. */
export function uselessness(profile: ColumnProfile): string | undefined {
  const { rows, filled, distinct } = profile
  if (filled === 0) return 'empty'
  if (distinct === 1 && filled === rows && rows > 1) return 'constant'
  if (rows < fewestRows) return undefined
  if (profile.counts) return 'identifier-like: it counts the rows'
  return identifies(profile) ? `identifier-like: ${distinct} different values in ${rows} rows` : undefined
}

/** Words that hardly repeat teach nothing of rows to come; of numbers only the name tells codes from measures. */
function identifies({ name, filled, distinct, numbers, whole }: ColumnProfile): boolean {
  if (numbers === 0) return distinct > filled / 2
  return numbers === filled && whole && isNamedIdentifier(name) && distinct >= 0.95 * filled
}
