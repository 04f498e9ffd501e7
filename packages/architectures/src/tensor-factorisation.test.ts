import * as tf from '@tensorflow/tfjs'
import { createRandom, dataset, fit, taskMean } from '@mtl/core'
import type { Dataset, Model, RealDistribution, View } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Weights } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  parameterCounts,
  freshWeights,
  headsOf,
  outputsOf,
  shapeOf,
  type ColumnConfig,
} from './columns.fixture.ts'
import { factorise, type TensorForm } from './factorise.ts'
import { arriving } from './arriving.fixture.ts'
import { goldenRuns, differences, turnedCase, type GoldenCase, type Naming } from './golden.fixture.ts'
import goldens from './goldens/tensor.json' with { type: 'json' }
import { neuralSingleTask, neuralSingleTaskArchitecture } from './neural-single-task.ts'
import { sharedBottom } from './shared-bottom.ts'
import { tensorFactorisation, tensorFactorisationArchitecture } from './tensor-factorisation.ts'
import { factorName } from './tensor-layer.ts'

interface Config extends ColumnConfig {
  readonly form: 'tucker' | 'tt' | 'laf'
  readonly ranks: number[][]
}

const formOf = ({ form }: Config): TensorForm =>
  (({ tucker: 'tucker', tt: 'tensor-train', laf: 'matrix' }) as const)[form]

const architectureOf = (config: Config): ReturnType<typeof tensorFactorisationArchitecture> =>
  tensorFactorisationArchitecture({
    layers: config.hidden,
    form: formOf(config),
    ranks: config.ranks,
    activation: config.act,
    heads: headsOf(config),
  })

const naming: Naming = (theirs) => {
  const [block, l, factor] = theirs.split('.')
  if (block === 'head') return { name: `tasks:${l}/head/${factor === 'W' ? 'kernel' : 'bias'}` }
  return { name: factor === 'b' ? `tasks/layer/${l}/bias` : factorName(`layer/${l}`, factor) }
}

/** The file has tasks as the last axis of G3 and S, the network as the first. */
const turned = (values: GoldenCase['params']): GoldenCase['params'] =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const rows = value as number[][]
      return [name, /\.(G3|S)$/.test(name) ? rows[0].map((_, t) => rows.map((row) => row[t])) : value]
    }),
  )

describe('tensor factorisation on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      return differences(architectureOf(config), turnedCase(golden, turned), naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

const forms: readonly TensorForm[] = ['tucker', 'tensor-train', 'matrix']
const shape = shapeOf(3)
const layers = [5, 4]
const trainer = { epochs: 10, batchSize: 16, validationFraction: 0, learningRate: 0.02 } as const
const data = relatedTasks({
  random: createRandom(3),
  tasks: 5,
  rows: 40,
  features: 3,
  spread: 0.5,
  noise: 0.3,
})

/** Two tasks of a kind, and two of another one. */
const pairs = dataset(
  relatedTasks({
    random: createRandom(3),
    tasks: 2,
    rows: 60,
    features: 3,
    spread: 2,
    noise: 0.1,
  }).tasks.flatMap((task) => [1, 2].map((twin) => ({ ...task, name: `${task.name}, ${twin}` }))),
)

async function errorOf(model: Model, on: Dataset): Promise<number> {
  const squares = await Promise.all(
    on.tasks.map(async ({ name, inputs, targets }) => {
      const { mean } = (await model.predictTask(name, inputs)) as RealDistribution
      return Array.from(mean, (value, i) => (value - targets[i]) ** 2)
    }),
  )
  return squares.flat().reduce((sum, square, _, { length }) => sum + square / length, 0)
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

const viewOf = (views: readonly View[], title: string): View => {
  const view = views.find((each) => each.title.startsWith(title))
  if (!view) throw new Error(`no picture "${title}"`)
  return view
}

describe('tensor factorisation', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each(forms)('of full ranks holds any networks of the tasks alone: %s', async (form) => {
    const alone = neuralSingleTaskArchitecture({ layers })
    const theirs = await freshWeights(alone, shape)
    const ours: Record<string, Weights[string]> = {}
    for (const [name, weights] of Object.entries(theirs)) {
      const l = /^tasks\/network\/(\d)\/kernel$/.exec(name)?.[1]
      if (l === undefined) {
        ours[name.replace('network', 'layer')] = weights
        continue
      }
      const [tasks, inputs, units] = weights.shape
      const stack = { tasks, inputs, units, data: Float64Array.from(weights.values) }
      for (const [factor, { shape: sizes, values }] of Object.entries(factorise(form, stack, { error: 0 })))
        ours[factorName(`layer/${l}`, factor)] = { shape: sizes, values: Float32Array.from(values) }
    }
    const full = tensorFactorisationArchitecture({ layers, form, heads: { sharing: 'own' } })
    for (const rows of ['shared', 'own'] as const) {
      const [found, expected] = [outputsOf(full, shape, ours, rows), outputsOf(alone, shape, theirs, rows)]
      found.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i], 5))
    }
  })

  it('of rank 1 in matrix form has kernels that are multiples of one another', async () => {
    const model = await fit(tensorFactorisation({ layers, form: 'matrix', ranks: [1], trainer }), data, {
      random: 1,
    })
    const similarity = viewOf(model.views(), 'Similarity of tasks')
    const spectrum = viewOf(model.views(), 'Singular values of the kernels, layer 1')
    if (similarity.kind !== 'matrix' || spectrum.kind !== 'lines') throw new Error('other pictures')
    // In each of two layers the cosine is 1 or -1.
    const tasks = spectrum.series.find(({ name }) => name === 'tasks')
    expect(tasks?.values[0]).toBeGreaterThan(0)
    expect(tasks?.values[1]).toBeLessThan(1e-5)
  })

  it('has as many parameters as the golden file says, in each form', async () => {
    const { expected, found } = await parameterCounts('tensor', architectureOf)
    expect(expected).toHaveLength(forms.length)
    expect(found).toEqual(expected)
  })

  it.each(forms)('starts with kernels of the variance 2 / (in + out): %s', async (form) => {
    const ranks = { tucker: [6, 6, 4], 'tensor-train': [6, 4], matrix: [4] }[form]
    const wide = tensorFactorisationArchitecture({ layers: [20], form, ranks })
    const variances: number[] = []
    for (let seed = 0; seed < 30; seed++) {
      const network = wide.build(shapeOf(8, 20))
      const variables = network.init(createRandom(seed))
      const views = await network.views?.(
        variables,
        { inputs: [tf.zeros([1, 20])] },
        dataset(shapeOf(8).tasks.map(({ name }) => ({ name, inputs: [[0]], targets: [0] }))).tasks,
      )
      tf.dispose({ ...variables })
      const spectrum = viewOf(views ?? [], 'Singular values')
      if (spectrum.kind !== 'lines') throw new Error('another picture')
      const squares = spectrum.series[2].values.reduce((sum, s) => sum + (Number.isNaN(s) ? 0 : s * s), 0)
      variances.push(squares / (8 * 20 * 20))
    }
    const mean = variances.reduce((sum, v) => sum + v, 0) / variances.length
    // Products of normals vary much: a third of the mean over 30 draws at most.
    expect(mean).toBeGreaterThan(0.65 * (2 / 40))
    expect(mean).toBeLessThan(1.35 * (2 / 40))
  })

  it.each(forms)(
    'finds ranks by itself, fewer than tasks where some are alike, and learns: %s',
    async (form) => {
      const estimator = tensorFactorisation({ layers, form, trainer: { ...trainer, epochs: 20 } })
      const model = await expectNoLeak(() => fit(estimator, pairs, { random: 1 }))
      expect(model.diagnostics.phases?.map(({ name }) => name)).toEqual(['networks apart', 'factors'])
      const own = { tucker: 'U3', 'tensor-train': 'G3', matrix: 'S' }[form]
      const [tasks, rank] = model.parameters.weights[`tasks/layer/0/${own}`].shape
      expect(tasks).toBe(4)
      expect(rank).toBeLessThan(4)
      expect(await errorOf(model, pairs)).toBeLessThan(
        0.2 * (await errorOf(await fit(taskMean(), pairs, { random: 1 }), pairs)),
      )
      const map = viewOf(model.views(), 'Tasks by their kernels')
      if (map.kind !== 'points') throw new Error('another picture')
      const apart = (a: number, b: number): number => Math.hypot(map.x[a] - map.x[b], map.y[a] - map.y[b])
      expect(Math.max(apart(0, 1), apart(2, 3))).toBeLessThan(0.3 * Math.min(apart(0, 2), apart(1, 3)))
    },
  )

  it('costs as much more as it trains more networks', () => {
    const [given, found] = [
      tensorFactorisation({ ranks: [4, 4, 4], trainer }).cost?.(data),
      tensorFactorisation({ trainer }).cost?.(data),
    ]
    expect(found?.operations).toBeGreaterThan(2 * (given?.operations ?? Infinity))
  })

  it('in matrix form fits a task that comes later alone, from a few rows, on directions that stay', async () => {
    const { known, few, later } = arriving(ten, 16)
    const options = { form: 'matrix', layers: [8], ranks: [3], heads: { penalty: 0 } } as const
    const model = await fit(tensorFactorisation({ ...options, trainer: { ...trainer, epochs: 30 } }), known, {
      random: 1,
    })
    const [newcomer] = few.tasks
    const rest = { learningRate: 0.01, epochs: 100, validationFraction: 0 } as const
    const estimator = tensorFactorisation({
      ...options,
      trainer: {
        start: model.parameters,
        schedule: { 1: { tasks: [newcomer.name], rates: { 'shared/': 0 } } },
        ...rest,
      },
    })
    const grown = await fit(estimator, { tasks: [...known.tasks, newcomer] }, { random: 1 })
    for (const { name, inputs } of known.tasks)
      expect((await grown.predictTask(name, inputs)).point).toEqual(
        (await model.predictTask(name, inputs)).point,
      )
    const alone = await fit(neuralSingleTask({ trainer: rest }), few, { random: 1 })
    expect(await errorOf(grown, later)).toBeLessThan(0.5 * (await errorOf(alone, later)))
  })

  it('goes on with the ranks of what it starts from, and says so where there are none', async () => {
    const found = await fit(tensorFactorisation({ layers, trainer }), pairs, { random: 1 })
    const frozen = { ...trainer, epochs: 1, schedule: { 1: { rates: { 'shared/': 0, tasks: 0 } } } }
    const same = await fit(
      tensorFactorisation({ layers, trainer: { ...frozen, start: found.parameters } }),
      pairs,
      { random: 2 },
    )
    expect(same.parameters.weights).toEqual(found.parameters.weights)
    const other = await fit(sharedBottom({ layers, trainer }), pairs, { random: 1 })
    const estimator = tensorFactorisation({ layers, trainer: { ...trainer, start: other.parameters } })
    await expect(fit(estimator, pairs, { random: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  })

  it.each([
    [{ form: 'cp' }, 'form'],
    [{ ranks: [2, 2] }, 'ranks'],
    [{ ranks: [[2, 2, 2]] }, 'ranks'],
    [{ ranks: [0, 1, 1] }, 'ranks'],
    [{ ranks: 'full' }, 'ranks'],
    [{ rank: 3 }, 'ranks'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => tensorFactorisation(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
