import { createRandom, dataset, fit, isReal, matrix } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { latentHierarchy } from './latent-hierarchy.ts'
import { latentScaleHierarchy } from './latent-scale-hierarchy.ts'
import { linkage } from './tree/linkage.ts'
import { predictAtNode } from './predict-at-node.ts'

const quick = { trees: 2, folds: 2, maxSteps: 20 } as const

function related(tasks: number, rows: number): Dataset {
  return relatedTasks({ random: createRandom(3), tasks, rows, features: 2, spread: 0.3, noise: 0.3 })
}

describe('options', () => {
  it.each([
    [{ structure: 'tree' }, /structure must be one of averaged/],
    [{ structure: 'given' }, /needs the option tree/],
    [{ tree: '(a,b);' }, /used with structure 'given' alone/],
    [{ proposals: [] }, /a list of some/],
    [{ proposals: ['mean/rate1'] }, /proposals must be one of/],
    [{ tipLength: -1 }, /tipLength must be/],
    [{ trees: 0 }, /trees must be/],
  ])('are refused: %j', (options, message) => {
    expect(() => latentHierarchy(options as never)).toThrow(message)
  })

  it('of the scales have no point proposals', () => {
    expect(() => latentScaleHierarchy({ proposals: ['point/rate1'] })).toThrow(/expected\/...' and 'message/)
  })
})

describe('a given tree', () => {
  const data = related(3, 10)
  const [a, b, c] = data.tasks.map(({ name }) => name)

  it('must hold each task and no other', async () => {
    const short = latentHierarchy({ structure: 'given', tree: `(${a},${b});` })
    await expect(fit(short, data, { random: 1 })).rejects.toMatchObject({ code: 'unknown-name' })
  })

  it('predicts at its inner nodes, by number or by name', async () => {
    const estimator = latentHierarchy({ structure: 'given', tree: `((${a},${b})pair,${c})top;` })
    const model = await fit(estimator, data, { random: 1 })
    const rows = matrix(1, 2, Float64Array.of(0.5, -0.5))
    const [own, at, root] = ['pair', 3, 'top'].map((node) => predictAtNode(model, node, rows))
    expect(own.point).toEqual(at.point)
    expect(root.point).not.toEqual(at.point)
    expect(() => predictAtNode(model, 'pare', rows)).toThrow(/did you mean "pair"/)
    expect(() => predictAtNode(model, 9, rows)).toThrow(/5 nodes/)
  })
})

describe('degenerate tasks', () => {
  it('that are identical merge first', async () => {
    const { tasks } = related(4, 30)
    const twin = { ...tasks[0], name: 'twin' }
    const model = await fit(
      latentHierarchy({ structure: 'single-tree' }),
      { tasks: [...tasks, twin] },
      { random: 1 },
    )
    expect([...linkage(model.parameters.fits[0]).data.subarray(0, 2)]).toEqual([0, 4])
  })

  it('without rows are as uncertain as a task never seen, and a warning says so', async () => {
    const { tasks } = related(4, 10)
    const empty = { ...tasks[3], targets: tasks[3].targets.map(() => NaN) }
    const model = await fit(latentHierarchy(quick), { tasks: [...tasks.slice(0, 3), empty] }, { random: 1 })
    const inputs = tasks[0].inputs
    const own = await model.predictTask(empty.name, inputs)
    const unseen = await model.predictTask({}, inputs)
    if (!isReal(own) || !isReal(unseen)) throw new TypeError('numbers are predicted')
    own.variance.forEach((value, n) => expect(Math.abs(value - unseen.variance[n])).toBeLessThan(1e-8))
    expect(model.diagnostics.warnings.join()).toMatch(/no labelled row/)
  })

  it.each([1, 2])('%i in number have a defined result', async (count) => {
    for (const structure of ['averaged', 'single-tree', 'star'] as const) {
      const data = related(count, 10)
      const model = await fit(latentHierarchy({ ...quick, structure }), data, { random: 1 })
      expect(model.parameters.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
      expect(model.parameters.fits[0].children).toHaveLength(2 * (count - 1))
    }
  })

  it('of an average have no node of their own to predict at', async () => {
    const model = await fit(latentHierarchy(quick), related(3, 8), { random: 1 })
    expect(() => predictAtNode(model, 3, matrix(1, 2))).toThrow(/single tree/)
  })
})

describe('a task of one row', () => {
  it('is fitted with the others', async () => {
    const { tasks } = related(3, 6)
    const one = dataset([
      {
        name: 'one',
        inputs: matrix(1, 2, Float64Array.of(1, 2)),
        targets: Float64Array.of(3),
        kind: 'regression',
        features: tasks[0].features,
      },
    ])
    const model = await fit(latentHierarchy(quick), { tasks: [...tasks, ...one.tasks] }, { random: 1 })
    expect(model.parameters.fits).toHaveLength(3)
  })
})
