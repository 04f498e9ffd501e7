import { createRandom, fit } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCounts, freshWeights, outputsOf, shapeOf } from './columns.fixture.ts'
import { goldenRuns, differences, type GoldenCase, type Naming } from './golden.fixture.ts'
import goldens from './goldens/attention.json' with { type: 'json' }
import { multiTaskAttention, multiTaskAttentionArchitecture } from './multi-task-attention.ts'

interface Config {
  readonly tasks: number
  readonly in: number
  readonly token: number
  readonly heads: number
  readonly tower: number[]
  readonly categories?: readonly number[]
}

const architectureOf = ({ token, heads, tower }: Config): ReturnType<typeof multiTaskAttentionArchitecture> =>
  multiTaskAttentionArchitecture({
    units: token,
    attentionHeads: heads,
    heads: { sharing: 'own', taskLayers: tower },
  })

const naming: Naming = (theirs) => {
  const [block, part] = theirs.split('.')
  const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
  if (block === 'token') return { name: `shared/token/${part === 'bias' ? 'offset' : part}` }
  if (block === 'embedding') return { name: `shared/input/0/${5 + Number(part)}` }
  if (block === 'query') return { name: 'tasks/query' }
  return { name: block === 'head' ? `tasks:${part}/head/${kind}` : `shared/${block}/${kind}` }
}

/** Here row 0 of an embedding is that of unknown levels, and ids begin at 1. */
function withUnknown(golden: GoldenCase): GoldenCase {
  const { categories } = golden.inputs as { readonly categories?: readonly number[][] }
  if (!categories) return golden
  const extended = (values: GoldenCase['params']): GoldenCase['params'] =>
    Object.fromEntries(
      Object.entries(values).map(([name, rows]) => [
        name,
        name.startsWith('embedding') ? [new Array<number>(4).fill(0), ...(rows as number[][])] : rows,
      ]),
    )
  const x = (golden.inputs.x as number[][]).map((row, i) => [...row, ...categories[i].map((id) => id + 1)])
  return {
    ...golden,
    config: { ...golden.config, in: golden.config.in + 2 },
    inputs: { x },
    params: extended(golden.params),
    expected: { ...golden.expected, gradients: extended(golden.expected.gradients) },
  }
}

describe('attention on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      const levels = [...new Array<number>(5).fill(0), ...(config.categories ?? [])]
      return differences(architectureOf(config), withUnknown(golden), naming, { levels })
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

describe('attention of tasks', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it('gives a row of a task the same whether tasks share their rows or own them', async () => {
    const architecture = multiTaskAttentionArchitecture({ units: 4 })
    const shape = shapeOf(3)
    const weights = await freshWeights(architecture, shape)
    const [shared, own] = (['shared', 'own'] as const).map((form) =>
      outputsOf(architecture, shape, weights, form),
    )
    own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
  })

  it('tasks with equal queries are one task: they read the same', async () => {
    const architecture = multiTaskAttentionArchitecture({ units: 4 })
    const shape = shapeOf(2)
    const weights = await freshWeights(architecture, shape)
    const { values, shape: size } = weights['tasks/query']
    const one = values.map((_, at) => values[at % 4])
    for (const [a, b] of outputsOf(architecture, shape, {
      ...weights,
      'tasks/query': { shape: size, values: one },
    }))
      expect(a).toBe(b)
  })

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('attention', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it.each(['wide', 'long'] as const)(
    'shows what each task looks at: shares that sum to 1, %s',
    async (layout) => {
      const data = relatedTasks({
        random: createRandom(3),
        tasks: 3,
        rows: 20,
        features: 2,
        spread: 0.5,
        noise: 0.3,
        layout,
      })
      const estimator = multiTaskAttention({ units: 4, trainer: { epochs: 3, learningRate: 0.01 } })
      const model = await expectNoLeak(() => fit(estimator, data, { random: 1 }))
      const [attention, spread, similarity] = model.views()
      expect(similarity.title).toBe('Similarity of tasks')
      if (attention.kind !== 'matrix' || spread.kind !== 'matrix') throw new Error('no picture of attention')
      expect(attention.rows).toEqual(data.tasks.map(({ name }) => name))
      expect(attention.columns).toEqual(data.tasks[0].features.map(({ name }) => name))
      const { columns } = attention.values
      for (let t = 0; t < 3; t++)
        expect(
          attention.values.data.slice(t * columns, (t + 1) * columns).reduce((sum, share) => sum + share, 0),
        ).toBeCloseTo(1, 5)
      expect(spread.values.data.every((each) => each >= 0 && each <= 0.5)).toBe(true)
    },
  )

  it.each([
    [{ units: 5 }, 'attentionHeads'],
    [{ units: 0 }, 'units'],
    [{ attentionHeads: 1.5 }, 'attentionHeads'],
    [{ heads: { embedding: 3 } }, 'heads.embedding'],
    [{ activation: 'relu' }, 'activation'],
    [{ layers: [3] }, 'layers'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => multiTaskAttention(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
