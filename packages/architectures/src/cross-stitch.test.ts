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
import { crossStitch, crossStitchArchitecture } from './cross-stitch.ts'
import { goldenRuns, differences } from './golden.fixture.ts'
import columns from './goldens/columns.json' with { type: 'json' }
import goldens from './goldens/cross_stitch.json' with { type: 'json' }
import { neuralSingleTaskArchitecture } from './neural-single-task.ts'
import { sharedBottomArchitecture } from './shared-bottom.ts'

interface Config extends ColumnConfig {
  readonly positions?: number[]
  readonly per_channel?: boolean
}

const architectureOf = (config: Config): ReturnType<typeof crossStitchArchitecture> =>
  crossStitchArchitecture({
    layers: config.hidden,
    stitchAfter: config.positions ?? [],
    stitchPer: config.per_channel ? 'channel' : 'layer',
    activation: config.act,
    heads: headsOf(config),
  })

describe('cross-stitch on goldens', () => {
  it.each(
    goldenRuns([...goldens.cases, ...columns.cases], (golden, config: Config) => {
      const naming = columnNaming(config, ([block, layer]) =>
        block === 'stitch' ? { name: `shared/stitch/${layer}` } : undefined,
      )
      return differences(architectureOf(config), golden, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const shape = shapeOf(3)
const layers = [5, 4]

/** A matrix for each stitch of the weights. */
const withStitches = (weights: Weights, value: (t: number, s: number) => number): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape: size, values }]) => [
      name,
      name.startsWith('shared/stitch/')
        ? { shape: size, values: values.map((_, at) => value(Math.floor((at % 9) / 3), at % 3)) }
        : { shape: size, values },
    ]),
  )

/** The first row of each variable over tasks in all of them. */
const withEqualRows = (weights: Weights, part: string): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape: size, values }]) => {
      const row = values.length / size[0]
      return [
        name,
        { shape: size, values: name.includes(part) ? values.map((_, at) => values[at % row]) : values },
      ]
    }),
  )

describe('cross-stitch', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each(['layer', 'channel'] as const)(
    'with stitches I is a network for each task alone, per %s',
    async (stitchPer) => {
      const stitched = crossStitchArchitecture({ layers, stitchPer })
      const alone = neuralSingleTaskArchitecture({ layers })
      const weights = withStitches(await freshWeights(stitched, shape), (t, s) => Number(t === s))
      const theirs = Object.fromEntries(
        Object.entries(weights).map(([name, value]) => [
          name.replace('shared/column', 'tasks/network'),
          value,
        ]),
      )
      expect(outputsOf(stitched, shape, weights)).toEqual(outputsOf(alone, shape, theirs))
    },
  )

  it.each(['layer', 'channel'] as const)(
    'with equal columns and stitches 1 / T is a shared bottom, per %s',
    async (stitchPer) => {
      const stitched = crossStitchArchitecture({ layers, stitchPer })
      const bottom = sharedBottomArchitecture({ layers, heads: { sharing: 'own' } })
      const weights = withEqualRows(
        withStitches(await freshWeights(stitched, shape), () => 1 / 3),
        'column',
      )
      const theirs = Object.fromEntries(
        Object.entries(weights).map(([name, { shape: size, values }]) =>
          name.startsWith('shared/column')
            ? [
                name.replace('column', 'trunk'),
                { shape: size.slice(1), values: values.slice(0, values.length / 3) },
              ]
            : [name, { shape: size, values }],
        ),
      )
      const [ours, expected] = [outputsOf(stitched, shape, weights), outputsOf(bottom, shape, theirs)]
      // float32
      ours.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i], 5))
    },
  )

  it('of one task is a network of that task', async () => {
    const one = shapeOf(1)
    const weights = await freshWeights(crossStitchArchitecture({ layers }), one)
    const theirs = Object.fromEntries(
      Object.entries(weights).map(([name, value]) => [name.replace('shared/column', 'tasks/network'), value]),
    )
    expect(outputsOf(crossStitchArchitecture({ layers }), one, weights)).toEqual(
      outputsOf(neuralSingleTaskArchitecture({ layers }), one, theirs),
    )
  })

  it.each(['layer', 'channel'] as const)(
    'gives a row of a task the same whether tasks share their rows or own them, per %s',
    async (stitchPer) => {
      const stitched = crossStitchArchitecture({ layers, stitchPer })
      const weights = await freshWeights(stitched, shape)
      const [shared, own] = (['shared', 'own'] as const).map((form) =>
        outputsOf(stitched, shape, weights, form),
      )
      own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
    },
  )

  it('gives the outputs of tasks in another order where all that is theirs is', async () => {
    const order = [2, 0, 1]
    const stitched = crossStitchArchitecture({ layers })
    const weights = await freshWeights(stitched, shape)
    const inOrder = Object.fromEntries(
      Object.entries(weights).map(([name, { shape: size, values }]) => {
        const row = values.length / 3
        const moved = order.flatMap((t) => [...values.subarray(t * row, (t + 1) * row)])
        const both = name.includes('stitch')
          ? moved.map((_, at) => moved[at - (at % 3) + order[at % 3]])
          : moved
        return [name, { shape: size, values: Float32Array.from(both) }]
      }),
    )
    const [before, after] = [weights, inOrder].map((each) => outputsOf(stitched, shape, each))
    after.forEach((row, i) => row.forEach((value, k) => expect(value).toBeCloseTo(before[i][order[k]], 5)))
  })

  it('starts with stitches whose lines sum to 1', async () => {
    const weights = await freshWeights(crossStitchArchitecture({ layers, stitchPer: 'channel' }), shape)
    for (const { values } of ['shared/stitch/0', 'shared/stitch/1'].map((name) => weights[name])) {
      for (let at = 0; at < values.length; at += 3)
        expect(values[at] + values[at + 1] + values[at + 2]).toBeCloseTo(1, 6)
      expect(values[0]).toBeCloseTo(0.9, 6)
    }
  })

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('cross_stitch', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it('moves stitches ten times as fast, and less where the schedule slows what is shared', () => {
    const ratesOf = (options: Parameters<typeof crossStitch>[0]): unknown =>
      (crossStitch(options).options.trainer as { readonly schedule?: unknown }).schedule
    expect(ratesOf({})).toEqual({ 1: { rates: { 'shared/stitch/': 10 } } })
    expect(ratesOf({ stitchAfter: [] })).toBeUndefined()
    const schedule = { 3: { rates: { 'shared/': 0.5 } }, 5: { lossWeights: { a: 2 } } }
    expect(ratesOf({ stitchRate: 4, trainer: { epochs: 9, schedule } })).toEqual({
      1: { rates: { 'shared/stitch/': 4 } },
      3: { rates: { 'shared/': 0.5, 'shared/stitch/': 2 } },
      5: { lossWeights: { a: 2 } },
    })
  })

  it('learns what each column takes of the others, and shows it', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 30,
      features: 3,
      spread: 0.3,
      noise: 0.2,
    })
    const estimator = crossStitch({ layers: [6, 4], trainer: { epochs: 20, learningRate: 0.01 } })
    const model = await fit(estimator, data, { random: 1 })
    const [first, second, similarity] = model.views()
    expect([first.title, second.title, similarity.title]).toEqual([
      'Stitches after layer 1',
      'Stitches after layer 2',
      'Similarity of tasks',
    ])
    const stitches = model.parameters.weights['shared/stitch/0'].values
    expect(Math.abs(stitches[0] - 0.9)).toBeGreaterThan(1e-3) // they have moved from their start
    expect(first.kind === 'matrix' && [...first.values.data]).toEqual([...stitches])
    const cosines = similarity.kind === 'matrix' ? similarity.values.data : []
    expect([0, 4, 8].map((at) => cosines[at])).toEqual([1, 1, 1])
    expect(cosines[1]).toBeCloseTo(cosines[3], 12)
  })

  it('shows the mean over units of stitches that each unit has for itself', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 2,
      rows: 20,
      features: 2,
      spread: 0.3,
      noise: 0.2,
    })
    const estimator = crossStitch({ layers: [3], stitchPer: 'channel', trainer: { epochs: 5 } })
    const model = await fit(estimator, data, { random: 1 })
    const [view] = model.views()
    const { values } = model.parameters.weights['shared/stitch/0']
    if (view.kind !== 'matrix') throw new Error('no picture of the stitches')
    view.values.data.forEach((mean, at) =>
      expect(mean).toBeCloseTo((values[at] + values[4 + at] + values[8 + at]) / 3, 6),
    )
  })

  it.each([
    [{ stitchAfter: [2] }, 'stitchAfter'],
    [{ stitchAfter: 'all' }, 'every-layer'],
    [{ stitchPer: 'unit' }, 'stitchPer'],
    [{ stitchRate: -1 }, 'stitchRate'],
    [{ stitchesAfter: [0] }, 'stitchAfter'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => crossStitch(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
