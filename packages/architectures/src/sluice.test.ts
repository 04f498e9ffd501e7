import { createRandom, fit } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Weights } from '@mtl/core/tensor'
import { relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  columnNaming,
  parameterCounts,
  freshWeights,
  headsOf,
  outputsOf,
  shapeOf,
  type ColumnConfig,
} from './columns.fixture.ts'
import { goldenRuns, differences } from './golden.fixture.ts'
import goldens from './goldens/sluice.json' with { type: 'json' }
import { neuralSingleTaskArchitecture } from './neural-single-task.ts'
import { sluice, sluiceArchitecture } from './sluice.ts'

interface Config extends ColumnConfig {
  readonly subspaces: number
}

const architectureOf = (config: Config, orthogonality: number): ReturnType<typeof sluiceArchitecture> =>
  sluiceArchitecture({
    layers: config.hidden,
    slices: config.subspaces,
    orthogonality,
    activation: config.act,
    heads: headsOf(config),
  })

describe('sluice on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      const { coefficient } = (
        golden.expected as unknown as { readonly penalty: { readonly coefficient: number } }
      ).penalty
      const naming = columnNaming(config, ([block, index]) => {
        if (block === 'alpha') return { name: `shared/alpha/${index}` }
        return block === 'beta' ? { name: 'tasks/skip', row: Number(index), rows: config.tasks } : undefined
      })
      return differences(architectureOf(config, coefficient), golden, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const shape = shapeOf(3)
const layers = [4, 4]

const withMixtures = (weights: Weights, skip: readonly number[]): Weights => {
  const identity = Float32Array.from({ length: 36 }, (_, at) => Number(at % 7 === 0))
  return {
    ...weights,
    'shared/alpha/0': { shape: [6, 6], values: identity },
    'shared/alpha/1': { shape: [6, 6], values: identity },
    'tasks/skip': { shape: [3, 2], values: Float32Array.from([...skip, ...skip, ...skip]) },
  }
}

describe('sluice', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('with alpha I that reads the last layer alone is a network for each task alone', async () => {
    const weights = withMixtures(await freshWeights(sluiceArchitecture({ layers }), shape), [0, 1])
    const theirs = Object.fromEntries(
      Object.entries(weights).map(([name, value]) => [name.replace('shared/column', 'tasks/network'), value]),
    )
    const alone = outputsOf(neuralSingleTaskArchitecture({ layers }), shape, theirs)
    expect(outputsOf(sluiceArchitecture({ layers }), shape, weights)).toEqual(alone)
    // exp(-200) is 0 in float32
    const soft = withMixtures(weights, [-100, 100])
    expect(outputsOf(sluiceArchitecture({ layers, skip: 'softmax' }), shape, soft)).toEqual(alone)
  })

  it('reads all layers alike at the start, either way', async () => {
    const [free, soft] = await Promise.all(
      (['free', 'softmax'] as const).map(async (skip) => {
        const architecture = sluiceArchitecture({ layers, skip })
        return outputsOf(architecture, shape, await freshWeights(architecture, shape))
      }),
    )
    soft.flat().forEach((value, i) => expect(value).toBeCloseTo(free.flat()[i], 5))
  })

  it('gives a row of a task the same whether tasks share their rows or own them', async () => {
    const architecture = sluiceArchitecture({ layers })
    const weights = await freshWeights(architecture, shape)
    const [shared, own] = (['shared', 'own'] as const).map((form) =>
      outputsOf(architecture, shape, weights, form),
    )
    own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
  })

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('sluice', (config: Config) =>
      architectureOf(config, 0.1),
    )
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it('learns slices that differ where their products cost, and shows what it mixes and reads', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 2,
      rows: 40,
      features: 3,
      spread: 0.3,
      noise: 0.2,
    })
    const trainer = { epochs: 30, validationFraction: 0, learningRate: 0.01 }
    const without = await fit(sluice({ layers: [4, 4], orthogonality: 0, trainer }), data, { random: 1 })
    const costly = await fit(sluice({ layers: [4, 4], orthogonality: 1, trainer }), data, { random: 1 })
    const [afterFirst, afterSecond, bars, similarity] = costly.views()
    const overlapOf = (weights: Weights): number => {
      const { shape: size, values } = weights['shared/column/0/kernel']
      const [tasks, inputs, width] = size
      let sum = 0
      for (let t = 0; t < tasks; t++)
        for (const a of [0, 1])
          for (const b of [2, 3]) {
            let product = 0
            for (let i = 0; i < inputs; i++)
              product += values[(t * inputs + i) * width + a] * values[(t * inputs + i) * width + b]
            sum += product ** 2
          }
      return sum
    }
    expect(overlapOf(costly.parameters.weights)).toBeLessThan(0.1 * overlapOf(without.parameters.weights))
    expect([afterFirst, afterSecond, bars, similarity].map(({ title }) => title)).toEqual([
      'Slices after layer 1',
      'Slices after layer 2',
      'Layers that each task reads',
      'Similarity of tasks',
    ])
    expect(afterFirst.kind === 'matrix' && afterFirst.rows).toEqual([
      'task-0, slice 1',
      'task-0, slice 2',
      'task-1, slice 1',
      'task-1, slice 2',
    ])
    expect(bars.kind === 'bars' && [...bars.values]).toEqual([
      ...costly.parameters.weights['tasks/skip'].values,
    ])
  })

  it.each([
    [{ layers: [32, 16] }, 'all alike'],
    [{ layers: [] }, 'layers'],
    [{ layers: [5], slices: 2 }, 'multiple of slices'],
    [{ slices: 0 }, 'slices'],
    [{ orthogonality: -1 }, 'orthogonality'],
    [{ skip: 'none' }, 'skip'],
    [{ slice: 2 }, 'slices'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => sluice(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
