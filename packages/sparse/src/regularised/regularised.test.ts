import { createRandom, dataset, fit, matrix, sampleNormal } from '@mtl/core'
import type { Dataset, Matrix, Model } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { clustered } from './families/clustered.ts'
import { dirty } from './families/dirty.ts'
import { graphRegularised } from './families/graph-regularised.ts'
import { jointFeature } from './families/joint-feature.ts'
import { lasso } from './families/lasso.ts'
import { robust } from './families/robust.ts'
import { sparseGroupLasso } from './families/sparse-group-lasso.ts'
import { fusedLasso } from './families/fused-lasso.ts'
import type { RegularisedParameters } from './types.ts'

const data = relatedTasks({
  random: createRandom(3),
  tasks: 5,
  rows: 30,
  features: 4,
  spread: 0.4,
  noise: 0.5,
})
const tight = { tolerance: 1e-10, maxSteps: 100_000 }

const parametersOf = async (
  estimator: Parameters<typeof fit<string, RegularisedParameters>>[0],
  on: Dataset = data,
): Promise<RegularisedParameters> => (await fit(estimator, on, { random: 1 })).parameters

/** Tasks that use the first 3 of `features` inputs, alike but for a little. */
function sparseTasks(tasks: number, rows: number, features: number): Dataset {
  return dataset(
    Array.from({ length: tasks }, (_, t) => {
      const random = createRandom('sparse').fork(t)
      const normals = (n: number): Float64Array =>
        Float64Array.from({ length: n }, () => sampleNormal(random))
      const inputs = matrix(rows, features, normals(rows * features))
      const weights = [2, -1.5, 1].map((w) => w + 0.3 * sampleNormal(random))
      const targets = normals(rows).map(
        (noise, i) => noise + weights.reduce((sum, w, j) => sum + w * inputs.data[i * features + j], 0),
      )
      return { name: `task ${t}`, inputs, targets }
    }),
  )
}

describe('regularised families', () => {
  it('become one another at the ends of their ranges', async () => {
    const like = await parametersOf(lasso({ penalty: 0.1, ...tight }))
    const joint = await parametersOf(jointFeature({ penalty: 0.1, ...tight }))
    const ends = [
      {
        found: await parametersOf(sparseGroupLasso({ penalty: 0.1, elementShare: 1, ...tight })),
        same: like,
      },
      { found: await parametersOf(fusedLasso({ penalty: 0.1, elementShare: 1, ...tight })), same: like },
      { found: await parametersOf(dirty({ penalty: 0.1, blockRatio: 100, ...tight })), same: like },
      { found: await parametersOf(robust({ penalty: 0.1, outlierRatio: 100, ...tight })), same: joint },
      {
        // Of groups of one feature the weight is sqrt(T).
        found: await parametersOf(
          sparseGroupLasso({ penalty: 0.1 / Math.sqrt(5), elementShare: 0, ...tight }),
        ),
        same: joint,
      },
    ]
    for (const { found, same } of ends) near(found.taskWeights.data, same.taskWeights.data, 1e-8)
  })

  it('of as many clusters as tasks are ridge', async () => {
    const found = await parametersOf(clustered({ penalty: 0.1, clusters: 5, withinRatio: 0.5, ...tight }))
    const ridge = await parametersOf(graphRegularised({ couplingPenalty: 0, ridgePenalty: 0.1, ...tight }))
    near(found.taskWeights.data, ridge.taskWeights.data, 1e-8)
  })

  it('coupled without limit have the same weights in all tasks', async () => {
    const { taskWeights } = await parametersOf(graphRegularised({ couplingPenalty: 1e8, ...tight }))
    const { data: values, columns } = taskWeights
    values.forEach((w, at) => expect(Math.abs(w - values[at % columns])).toBeLessThan(1e-6))
  })

  it('take a reduction by labels as one by tasks where all have as many rows', async () => {
    const byTask = await parametersOf(jointFeature({ penalty: 0.1, ...tight }))
    const byLabel = await parametersOf(jointFeature({ penalty: 0.1, reduction: 'label', ...tight }))
    near(byLabel.taskWeights.data, byTask.taskWeights.data, 1e-12)
  })

  it('raise the objective along the path, and leave no feature at its start', async () => {
    const { path, penalty, residual, largestPenalty } = await parametersOf(jointFeature({ pathLength: 20 }))
    expect(path.penalties[0]).toBe(largestPenalty)
    expect(path.nonzero[0]).toBe(0)
    const errors = [...path.heldOutError]
    expect(penalty).toBe(path.penalties[errors.indexOf(Math.min(...errors))])
    expect(path.residual.every((left) => left <= 1e-4)).toBe(true)
    expect(residual).toBeLessThanOrEqual(1e-6)
  })

  it('find the features that matter, with an error below that of each task by itself', async () => {
    const train = sparseTasks(8, 20, 30)
    const joint = await parametersOf(jointFeature({ rule: 'one-standard-error' }), train)
    const own = await parametersOf(lasso(), train)
    // A choice by held-out error keeps what matters and little besides.
    expect(supportOf(joint)).toEqual(expect.arrayContaining([0, 1, 2]))
    expect(supportOf(joint).length).toBeLessThanOrEqual(6)
    expect(Math.min(...joint.path.heldOutError)).toBeLessThan(Math.min(...own.path.heldOutError))
  })

  it('of one standard error choose no smaller penalty than the lowest error', async () => {
    const lowest = await parametersOf(lasso({ rule: 'lowest' }))
    const careful = await parametersOf(lasso({ rule: 'one-standard-error' }))
    expect(careful.penalty).toBeGreaterThanOrEqual(lowest.penalty)
  })

  it('find the task that departs from the others', async () => {
    const turned = (inputs: Matrix, i: number): number =>
      inputs.data.slice(8 * i, 8 * (i + 1)).reduce((sum, x, j) => sum + (j % 2 === 0 ? 1.5 : -1.5) * x, 0)
    const tasks = sparseTasks(6, 40, 8).tasks.map((task, t) =>
      t === 4 ? { ...task, targets: task.targets.map((y, i) => y + turned(task.inputs, i)) } : task,
    )
    const { parts } = await parametersOf(robust({ penalty: 0.2, outlierRatio: 1.5 }), dataset(tasks))
    const own = Array.from({ length: 6 }, (_, t) => Math.hypot(...parts[1].data.slice(t * 8, (t + 1) * 8)))
    expect(own.map((norm) => norm > 0)).toEqual([false, false, false, false, true, false])
  })

  it('put tasks of like weights into one cluster', async () => {
    const tasks = sparseTasks(6, 40, 8).tasks.map((task, t) =>
      t % 2 === 1 ? { ...task, targets: task.targets.map((y) => -y) } : task,
    )
    const { clusters } = await parametersOf(clustered({ penalty: 0.1 }), dataset(tasks))
    expect([...(clusters ?? [])]).toEqual([0, 1, 0, 1, 0, 1])
  })
})

describe('regularised families warn', () => {
  const warningsOf = ({ diagnostics }: Model): string => diagnostics.warnings.join('\n')

  it('of a limit of steps, with the residual that is left', async () => {
    const model = await fit(jointFeature({ penalty: 0.01, maxSteps: 2 }), data, { random: 1 })
    expect(model.diagnostics.converged).toBe(false)
    expect(warningsOf(model)).toMatch(/maxSteps = 2 steps: the optimality residual is still 0\.\d+/)
  })

  it('of parts that are not unique', async () => {
    const model = await fit(dirty({ penalty: 0.1, blockRatio: 7 }), data, { random: 1 })
    expect(warningsOf(model)).toContain('only a ratio between 1.00 and 5.00 mixes the parts')
  })

  it('of a penalty at the edge of the path', async () => {
    const model = await fit(jointFeature({ pathEnd: 0.9, pathLength: 2 }), data, { random: 1 })
    expect(warningsOf(model)).toContain('the smallest penalty of the path was chosen')
  })

  it('of classes that a plane parts, and of columns that say nothing', async () => {
    const inputs = matrix(6, 2, Float64Array.of(-3, 1, -2, 1, -1, 1, 1, 1, 2, 1, 3, 1))
    const parted = dataset([{ name: 'parted', kind: 'binary', inputs, targets: [0, 0, 0, 1, 1, 1] }])
    const model = await fit(lasso({ penalty: 1e-6 }), parted, { random: 1 })
    expect(warningsOf(model)).toMatch(/one and the same input .*"x2"/)
    expect(warningsOf(model)).toMatch(/a plane parts the classes.*"parted"/)
    expect(model.parameters.taskWeights.data[1]).toBe(0)
  })
})

describe('regularised families refuse', () => {
  it.each([
    [() => jointFeature({ penalty: -1 }), 'penalty must be a finite number >= 0'],
    [() => jointFeature({ pathLength: 1 }), 'pathLength must be an integer >= 2'],
    [() => jointFeature({ folds: 1 }), 'folds must be an integer >= 2'],
    [() => fusedLasso({ elementShare: 0 }), 'elementShare must be a finite number <= 1 > 0'],
    [() => sparseGroupLasso({ groups: [['a'], ['a']] }), '"a" stands in more than one place'],
    [() => sparseGroupLasso({ groups: [['a']], groupWeights: [1, 2] }), 'for each of the 1 groups, got 2'],
    [() => graphRegularised({ taskRelations: { a: { a: 1 } } }), '"a" is related to itself'],
    [() => graphRegularised({ taskRelations: { a: { b: -1 } } }), 'no negative relations'],
    [
      () => graphRegularised({ taskRelations: { a: { b: 1 }, b: { a: 0.5 } } }),
      '"a" and "b" contradict one another: 1 and 0.5',
    ],
  ])('an option out of range, by name: %#', (make, text) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }))
    expect(make).toThrow(text)
  })

  it('relations of unknown tasks, and groups of unknown features or that leave some out', async () => {
    const related = graphRegularised({ taskRelations: { 'task-0': { 'task-9': 'positive' } } })
    await expect(parametersOf(related)).rejects.toMatchObject({ code: 'unknown-name' })
    const unknown = sparseGroupLasso({ groups: [['x1', 'x9']] })
    await expect(parametersOf(unknown)).rejects.toMatchObject({ code: 'unknown-name' })
    const some = sparseGroupLasso({ groups: [['x1', 'x2']] })
    await expect(parametersOf(some)).rejects.toMatchObject({ code: 'unsupported' })
  })
})

function supportOf({ taskWeights: { columns, data: values } }: RegularisedParameters): number[] {
  return [...new Set([...values.keys()].filter((at) => values[at] !== 0).map((at) => at % columns))].sort(
    (a, b) => a - b,
  )
}

function near(found: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(found.length).toBe(expected.length)
  found.forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThanOrEqual(tolerance))
}
