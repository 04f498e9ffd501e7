import { MtlError, check } from '@mtl/core'
import type { Feature } from '@mtl/core'

/**
 * Positions of the features of each group. A name is a feature's, or a column's for all features made of it.
 * @throws MtlError 'unknown-name'; 'unsupported' for a feature in no group or in two
 */
export function resolveGroups(
  groups: 'single' | readonly (readonly string[])[],
  features: readonly Feature[],
): readonly Int32Array[] {
  if (groups === 'single') return features.map((_, j) => Int32Array.of(j))
  const owner = new Map<number, string>()
  const resolved = groups.map((names) =>
    Int32Array.from(
      names.flatMap((name) => {
        const found = positionsOf(name, features)
        for (const j of found) {
          check(
            !owner.has(j),
            'unsupported',
            `option groups: feature "${features[j].name}" stands in two groups, as "${owner.get(j)}" and as "${name}"`,
            { name: features[j].name },
          )
          owner.set(j, name)
        }
        return found
      }),
    ),
  )
  const left = features.filter((_, j) => !owner.has(j)).map(({ name }) => name)
  check(
    left.length === 0,
    'unsupported',
    `option groups: every feature must stand in one, and these do not: ${left.join(', ')}`,
    { names: left },
  )
  return resolved
}

function positionsOf(name: string, features: readonly Feature[]): number[] {
  const own = features.findIndex((feature) => feature.name === name)
  if (own >= 0) return [own]
  const found = [...features.keys()].filter((j) => features[j].column === name)
  if (found.length > 0) return found
  throw new MtlError('unknown-name', `option groups: no feature is named "${name}"`, {
    name,
    known: features.map((feature) => feature.name),
  })
}
