import { describe, it } from 'vitest'
import type { LossWeighting } from '../weighting/types.ts'
import { weightingLaws } from './laws/weightings.ts'

/** Weights finite; absent tasks do not steer; equivariant to task order; state survives a round trip. */
export function describeWeighting(name: string, make: () => LossWeighting): void {
  describe(`${name} keeps the laws of weightings:`, () => {
    for (const [title, law] of Object.entries(weightingLaws)) it(title, () => law(make))
  })
}
