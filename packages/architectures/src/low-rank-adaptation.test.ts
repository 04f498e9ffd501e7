import { createRandom, dataset, fit } from '@mtl/core'
import type { Dataset, Distribution, Estimator, RealDistribution } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Weights } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { arriving } from './arriving.fixture.ts'
import {
  parameterCounts,
  freshWeights,
  headsOf,
  outputsOf,
  shapeOf,
  type ColumnConfig,
} from './columns.fixture.ts'
import { goldenRuns, differences, turnedCase, type GoldenCase, type Naming } from './golden.fixture.ts'
import goldens from './goldens/low_rank.json' with { type: 'json' }
import { lowRankAdaptation, lowRankAdaptationArchitecture } from './low-rank-adaptation.ts'
import { neuralSingleTaskArchitecture } from './neural-single-task.ts'
import { sharedBottom, sharedBottomArchitecture } from './shared-bottom.ts'

interface Config extends ColumnConfig {
  readonly rank: number
}

const architectureOf = (config: Config): ReturnType<typeof lowRankAdaptationArchitecture> =>
  lowRankAdaptationArchitecture({
    layers: config.hidden,
    rank: config.rank,
    activation: config.act,
    heads: headsOf(config),
  })

const naming: Naming = (theirs) => {
  const [block, first, part] = theirs.split('.')
  if (block === 'head') return { name: `tasks:${first}/head/${part === 'W' ? 'kernel' : 'bias'}` }
  const names = {
    W: 'shared/trunk/#/kernel',
    b: 'tasks/trunk/#/bias',
    U: 'tasks/trunk/#/U',
    V: 'tasks/trunk/#/V',
  }
  return { name: names[part as keyof typeof names].replace('#', first) }
}

type Stack = readonly (readonly (readonly number[])[])[]

/** The file has V as out x rank, the network as rank x out. */
const turned = (values: GoldenCase['params']): GoldenCase['params'] =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name.endsWith('.V')
        ? (value as Stack).map((task) => task[0].map((_, r) => task.map((row) => row[r])))
        : value,
    ]),
  )

describe('low-rank adaptation on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      return differences(architectureOf(config), turnedCase(golden, turned), naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const shape = shapeOf(3)
const layers = [5, 4]
const data = relatedTasks({
  random: createRandom(3),
  tasks: 4,
  rows: 40,
  features: 3,
  spread: 0.5,
  noise: 0.3,
})
const trainer = { epochs: 10, batchSize: 16, validationFraction: 0, learningRate: 0.02 } as const

async function meansOf(estimator: Estimator, on: Dataset = data): Promise<number[]> {
  const model = await fit(estimator, on, { random: 1 })
  const predictions = await model.predict(on)
  return Object.values(predictions).flatMap((prediction) => [...(prediction as RealDistribution).mean])
}

/** The last of them comes later. */
const ten = relatedTasks({
  random: createRandom(5),
  tasks: 10,
  rows: 116,
  features: 6,
  spread: 0.5,
  noise: 0.3,
})

/** Values of one variable in place of its own. */
const having = (weights: Weights, values: Readonly<Record<string, ArrayLike<number>>>): Weights => ({
  ...weights,
  ...Object.fromEntries(
    Object.entries(values).map(([name, given]) => [
      name,
      { shape: weights[name].shape, values: Float32Array.from(given) },
    ]),
  ),
})

/** Of three tasks: each kernel, or the identity, in the corner of a matrix of zeros. */
function stacked(
  kernels: Float32Array,
  [inputs, units]: readonly [number, number],
  [rows, columns]: readonly [number, number],
  what: 'identity' | 'kernel',
): number[] {
  const value = (t: number, i: number, j: number): number => {
    if (what === 'identity') return Number(i === j)
    return i < inputs && j < units ? kernels[(t * inputs + i) * units + j] : 0
  }
  return Array.from({ length: 3 * rows * columns }, (_, at) =>
    value(Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns),
  )
}

const closeTo = (found: number[][], expected: number[][], digits: number): void => {
  expect(found.flat()).toHaveLength(expected.flat().length)
  found.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i], digits))
}

describe('low-rank adaptation', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each([0, 2])('starts as the shared bottom of the same draws, rank %i', async (rank) => {
    const adapted = lowRankAdaptationArchitecture({ layers, rank })
    const bottom = sharedBottomArchitecture({ layers })
    const [ours, theirs] = [await freshWeights(adapted, shape), await freshWeights(bottom, shape)]
    for (const form of ['shared', 'own'] as const)
      closeTo(outputsOf(adapted, shape, ours, form), outputsOf(bottom, shape, theirs, form), 6)
  })

  it('of rank 0 with its biases held at 0 trains as a shared bottom', async () => {
    const held = { ...trainer, schedule: { 1: { rates: { 'tasks/trunk/': 0 } } } }
    const [ours, theirs] = [
      await meansOf(lowRankAdaptation({ layers, rank: 0, trainer: held })),
      await meansOf(sharedBottom({ layers, trainer })),
    ]
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i], 4))
  })

  it('of full rank holds any networks of the tasks alone', async () => {
    const alone = neuralSingleTaskArchitecture({ layers })
    const full = lowRankAdaptationArchitecture({ layers, rank: 4, heads: { sharing: 'own' } })
    const theirs = await freshWeights(alone, shape)
    const ours = await freshWeights(full, shape)
    const changed: Record<string, number[]> = {}
    for (const l of [0, 1]) {
      const [, inputs, units] = theirs[`tasks/network/${l}/kernel`].shape
      const { values } = theirs[`tasks/network/${l}/kernel`]
      changed[`shared/trunk/${l}/kernel`] = new Array<number>(inputs * units).fill(0)
      changed[`tasks/trunk/${l}/bias`] = [...theirs[`tasks/network/${l}/bias`].values]
      // W = I W where rank >= in, else W I with rank >= out.
      const isWide = inputs <= 4
      changed[`tasks/trunk/${l}/U`] = stacked(
        values,
        [inputs, units],
        [inputs, 4],
        isWide ? 'identity' : 'kernel',
      )
      changed[`tasks/trunk/${l}/V`] = stacked(
        values,
        [inputs, units],
        [4, units],
        isWide ? 'kernel' : 'identity',
      )
    }
    const heads = Object.fromEntries(
      ['kernel', 'bias'].map((part) => [`tasks:0/head/${part}`, theirs[`tasks:0/head/${part}`].values]),
    )
    for (const form of ['shared', 'own'] as const)
      closeTo(
        outputsOf(full, shape, having(ours, { ...changed, ...heads }), form),
        outputsOf(alone, shape, theirs, form),
        5,
      )
  })

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('low_rank', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it('draws adaptations to 0 where their penalty is huge, to a shared bottom with biases of the tasks', async () => {
    const sizesOf = async (adaptationPenalty: number): Promise<Float64Array> => {
      const model = await fit(lowRankAdaptation({ layers, trainer, adaptationPenalty }), data, { random: 1 })
      const [sizes] = model.views()
      if (sizes.kind !== 'matrix') throw new Error('no picture of the sizes')
      return sizes.values.data
    }
    const [free, penalised] = [await sizesOf(0), await sizesOf(1e4)]
    expect(Math.max(...penalised)).toBeLessThan(0.05 * Math.min(...free))
  })

  it('shows how much each task changes a layer, and which tasks change them alike', async () => {
    const opposed = dataset(
      [1, 1, -1].map((sign, k) => ({
        name: `task ${k}`,
        inputs: data.tasks[0].inputs,
        targets: data.tasks[0].targets.map((y) => sign * y),
      })),
    )
    const model = await expectNoLeak(() =>
      fit(lowRankAdaptation({ layers, trainer: { ...trainer, epochs: 40 } }), opposed, { random: 1 }),
    )
    const [sizes, similarity] = model.views()
    if (sizes.kind !== 'matrix' || similarity.kind !== 'matrix') throw new Error('no pictures')
    expect(sizes.columns).toEqual(['layer 1', 'layer 2'])
    expect(sizes.values.data.every((size) => size > 0 && Number.isFinite(size))).toBe(true)
    const [, alike, against] = similarity.values.data
    expect(alike).toBeGreaterThan(against)
    expect(similarity.values.data[0]).toBe(1)
  })

  it('has pictures after a few epochs already', async () => {
    const estimator = lowRankAdaptation({ layers: [5, 4], rank: 2, trainer })
    const model = await fit(estimator, data, { random: 1 })
    const [sizes, similarity] = model.views()
    expect([sizes.title, similarity.title]).toEqual(['Size of adaptations', 'Similarity of tasks'])
  })

  it('predicts a task that training did not contain by what tasks share', async () => {
    const model = await fit(lowRankAdaptation({ layers, trainer }), data, { random: 1 })
    const { mean } = (await model.predictTask({}, data.tasks[0].inputs)) as RealDistribution
    expect(mean.every(Number.isFinite)).toBe(true)
    expect(lowRankAdaptation({ heads: { sharing: 'own' } }).capabilities.unseenTasks).toEqual([])
  })

  it('fits a task that comes later alone, from a few rows, on shared layers that stay to the bit', async () => {
    const { known, few, later } = arriving(ten, 16)
    const model = await fit(lowRankAdaptation({ heads: { penalty: 0 }, trainer }), known, { random: 1 })
    const [newcomer] = few.tasks
    const estimator = lowRankAdaptation({
      trainer: {
        start: model.parameters,
        schedule: { 1: { tasks: [newcomer.name], rates: { 'shared/': 0 } } },
        epochs: 40,
        validationFraction: 0,
      },
    })
    const grown = await fit(estimator, { tasks: [...known.tasks, newcomer] }, { random: 1 })
    for (const { name, inputs } of known.tasks)
      expect((await grown.predictTask(name, inputs)).point).toEqual(
        (await model.predictTask(name, inputs)).point,
      )
    const alone = await fit(sharedBottom({ trainer: { epochs: 100, validationFraction: 0 } }), few, {
      random: 1,
    })
    const [task] = later.tasks
    const errorOf = async (prediction: Promise<Distribution>): Promise<number> => {
      const { mean } = (await prediction) as RealDistribution
      return mean.reduce((sum, value, i) => sum + (value - task.targets[i]) ** 2, 0) / mean.length
    }
    const ours = await errorOf(grown.predictTask(task.name, task.inputs))
    expect(ours).toBeLessThan(0.5 * (await errorOf(alone.predictTask(task.name, task.inputs))))
    expect(ours).toBeLessThan(0.8 * (await errorOf(model.predictTask({}, task.inputs))))
  })

  it.each([
    [{ rank: -1 }, 'rank'],
    [{ rank: 1.5 }, 'rank'],
    [{ adaptationPenalty: Infinity }, 'adaptationPenalty'],
    [{ ranks: 3 }, 'rank'],
    [{ normalise: 'batch' }, 'normalise'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => lowRankAdaptation(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
