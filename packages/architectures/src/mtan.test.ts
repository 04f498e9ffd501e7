import { createRandom, fit } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Activation, Weights } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCounts, freshWeights, outputsOf, shapeOf } from './columns.fixture.ts'
import { goldenRuns, differences, type Naming } from './golden.fixture.ts'
import goldens from './goldens/mtan_mlp.json' with { type: 'json' }
import { mtan, mtanArchitecture } from './mtan.ts'
import { sharedBottomArchitecture } from './shared-bottom.ts'

interface Config {
  readonly act: Activation
  readonly tasks: number
  readonly in: number
  readonly hidden: number[]
  readonly tower: number[]
}

const architectureOf = ({ act, hidden, tower }: Config): ReturnType<typeof mtanArchitecture> =>
  mtanArchitecture({
    layers: hidden,
    activation: act,
    heads: { sharing: 'own', taskLayers: tower, activation: act },
  })

const namingOf =
  ({ tasks }: Config): Naming =>
  (theirs) => {
    const [block, first, second, third] = theirs.split('.')
    const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
    if (block === 'shared')
      return { name: `shared/block/${first}/${second === 'a' ? 'first' : 'second'}/${kind}` }
    if (block === 'head') return { name: `tasks:${first}/head/${kind}` }
    const name =
      block === 'mask' ? `tasks/mask/${second}/${third === '0' ? 'in' : 'out'}` : `tasks/post/${second}`
    return { name: `${name}/${kind}`, row: Number(first), rows: tasks }
  }

describe('mtan on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      return differences(architectureOf(config), golden, namingOf(config))
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

describe('mtan', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('with open masks and nothing after them is a shared bottom', async () => {
    const shape = shapeOf(3)
    // sigmoid(100) is 1 in float32, whatever small numbers are added to 100
    const architecture = mtanArchitecture({ layers: [4, 4], maskBias: 100 })
    const weights = await freshWeights(architecture, shape)
    const identity = Float32Array.from({ length: 48 }, (_, at) => Number((at % 16) % 5 === 0))
    const open: Weights = Object.fromEntries(
      Object.entries(weights).map(([name, value]) => [
        name,
        /^tasks\/post\/.*kernel/.test(name) ? { ...value, values: identity } : value,
      ]),
    )
    const theirs = Object.fromEntries(
      Object.entries(weights).flatMap(([name, value]) => {
        const [, l, which, part] = /^shared\/block\/(\d)\/(first|second)\/(.*)/.exec(name) ?? []
        if (l) return [[`shared/trunk/${2 * Number(l) + Number(which === 'second')}/${part}`, value] as const]
        return name.startsWith('tasks:') ? [[name, value] as const] : []
      }),
    )
    const bottom = sharedBottomArchitecture({ layers: [4, 4, 4, 4], heads: { sharing: 'own' } })
    const [ours, others] = [outputsOf(architecture, shape, open), outputsOf(bottom, shape, theirs)]
    ours.flat().forEach((value, i) => expect(value).toBeCloseTo(others.flat()[i], 6))
  })

  it('gives a row of a task the same whether tasks share their rows or own them', async () => {
    const architecture = mtanArchitecture({ layers: [4, 3] })
    const shape = shapeOf(3)
    const weights = await freshWeights(architecture, shape)
    const [shared, own] = (['shared', 'own'] as const).map((form) =>
      outputsOf(architecture, shape, weights, form),
    )
    own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
  })

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('mtan_mlp', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it.each(['wide', 'long'] as const)('shows the mean masks of each block, %s', async (layout) => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 20,
      features: 2,
      spread: 0.5,
      noise: 0.3,
      layout,
    })
    const estimator = mtan({ layers: [4, 3], trainer: { epochs: 3, learningRate: 0.01 } })
    const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
    const [first, second, similarity] = model.views()
    expect([first.title, second.title, similarity.title]).toEqual([
      'Masks of block 1',
      'Masks of block 2',
      'Similarity of tasks',
    ])
    if (second.kind !== 'matrix') throw new Error('no picture of the masks')
    expect([second.values.rows, second.values.columns]).toEqual([3, 3])
    // sigmoid(2) = 0.88 at the start
    for (const mean of second.values.data) expect(Math.abs(mean - 0.88)).toBeLessThan(0.3)
  })

  it.each([
    [{ layers: [] }, 'layers'],
    [{ maskBias: NaN }, 'maskBias'],
    [{ maskbias: 1 }, 'maskBias'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => mtan(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
