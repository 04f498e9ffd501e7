import { createRandom, dataset, fit, splitData, splitWhere, taskMean } from '@mtl/core'
import type { Dataset, Estimator, RealDistribution } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import type { Architecture } from '@mtl/core/tensor'
import { describe, expect, it } from 'vitest'
import { parameterCounts } from './columns.fixture.ts'
import { goldenRuns, differences, type Naming } from './golden.fixture.ts'
import { neuralSingleTask } from './neural-single-task.ts'
import goldens from './goldens/shared_bottom.json' with { type: 'json' }
import { sharedBottom, sharedBottomArchitecture } from './shared-bottom.ts'

const quick = { epochs: 2, batchSize: 16, validationFraction: 0, learningRate: 0.01 } as const

interface Config {
  readonly act: 'tanh' | 'relu'
  readonly trunk: number[]
  readonly tower: number[]
}

const architectureOf = ({ act, trunk, tower }: Config): Architecture =>
  sharedBottomArchitecture({
    layers: trunk,
    activation: act,
    heads: { sharing: 'own', taskLayers: tower, activation: act },
  })

const naming: Naming = (theirs) => {
  const [part, first, second, third] = theirs.split('.')
  const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
  if (part === 'trunk') return { name: `shared/trunk/${first}/${kind}` }
  // Tasks of different losses are groups of one task each, in the order of tasks.
  return {
    name: part === 'head' ? `tasks:${first}/head/${kind}` : `tasks:${first}/tower/${second}/${third && kind}`,
  }
}

describe('shared bottom on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) =>
      differences(architectureOf(config), golden, naming),
    ),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

it('a shared bottom has as many numbers as the reference', async () => {
  const { expected, found } = await parameterCounts('shared_bottom', architectureOf)
  expect(expected).toHaveLength(1)
  expect(found).toEqual(expected)
})

const data = relatedTasks({
  random: createRandom(3),
  tasks: 4,
  rows: 30,
  features: 3,
  spread: 0.5,
  noise: 0.3,
})
const trainer = { ...quick, epochs: 30, learningRate: 0.02 }

async function meansOf(
  estimator: Estimator,
  train: Dataset,
  test: Dataset = train,
): Promise<Record<string, number[]>> {
  const model = await fit(estimator, train, { random: 1 })
  const predictions = Object.entries(await model.predict(test)) as [string, RealDistribution][]
  return Object.fromEntries(predictions.map(([name, { mean }]) => [name, [...mean]]))
}

describe('shared bottom', () => {
  it('is a pooled network where the penalty of what tasks own is huge', async () => {
    const model = await fit(sharedBottom({ trainer, heads: { penalty: 1e6 } }), data, { random: 1 })
    const own = model.parameters.weights['tasks:0/head/kernel'].values
    const shared = model.parameters.weights['shared/head:0/kernel'].values
    const size = (values: Float32Array): number => Math.hypot(...values) / Math.sqrt(values.length)
    // Adam's last step of 0.02 is what is left of them.
    expect(size(own)).toBeLessThan(0.1 * size(shared))
  })

  it('predicts a task that training did not contain by the shared heads, as it does one without rows', async () => {
    const [first] = data.tasks
    const empty = {
      ...first,
      name: 'empty',
      inputs: { rows: 0, columns: 3, data: new Float64Array(0) },
      targets: new Float64Array(0),
    }
    const model = await fit(sharedBottom({ trainer }), { tasks: [...data.tasks, empty] }, { random: 1 })
    const unseen = (await model.predictTask({}, first.inputs)) as RealDistribution
    const withoutRows = (await model.predictTask('empty', first.inputs)) as RealDistribution
    expect(unseen.mean.every(Number.isFinite)).toBe(true)
    unseen.mean.forEach((mean, i) => expect(mean).toBeCloseTo(withoutRows.mean[i], 5))
    const known = (await model.predictTask(first.name, first.inputs)) as RealDistribution
    expect(Math.max(...known.mean.map((mean, i) => Math.abs(mean - unseen.mean[i])))).toBeGreaterThan(0.05)
  })

  it('gives the same where tasks share their rows as where each holds the same rows for itself', async () => {
    const wide = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 24,
      features: 3,
      spread: 0.5,
      noise: 0.3,
      layout: 'wide',
    })
    const own = { tasks: wide.tasks.map((task) => ({ ...task, inputs: { ...task.inputs } })) }
    // Whole batches, and losses that count alike: then only the form of the batch differs.
    const whole = { ...trainer, batchSize: 1000, reduction: 'task' } as const
    const [shared, apart] = [
      await meansOf(sharedBottom({ trainer: whole }), wide),
      await meansOf(sharedBottom({ trainer: whole }), own),
    ]
    for (const [name, means] of Object.entries(shared))
      means.forEach((mean, i) => expect(Math.abs(mean - apart[name][i])).toBeLessThan(1e-3))
  })

  it('does better than a network for each task alone where tasks are related and rows few', async () => {
    const test = relatedTasks({
      random: createRandom(3),
      tasks: 4,
      rows: 130,
      features: 3,
      spread: 0.5,
      noise: 0.3,
    })
    const held = splitData(
      test,
      splitWhere(test, (row) => row >= 30),
    ).test
    const errorOf = async (estimator: Estimator): Promise<number> => {
      const means = await meansOf(estimator, data, held)
      const squares = held.tasks.flatMap(({ name, targets }) =>
        means[name].map((mean, i) => (mean - targets[i]) ** 2),
      )
      return squares.reduce((sum, square) => sum + square, 0) / squares.length
    }
    expect(held.tasks[0].targets).toHaveLength(100)
    const [together, alone, mean] = [
      await errorOf(sharedBottom({ trainer })),
      await errorOf(neuralSingleTask({ trainer })),
      await errorOf(taskMean()),
    ]
    expect(together).toBeLessThan(alone)
    expect(alone).toBeLessThan(mean)
  })

  it('learns numbers, two classes and several together, labels missing here and there', async () => {
    const random = createRandom(8)
    const inputs = Array.from({ length: 150 }, () => [random.next() - 0.5, random.next() - 0.5])
    const seen = (value: number, i: number, k: number): number => ((i + k) % 4 === 0 ? NaN : value)
    const mixed = dataset([
      { name: 'number', inputs, targets: inputs.map(([a, b], i) => seen(a - b, i, 0)) },
      { name: 'two', kind: 'binary', inputs, targets: inputs.map(([a, b], i) => seen(Number(a > b), i, 1)) },
      {
        name: 'several',
        kind: 'multiclass',
        classes: ['low', 'middle', 'high'],
        inputs,
        targets: inputs.map(([a, b], i) => seen(a - b < -0.2 ? 0 : a - b < 0.2 ? 1 : 2, i, 2)),
      },
    ])
    const model = await fit(sharedBottom({ trainer }), mixed, { random: 1 })
    const predictions = await model.predict(mixed)
    const right = (name: 'two' | 'several', truth: (d: number) => number): number =>
      inputs.filter(([a, b], i) => predictions[name].point[i] === truth(a - b)).length / inputs.length
    expect(right('two', (d) => Number(d > 0))).toBeGreaterThan(0.9)
    expect(right('several', (d) => (d < -0.2 ? 0 : d < 0.2 ? 1 : 2))).toBeGreaterThan(0.85)
  })

  it.each([
    [{ layer: [3] }, 'layers'],
    [{ layers: [0] }, 'layers'],
    [{ layers: 32 }, 'layers'],
    [{ activation: 'sigmoid' }, 'activation'],
    [{ dropout: 1 }, 'dropout'],
    [{ heads: { sharing: 'none' } }, 'heads.sharing'],
    [{ heads: { penalties: 3 } }, 'penalty'],
    [{ trainer: { epoch: 3 } }, 'epochs'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => sharedBottom(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
