import { check, checkNumber } from '@mtl/core'
import type { Feature } from '@mtl/core'
import { resolveGroups } from '../bayesian/feature-groups.ts'
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
 * @throws MtlError 'unknown-name'; 'unsupported' (a feature in no group, or in two)
 */
export function columnGroups(
  features: readonly Feature[],
  groups: FeatureGroups,
  weights: readonly number[] | 'auto',
  tasks: number,
): ColumnGroup[] {
  return resolveGroups(groups, features).map((columns, g) => ({
    columns,
    weight: weights === 'auto' ? Math.sqrt(tasks * columns.length) : weights[g],
  }))
}
