import { uselessness } from './profile.ts'
import type { ColumnProfile } from './profile.ts'

/** Columns to predict, and what speaks for them. */
export interface TargetCandidate {
  readonly columns: readonly string[]
  readonly reason: string
}

const targetName = /^(target|y|label|outcome|response|score|grade)s?$/i
const targetFamily = /^(target|y|label|outcome|response)[_.\s-]?\w+$/i

/** What the table seems to be made to predict; of a table without tasks several columns, each a task. */
export function proposeTarget(
  profiles: ReadonlyMap<string, ColumnProfile>,
  taken: readonly string[],
  hasTask: boolean,
): TargetCandidate | undefined {
  const possible = [...profiles.values()].filter(
    (profile) => !taken.includes(profile.name) && uselessness(profile) === undefined && isLabel(profile),
  )
  return hasTask ? oneTarget(possible) : severalTargets(possible)
}

/** Numbers, or words of few values. */
function isLabel({ filled, numbers, distinct }: ColumnProfile): boolean {
  return numbers === filled || (numbers === 0 && distinct <= 20)
}

function oneTarget(possible: readonly ColumnProfile[]): TargetCandidate | undefined {
  const named = possible.filter(({ name }) => targetName.test(name)).at(-1)
  if (named !== undefined) return { columns: [named.name], reason: 'named as targets are' }
  const measured = possible.filter(({ numbers, filled, whole }) => numbers === filled && !whole).at(-1)
  if (measured !== undefined) return { columns: [measured.name], reason: 'the last column of decimals' }
  const last = possible.at(-1)
  return last && { columns: [last.name], reason: 'the last column that can be predicted' }
}

function severalTargets(possible: readonly ColumnProfile[]): TargetCandidate | undefined {
  const family = possible.filter(({ name }) => targetName.test(name) || targetFamily.test(name))
  if (family.length > 1) return { columns: namesOf(family), reason: 'named as targets are' }
  const partial = possible.filter(({ filled, rows }) => filled < rows)
  if (partial.length > 1 && partial.length < possible.length)
    return {
      columns: namesOf(partial),
      reason: 'columns with empty cells, as labels have that were not taken',
    }
  return undefined
}

function namesOf(profiles: readonly ColumnProfile[]): string[] {
  return profiles.map(({ name }) => name)
}
