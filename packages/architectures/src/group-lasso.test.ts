import { createRandom, dataset, fit, sampleNormal } from '@mtl/core'
import type { Dataset, Model, RealDistribution, View } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { NetworkParameters, Weights } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ColumnGroups } from './column-penalties.ts'
import {
  columnNaming,
  freshWeights,
  headsOf,
  outputsOf,
  shapeOf,
  type ColumnConfig,
} from './columns.fixture.ts'
import { goldenRuns, differences } from './golden.fixture.ts'
import goldens from './goldens/columns.json' with { type: 'json' }
import { groupLasso, groupLassoArchitecture } from './group-lasso.ts'
import { neuralSingleTaskArchitecture } from './neural-single-task.ts'

const near = (found: ArrayLike<number>, expected: readonly number[], digits = 5): void => {
  expect(found).toHaveLength(expected.length)
  Array.from(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits))
}

describe('group lasso on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: ColumnConfig) => {
      const naming = columnNaming(config, ([block, task, l, part]) =>
        block === 'column'
          ? {
              name: `tasks/column/${l}/${part === 'W' ? 'kernel' : 'bias'}`,
              row: Number(task),
              rows: config.tasks,
            }
          : undefined,
      )
      const architecture = groupLassoArchitecture({
        layers: config.hidden,
        activation: config.act,
        heads: headsOf(config),
      })
      return differences(architecture, golden, naming)
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

/** Two tasks whose targets rest on the first 5 of 20 inputs, after section 3.2 of Ma et al. (2018). */
function sparsePair(rows: number, seed: number): Dataset {
  const random = createRandom('sparse pair')
  const first = Array.from({ length: 5 }, () => sampleNormal(random))
  const second = Array.from({ length: 5 }, () => sampleNormal(random))
  const noise = createRandom(seed)
  const inputs = Array.from({ length: rows }, () => Array.from({ length: 20 }, () => sampleNormal(noise)))
  return dataset(
    [first, second].map((weights, k) => ({
      name: `task-${k}`,
      inputs,
      targets: inputs.map((row) => {
        const z = weights.reduce((sum, w, j) => sum + w * row[j], 0) / Math.hypot(...weights)
        return z + Math.sin(z) + Math.sin(2 * z + 1) + 0.1 * sampleNormal(noise)
      }),
    })),
  )
}

const shape = shapeOf(3)
const layers = [5, 4]
const trainer = { epochs: 10, batchSize: 16, validationFraction: 0, learningRate: 0.02 } as const
/** A rate that falls: what is left of an input that is not needed does not flicker at the end. */
const long = {
  epochs: 40,
  batchSize: 80,
  learningRate: { base: 0.01, decay: 'cosine' },
  validationFraction: 0,
} as const
const [sparse, test, pair] = [sparsePair(800, 1), sparsePair(1000, 2), sparsePair(60, 3)]
const all: readonly ColumnGroups[] = ['input-rows', 'task-rows', 'output-units', 'trace-norm']

type Trained = Model<string, NetworkParameters>

const kernelOf = ({ parameters: { weights } }: Trained, l = 0): Weights[string] =>
  weights[`tasks/column/${l}/kernel`]

/** Inputs with a weight that is not 0 in any task. */
function activeInputs(model: Trained): number[] {
  const {
    shape: [, inputs, units],
    values,
  } = kernelOf(model) as { shape: number[]; values: Float32Array }
  const active = new Set<number>()
  values.forEach((value, at) => {
    if (value !== 0) active.add(Math.floor(at / units) % inputs)
  })
  return [...active].sort((a, b) => a - b)
}

async function errorOf(model: Trained, on: Dataset): Promise<number> {
  const predictions = await model.predict(on)
  const errors = on.tasks.map(({ name, targets }) => {
    const { mean } = predictions[name] as RealDistribution
    return mean.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / mean.length
  })
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}

const viewOf = (model: Trained, title: string): View => {
  const view = model.views().find((each) => each.title.startsWith(title))
  if (!view) throw new Error(`no picture "${title}"`)
  return view
}

describe('group lasso', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('without a penalty is a network for each task alone, whatever the groups', async () => {
    const alone = neuralSingleTaskArchitecture({ layers })
    const free = await fit(groupLasso({ layers, penalty: 0, trainer }), pair, { random: 1 })
    for (const groups of all) {
      const lasso = groupLassoArchitecture({ layers, groups, penalty: 0 })
      const weights = await freshWeights(lasso, shape)
      const theirs = Object.fromEntries(
        Object.entries(weights).map(([name, value]) => [name.replace('column', 'network'), value]),
      )
      expect(outputsOf(lasso, shape, weights)).toEqual(outputsOf(alone, shape, theirs))
      const model = await fit(groupLasso({ layers, groups, penalty: 0, trainer }), pair, { random: 1 })
      near(kernelOf(model).values, [...kernelOf(free).values], 4)
    }
  })

  it('finds the inputs that the targets rest on, for all tasks at once, and errs less for it', async () => {
    const errors: number[] = []
    for (const [penalty, found] of [
      [0, Array.from({ length: 20 }, (_, j) => j)],
      [0.5, [0, 1, 2, 3, 4]],
    ] as const) {
      const model = await fit(groupLasso({ layers: [16, 8], penalty, trainer: long }), sparse, { random: 1 })
      expect(activeInputs(model)).toEqual(found)
      errors.push(await errorOf(model, test))
    }
    expect(errors[1]).toBeLessThan(0.7 * errors[0])
  })

  it('has a path over the penalty: fewer inputs, the larger it is', async () => {
    const used: number[] = []
    for (const penalty of [0, 0.5, 3]) {
      const model = await fit(groupLasso({ penalty, trainer }), pair, { random: 1 })
      const norms = model.views().find(({ title }) => title.startsWith('Inputs by the norm'))
      if (norms?.kind === 'bars') used.push(norms.values.filter((norm) => norm > 0).length)
    }
    expect(used[0]).toBe(20)
    expect(used[1]).toBeLessThan(20)
    expect(used[2]).toBeLessThan(used[1])
  })

  it('by task leaves each task the inputs that it needs', async () => {
    const inputs = sparse.tasks[0].inputs
    const columns = [0, 1].map((j) =>
      Float64Array.from({ length: inputs.rows }, (_, i) => inputs.data[i * 20 + j]),
    )
    const apart = dataset(columns.map((targets, k) => ({ name: `task ${k}`, inputs, targets })))
    const model = await fit(
      groupLasso({ layers: [16, 8], groups: 'task-rows', penalty: 1, trainer: long }),
      apart,
      {
        random: 1,
      },
    )
    const view = viewOf(model, 'Norm of the weights of inputs')
    if (view.kind !== 'matrix') throw new Error('not a matrix')
    const used = Array.from(view.values.data.keys()).filter((at) => view.values.data[at] > 0)
    expect(used).toEqual([0, 21])
    const similarity = viewOf(model, 'Similarity of tasks')
    if (similarity.kind === 'matrix') near(similarity.values.data, [1, 0, 0, 1])
  })

  it('by unit prunes units, with their biases', async () => {
    const model = await fit(
      groupLasso({ layers: [16, 8], groups: 'output-units', penalty: 0.5, trainer: long }),
      sparse,
      { random: 1 },
    )
    const view = viewOf(model, 'How many units')
    if (view.kind !== 'table') throw new Error('not a table')
    expect(view.rows.map(([, , of]) => of)).toEqual([32, 16])
    const [[, inUse]] = view.rows as number[][]
    expect(inUse).toBeLessThan(32)
    expect(inUse).toBeGreaterThan(0)
    const {
      values: kernel,
      shape: [, inputs, units],
    } = kernelOf(model) as { shape: number[]; values: Float32Array }
    const biases = model.parameters.weights['tasks/column/0/bias'].values
    const isPruned = (t: number, j: number): boolean =>
      Array.from({ length: inputs }, (_, i) => kernel[(t * inputs + i) * units + j]).every((w) => w === 0)
    biases.forEach((bias, at) => {
      if (isPruned(Math.floor(at / units), at % units)) expect(bias).toBe(0)
    })
  })

  it('by trace norm leaves the tasks few directions', async () => {
    const related = relatedTasks({
      random: createRandom(3),
      tasks: 6,
      rows: 40,
      features: 3,
      spread: 0.3,
      noise: 0.3,
    })
    const model = await expectNoLeak(() =>
      fit(
        groupLasso({ groups: 'trace-norm', penalty: 3, layers: [8], trainer: { ...trainer, epochs: 40 } }),
        related,
        {
          random: 1,
        },
      ),
    )
    const view = viewOf(model, 'How many directions')
    if (view.kind !== 'table') throw new Error('not a table')
    const [[, inUse, of]] = view.rows as number[][]
    expect(of).toBe(6)
    expect(inUse).toBeLessThan(6)
    expect(inUse).toBeGreaterThan(0)
  })

  it.each(all)('with a penalty that allows nothing predicts constants, groups %s', async (groups) => {
    const model = await fit(groupLasso({ layers, groups, penalty: 1e4, trainer }), pair, { random: 1 })
    expect(kernelOf(model).values.every((value) => value === 0)).toBe(true)
    for (const { name, inputs } of pair.tasks) {
      const { mean } = (await model.predictTask(name, inputs)) as RealDistribution
      expect(Math.max(...mean) - Math.min(...mean)).toBeLessThan(1e-6)
    }
    for (const view of model.views())
      if (view.kind === 'matrix' || view.kind === 'bars')
        expect((view.kind === 'matrix' ? view.values.data : view.values).every(Number.isFinite)).toBe(true)
  })

  it('leaves what is frozen as it is', async () => {
    const frozen = { ...trainer, schedule: { 1: { rates: { 'tasks/column/0/': 0 } } } }
    const [held, moved] = [
      await fit(groupLasso({ layers, penalty: 1, trainer: frozen }), pair, { random: 1 }),
      await fit(groupLasso({ layers, penalty: 1, trainer }), pair, { random: 1 }),
    ]
    expect(activeInputs(held)).toEqual(Array.from({ length: 20 }, (_, j) => j))
    expect(activeInputs(moved).length).toBeLessThan(20)
  })

  it.each(all)('leaves a task that does not train as it is, groups %s', async (groups) => {
    const schedule = { 1: { tasks: ['task-1'] } }
    const model = await fit(
      groupLasso({ layers, groups, penalty: 1, trainer: { ...trainer, epochs: 1, schedule } }),
      pair,
      { random: 1 },
    )
    const free = await fit(
      groupLasso({ layers, penalty: 0, trainer: { ...trainer, epochs: 1, learningRate: 1e-30 } }),
      pair,
      { random: 1 },
    )
    const { values } = kernelOf(model)
    expect(values.slice(0, 100)).toEqual(kernelOf(free).values.slice(0, 100))
    expect(values.slice(100)).not.toEqual(kernelOf(free).values.slice(100))
  })

  it.each([
    [{ groups: 'inputRows' }, 'groups'],
    [{ penalty: -1 }, 'penalty'],
    [{ penalties: 1 }, 'penalty'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => groupLasso(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
