import { createRandom, dataset, fit, interval, isReal, matrix, sampleNormal } from '@mtl/core'
import type { Dataset, Distribution } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { selectedGroups } from './selected-groups.ts'
import { sparseBayesian } from './sparse-bayesian.ts'
import type { SparseBayesianOptions } from './options.ts'

const groups = Array.from({ length: 8 }, (_, g) => [0, 1, 2].map((k) => `x${3 * g + k + 1}`))
const active = [1, 5]

/** Eight groups of three features, of which two matter; tasks scatter about common weights. */
function fewGroupsMatter(tasks: number, rows: number, level = 0): Dataset {
  const random = createRandom('story')
  const normal = (n: number, stream = random): Float64Array =>
    Float64Array.from({ length: n }, () => sampleNormal(stream))
  const common = normal(24).map((w, j) => (active.includes(Math.floor(j / 3)) ? w : 0))
  return dataset(
    Array.from({ length: tasks }, (_, t) => {
      const own = random.fork(t)
      const inputs = matrix(rows, 24, normal(rows * 24, own))
      const weights = common.map((w) => (w === 0 ? 0 : w + 0.3 * sampleNormal(own)))
      const targets = Float64Array.from({ length: rows }, (_, i) => {
        let y = level + 0.5 * sampleNormal(own)
        for (let j = 0; j < 24; j++) y += weights[j] * inputs.data[i * 24 + j]
        return y
      })
      return { name: `task ${t}`, inputs, targets }
    }),
  )
}

describe('sparseBayesian', () => {
  it('finds the two groups of features that matter among eight, with fewer rows than features', async () => {
    const model = await fit(sparseBayesian({ groups }), fewGroupsMatter(10, 14, 30), { random: 1 })
    const found = selectedGroups(model.parameters).map(({ features }) => features.join())
    expect(found.toSorted()).toEqual(active.map((g) => groups[g].join()).toSorted())
    const [first, ...views] = model.views()
    expect(first.title).toContain('Relevance')
    const likeness = views.find(({ title }) => title.startsWith('Likeness'))
    const cosines = likeness?.kind === 'matrix' ? likeness.values.data : new Float64Array(100)
    for (let t = 0; t < 10; t++) expect(cosines[t * 11]).toBeCloseTo(1, 12)
    const profile = views.find(({ title }) => title.startsWith('Lower bound by the logarithm'))
    if (profile?.kind !== 'lines') throw new Error('no profile')
    const { values } = profile.series[0]
    const peak = profile.x[values.indexOf(Math.max(...values))]
    // Points are 0.087 apart.
    expect(Math.abs(peak - (profile.marked ?? NaN))).toBeLessThan(0.09)
    // Deviations of 0.3 about weights of size 1: cosines of about 0.9.
    expect(Math.min(...cosines)).toBeGreaterThan(0.6)
  })

  it('predicts a task that it never saw, and better once a few of its rows are known', async () => {
    const all = fewGroupsMatter(12, 16)
    const [last, ...tasks] = all.tasks.toReversed()
    const model = await fit(sparseBayesian({ groups }), { tasks }, { random: 1 })
    const examples = {
      inputs: matrix(8, 24, last.inputs.data.slice(0, 8 * 24)),
      targets: last.targets.slice(0, 8),
    }
    const rest = matrix(8, 24, last.inputs.data.slice(8 * 24))
    const truth = last.targets.slice(8)
    const errors = await Promise.all(
      [{}, { examples }].map(async (task) => {
        const prediction = await model.predictTask(task, rest)
        return { squared: squaredError(prediction, truth), width: widthOf(prediction) }
      }),
    )
    const mean = truth.reduce((sum, y) => sum + y, 0) / truth.length
    const variance = truth.reduce((sum, y) => sum + (y - mean) ** 2, 0) / truth.length
    expect(errors[0].squared).toBeLessThan(variance)
    expect(errors[1].width).toBeLessThan(errors[0].width)
  })

  it('holds task weights nearer to zero under priors of a larger rate', async () => {
    const data = fewGroupsMatter(4, 10)
    // 20 steps are near enough.
    const sizes = await Promise.all(
      [0.1, 10, 100].map(async (rate) => {
        const options: SparseBayesianOptions = {
          groups,
          prior: { kind: 'group-laplace', rate },
          noiseVariance: 0.1,
          ratioStarts: [1],
          maxSteps: 20,
        }
        const { parameters } = await fit(sparseBayesian(options), data, { random: 1 })
        return parameters.taskWeights.data.reduce((sum, w) => sum + w * w, 0)
      }),
    )
    expect(sizes[1]).toBeLessThan(sizes[0])
    expect(sizes[2]).toBeLessThan(sizes[1])
  })

  it('chooses an inverse Wishart where two clusters of tasks are opposite', async () => {
    const random = createRandom('opposite')
    const weights = Float64Array.from({ length: 4 }, () => 2 * sampleNormal(random))
    const data = dataset(
      Array.from({ length: 8 }, (_, t) => {
        const own = random.fork(t)
        const inputs = matrix(
          9,
          4,
          Float64Array.from({ length: 36 }, () => sampleNormal(own)),
        )
        const targets = Float64Array.from({ length: 9 }, (_, i) => {
          let y = sampleNormal(own)
          for (let j = 0; j < 4; j++) y += (t % 2 === 0 ? 1 : -1) * weights[j] * inputs.data[i * 4 + j]
          return y
        })
        return { name: `task ${t}`, inputs, targets }
      }),
    )
    const model = await fit(sparseBayesian({ taskCovariance: 'auto', maxSteps: 30 }), data, { random: 1 })
    const { choice, taskCovariance } = model.parameters
    expect(choice?.inverseWishart).toBeGreaterThan(choice?.exchangeable ?? Infinity)
    const covariance = taskCovariance.matrix?.data ?? new Float64Array(64)
    expect(covariance[1]).toBeLessThan(0)
    expect(covariance[2]).toBeGreaterThan(0)
  })
})

function squaredError(prediction: Distribution, truth: Float64Array): number {
  return prediction.point.reduce((sum, mean, i) => sum + (mean - truth[i]) ** 2, 0) / truth.length
}

function widthOf(prediction: Distribution): number {
  if (!isReal(prediction)) return NaN
  const { lower, upper } = interval(prediction, 0.9)
  return upper.reduce((sum, value, i) => sum + value - lower[i], 0)
}

describe('sparseBayesian refuses, and says what to do:', () => {
  const data = fewGroupsMatter(3, 6)
  const train = (options: SparseBayesianOptions, given = data): Promise<unknown> =>
    fit(sparseBayesian(options), given, { random: 1 })

  it('groups that overlap, that name no feature or leave one out', async () => {
    expect(() => sparseBayesian({ groups: [['x1'], ['x1', 'x2']] })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
    await expect(train({ groups: [['x99']] })).rejects.toMatchObject({ code: 'unknown-name' })
    await expect(train({ groups: [['x1']] })).rejects.toThrow('every feature must stand in one')
  })

  it('priors outside their range, and options that do not go together', () => {
    const cases: readonly SparseBayesianOptions[] = [
      { prior: { kind: 'ard', shape: 0 } },
      { prior: { kind: 'laplace', rate: -1 } },
      { prior: { kind: 'generalised-inverse-gaussian', order: -1, chi: 0, phi: 1 } },
      { prior: { kind: 'horseshoe' } as never },
      { ratioStarts: [] },
      { ratioStarts: [-1] },
      { learnScale: 'all' },
      { learnScale: 'scale', prior: { kind: 'normal-inverse-gaussian' } },
      { posterior: 'kronecker' },
      { rank: 0 },
      { taskCovariance: 'free' as never },
      { noiseVariance: 0 },
    ]
    for (const options of cases)
      expect(() => sparseBayesian(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      )
  })

  it('the Kronecker form for tasks with rows of their own, and data without labels', async () => {
    await expect(train({ taskCovariance: 'inverse-wishart', posterior: 'kronecker' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    const empty = { tasks: data.tasks.map((task) => ({ ...task, targets: task.targets.map(() => NaN) })) }
    await expect(train({}, empty)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('nothing, but warns, where the limit of steps is met or the prior was learnt', async () => {
    const warnings: string[] = []
    await fit(sparseBayesian({ maxSteps: 3, learnScale: 'scale', prior: { kind: 'laplace' } }), data, {
      random: 1,
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.code)
      },
    })
    expect(warnings).toEqual(expect.arrayContaining(['step-limit', 'bound-not-comparable']))
  })
})
