import { createRandom, dataset, fit, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { taskClustering } from './task-clustering.ts'

/** 25 tasks of 20 rows with levels and slopes of their own, on a line or on a bend. */
function tasksOn(shape: 'line' | 'bend', features: number): Dataset {
  const random = createRandom(`${shape} of ${features}`)
  return dataset(
    Array.from({ length: 25 }, (_, i) => {
      const [level, slope] = [sampleNormal(random), 2 + 0.7 * sampleNormal(random)]
      const inputs = Array.from({ length: 20 }, () =>
        Array.from({ length: features }, () => sampleNormal(random)),
      )
      const targets = inputs.map(([x]) => {
        const along = shape === 'line' ? x : Math.tanh(2 * x)
        return level + slope * along + 0.3 * sampleNormal(random)
      })
      return { name: `task ${i}`, inputs, targets }
    }),
  )
}

describe("activation 'auto'", () => {
  const auto = taskClustering({ hiddenUnits: 1, restarts: 2 })

  for (const [shape, features, taken, plain] of [
    ['line', 2, 'identity', 'identity'],
    ['line', 6, 'linear', 'linear'],
    ['bend', 2, 'tanh', 'identity'],
  ] as const)
    it(`takes ${taken} units on a ${shape} of ${features} inputs, and says by how much`, async () => {
      const { parameters } = await fit(auto, tasksOn(shape, features), { random: 1 })
      const { candidates, chosen, margin, criterion } = parameters.choice
      expect(parameters.activation).toBe(taken)
      expect(candidates.map(({ activation }) => activation)).toEqual([plain, 'tanh'])
      expect(criterion).toBe('bic')
      const [first, second] = candidates
      expect(candidates[chosen].activation).toBe(taken)
      expect(margin).toBeCloseTo(Math.abs(first.bic - second.bic), 9)
      expect(margin).toBeGreaterThan(shape === 'bend' ? 10 : 0)
    })

  it('says before any training that it costs both', () => {
    const data = tasksOn('line', 2)
    const costOf = (activation: 'auto' | 'identity' | 'tanh'): number =>
      taskClustering({ activation, hiddenUnits: 1 }).cost?.(data).operations ?? NaN
    const once = 2 * 500 * 3 ** 2
    expect(costOf('auto') - once).toBeCloseTo(costOf('identity') + costOf('tanh') - 2 * once, 0)
    expect(costOf('auto')).toBeGreaterThan(3 * costOf('identity'))
  })

  it('is the very model of the activation that it took', async () => {
    const data = tasksOn('bend', 2)
    const [{ parameters: by }, { parameters: named }] = await Promise.all([
      fit(auto, data, { random: 3 }),
      fit(taskClustering({ activation: 'tanh', hiddenUnits: 1, restarts: 2 }), data, { random: 3 }),
    ])
    expect(by.outputs).toEqual(named.outputs)
    expect(by.hiddenWeights).toEqual(named.hiddenWeights)
  })
})
