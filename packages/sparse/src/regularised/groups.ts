import { check, checkNumber, nearest } from '@mtl/core'
import type { Feature } from '@mtl/core'
import type { ColumnGroup } from './proximal.ts'

/** Lists of names of features or columns, or each feature by itself. */
export type FeatureGroups = readonly (readonly string[])[] | 'single'

/** What can be told without data. @throws MtlError 'invalid-option' */
export function checkGroups(groups: FeatureGroups, weights: readonly number[] | 'auto'): void {
  const listed = groups === 'single' ? [] : groups
  const seen = new Set<string>()
  for (const name of listed.flat()) {
    const text = `groups: "${name}" stands in more than one place; every feature belongs to exactly one group`
    check(!seen.has(name), 'invalid-option', text, { name })
    seen.add(name)
  }
  check(
    listed.every(({ length }) => length > 0),
    'invalid-option',
    'groups: a group has no name in it',
  )
  if (weights === 'auto') return
  weights.forEach((weight) => checkNumber('groupWeights', weight, { above: 0, max: Number.MAX_VALUE }))
  const text = `groupWeights needs a number for each of the ${listed.length} groups, got ${weights.length}`
  check(groups !== 'single' && weights.length === listed.length, 'invalid-option', text)
}

/**
 * The columns of each group, and its weight in the penalty.
 * @throws MtlError 'unknown-name'; 'unsupported' (a feature in no group, or by its column in two)
 */
export function columnGroups(
  features: readonly Feature[],
  groups: FeatureGroups,
  weights: readonly number[] | 'auto',
  tasks: number,
): ColumnGroup[] {
  const members = groups === 'single' ? features.map((_, j) => [j]) : membersOf(features, groups)
  return members.map((columns, g) => ({
    columns: Int32Array.from(columns),
    weight: weights === 'auto' ? Math.sqrt(tasks * columns.length) : weights[g],
  }))
}

function membersOf(features: readonly Feature[], groups: readonly (readonly string[])[]): number[][] {
  const members = groups.map((names) => names.flatMap((name) => positionsOf(features, name)))
  const counts = new Int32Array(features.length)
  for (const j of members.flat()) counts[j]++
  features.forEach(({ name }, j) => {
    const where = counts[j] === 0 ? 'stands in no group' : 'stands in more than one group'
    const text = `groups: the feature "${name}" ${where}; every feature belongs to exactly one`
    check(counts[j] === 1, 'unsupported', text, { name })
  })
  return members
}

/** A feature's own name goes before that of its column. */
function positionsOf(features: readonly Feature[], name: string): number[] {
  const own = features.findIndex((feature) => feature.name === name)
  if (own >= 0) return [own]
  const positions = features.flatMap(({ column }, j) => (column === name ? [j] : []))
  const known = features.flatMap((feature) => [feature.name, feature.column])
  const text = `groups: no feature or column is named "${name}"; the nearest are ${nearest(name, known).join(', ')}`
  check(positions.length > 0, 'unknown-name', text, { name, nearest: nearest(name, known) })
  return positions
}
