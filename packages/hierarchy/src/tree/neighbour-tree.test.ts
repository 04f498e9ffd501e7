import { createRandom, sampleNormal } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { squaredDistances } from '../messages/distances.ts'
import { robinsonFoulds } from './coalescent.ts'
import { greedyTree } from './greedy-tree.ts'
import { neighbourTree } from './neighbour-tree.ts'
import { rootAge } from './task-tree.ts'

function drawn(tasks: number): Float64Array {
  const random = createRandom(tasks)
  return Float64Array.from({ length: 3 * tasks }, () => sampleNormal(random))
}

describe('the greedy tree by neighbours', () => {
  it('is the exact one where all are neighbours', () => {
    const points = drawn(40)
    const variances = new Float64Array(40).fill(0.1)
    const exact = greedyTree(
      { distances: squaredDistances(points, 3), variances, size: 3 },
      { rule: 'rate1', minGap: 0.1 },
    )
    const near = neighbourTree({ points, variances, size: 3 }, { neighbours: 39, minGap: 0.1 })
    expect(robinsonFoulds(exact, near)).toBe(0)
    expect(Math.abs(rootAge(exact) - rootAge(near))).toBeLessThan(1e-9)
  })

  it('is nearly that with few, and dated', () => {
    const points = drawn(400)
    const variances = new Float64Array(400).fill(0.1)
    const exact = greedyTree(
      { distances: squaredDistances(points, 3), variances, size: 3 },
      { rule: 'rate1', minGap: 0.1 },
    )
    const near = neighbourTree({ points, variances, size: 3 }, { neighbours: 20, minGap: 0.1 })
    // Of 398 inner clades on either side.
    expect(robinsonFoulds(exact, near)).toBeLessThan(80)
    near.ages.subarray(401).forEach((age, i) => expect(age).toBeGreaterThan(near.ages[400 + i]))
  })
})
