import { createRandom, fit } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Activation, Architecture, DataShape, Weights } from '@mtl/core/tensor'
import { relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCounts, freshWeights, outputsOf, shapeOf } from './columns.fixture.ts'
import { goldenRuns, differences, type Naming } from './golden.fixture.ts'
import goldens from './goldens/ple.json' with { type: 'json' }
import { mmoeArchitecture } from './mmoe.ts'
import { ple, pleArchitecture } from './ple.ts'

interface Config {
  readonly act: Activation
  readonly tasks: number
  readonly in: number
  readonly levels: readonly {
    readonly shared: number
    readonly specific: number
    readonly hidden: number[]
  }[]
  readonly tower: number[]
}

const architectureOf = ({ act, levels, tower }: Config): ReturnType<typeof pleArchitecture> =>
  pleArchitecture({
    levels: levels.length,
    sharedExperts: levels.map(({ shared }) => shared),
    taskExperts: levels.map(({ specific }) => specific),
    expertLayers: levels[0].hidden,
    activation: act,
    heads: { sharing: 'own', taskLayers: tower, activation: act },
  })

const namingOf =
  ({ levels, tasks }: Config): Naming =>
  (theirs) => {
    const [block, ...rest] = theirs.split('.')
    const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
    if (block === 'head') return { name: `tasks:${rest[0]}/head/${kind}` }
    if (block === 'tower') return { name: `tasks:${rest[0]}/tower/${rest[1]}/${kind}` }
    const [level, part, which, expert, layer] = rest
    const owner = Number(level) === levels.length - 1 ? 'tasks' : 'shared'
    if (part === 'shared')
      return {
        name: `shared/level/${level}/experts/${expert}/${kind}`,
        row: Number(which),
        rows: levels[Number(level)].shared,
      }
    if (part === 'task')
      return {
        name: `${owner}/level/${level}/own-experts/${expert}/${layer}/${kind}`,
        row: Number(which),
        rows: tasks,
      }
    return which === 'shared'
      ? { name: `shared/level/${level}/shared-gate/out/kernel` }
      : { name: `${owner}/level/${level}/own-gate/out/kernel`, row: Number(which), rows: tasks }
  }

const own = { sharing: 'own' } as const

/** Weights none of which is 0, as gates are at the start. */
async function drawn(architecture: Architecture, shape: DataShape): Promise<Weights> {
  const random = createRandom(8)
  return Object.fromEntries(
    Object.entries(await freshWeights(architecture, shape)).map(([name, { shape: form, values }]) => [
      name,
      { shape: form, values: values.map(() => random.next() - 0.5) },
    ]),
  )
}

function expectClose(some: readonly number[][], others: readonly number[][]): void {
  some.forEach((outputs, row) => outputs.forEach((value, k) => expect(value).toBeCloseTo(others[row][k], 5)))
}

describe('progressive layered extraction on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      return differences(architectureOf(config), golden, namingOf(config))
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

describe('progressive layered extraction', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('has as many numbers as the reference', async () => {
    const { expected, found } = await parameterCounts('ple', architectureOf)
    expect(expected).toHaveLength(2)
    expect(found).toEqual(expected)
  })

  it.each(['shared', 'own'] as const)('one level without own experts is mmoe, %s rows', async (form) => {
    const shape = shapeOf(3)
    const layered = pleArchitecture({ sharedExperts: 3, taskExperts: 0, expertLayers: [4], heads: own })
    const mixture = mmoeArchitecture({ experts: 3, expertLayers: [4], loadBalance: 0, heads: own })
    const weights = await drawn(layered, shape)
    const renamed = Object.fromEntries(
      Object.entries(weights).map(([name, values]) => [
        name
          .replace('shared/level/0/experts', 'shared/experts')
          .replace('tasks/level/0/own-gate', 'tasks/gate'),
        values,
      ]),
    )
    expectClose(outputsOf(layered, shape, weights, form), outputsOf(mixture, shape, renamed, form))
  })

  it('without shared experts is a network for each task alone', async () => {
    const shape = shapeOf(3)
    const apart = pleArchitecture({
      levels: 2,
      sharedExperts: 0,
      taskExperts: 2,
      expertLayers: [4],
      heads: own,
    })
    const weights = await drawn(apart, shape)
    expect(Object.keys(weights).every((name) => name.startsWith('tasks'))).toBe(true)
    const before = outputsOf(apart, shape, weights)
    // Everything of the last task moves, and the others stay where they were.
    const moved = Object.fromEntries(
      Object.entries(weights).map(([name, { shape: form, values }]) => [
        name,
        { shape: form, values: values.map((value, i) => (i < (values.length * 2) / 3 ? value : value + 1)) },
      ]),
    )
    const after = outputsOf(apart, shape, moved)
    before.forEach((outputs, row) => expect(after[row].slice(0, 2)).toEqual(outputs.slice(0, 2)))
    expect(after[0][2]).not.toBe(before[0][2])
  })

  it('gives the same for shared rows as for rows of each task, two levels', async () => {
    const shape = shapeOf(3)
    const layered = pleArchitecture({ levels: 2, expertLayers: [4] })
    const weights = await drawn(layered, shape)
    expectClose(outputsOf(layered, shape, weights, 'own'), outputsOf(layered, shape, weights, 'shared'))
  })

  it('shows the mass on shared experts, the entropy of gates and how alike tasks read', async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 20,
      features: 2,
      spread: 0.5,
      noise: 0.3,
    })
    const trainer = { epochs: 3, batchSize: 16, validationFraction: 0 } as const
    const model = await fit(ple({ levels: 2, trainer }), data, { random: 1 })
    const [mass, entropy, similarity] = model.views()
    expect([mass.title, entropy.title]).toEqual(['Mass on shared experts', 'Entropy of gates'])
    for (const view of [mass, entropy]) {
      if (view.kind !== 'matrix') throw new Error('not a matrix')
      expect([view.values.rows, view.values.columns]).toEqual([3, 2])
      view.values.data.forEach((value) => expect(value > 0 && value <= 1 + 1e-6).toBe(true))
    }
    expect(similarity.kind).toBe('matrix')
  })

  it.each([
    [{ levels: 0 }, 'levels'],
    [{ sharedExperts: -1 }, 'sharedExperts'],
    [{ sharedExperts: [1, 0], levels: 2 }, 'sharedExperts'],
    [{ taskExperts: [1, 2] }, 'taskExperts'],
    [{ sharedExperts: 0, taskExperts: 0 }, 'nothing to read'],
    [{ expertLayers: [] }, 'expertLayers'],
    [{ experts: 3 }, 'Experts'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => ple(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
