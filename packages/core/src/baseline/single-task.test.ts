import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { gram, transposeMultiplyVector } from '../linalg/product.ts'
import { row } from '../linalg/matrix.ts'
import { createRandom } from '../random/generator.ts'
import { describeEstimator } from '../testing/describe-estimator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { fit } from '../training/fit.ts'
import { fitRidge } from './ridge.ts'
import { singleTask } from './single-task.ts'
import { designOf, statisticsOf } from './statistics.ts'

/** Folds within training: rows of a pair may fall apart, and draws are named by task. */
const folded = {
  'order of rows does not matter': 'folds of rows are drawn by their order',
  'names of tasks do not matter': 'folds of rows are drawn by the name of their task',
  'weight 2 is a row given twice': 'a row and its copy may fall into two folds',
  'rows given twice at half weight change nothing': 'a row and its copy may fall into two folds',
} as const

describeEstimator('single-task', singleTask, { except: folded })
describeEstimator('single-task of given penalties', () => singleTask({ penalty: 0.5 }))

const tasks = (seed: number, rows = 10): ReturnType<typeof relatedTasks> =>
  relatedTasks({ random: createRandom(seed), tasks: 3, rows, features: 4, spread: 0.3, noise: 0.2 })

describe('fitRidge', () => {
  it('solves the normal equations of each task, and traces its smoother', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 1e5, noNaN: true }), (seed, penalty) => {
        const { tasks: all } = tasks(seed, 1 + (Math.abs(seed) % 9))
        const { coefficients, freedom, squares } = fitRidge(all.map(statisticsOf), penalty)
        all.forEach(({ inputs, targets }, t) => {
          const design = designOf(inputs)
          const gramian = gram(design)
          const penalised = {
            ...gramian,
            data: gramian.data.map((a, at) => (at % 6 === 0 && at > 0 ? a + penalty : a)),
          }
          const factor = cholesky(penalised)
          const expected = factor.solve(transposeMultiplyVector(design, targets))
          expected.forEach((value, j) => expect(coefficients[t * 5 + j]).toBeCloseTo(value, 7))
          const smoother = factor.solveMatrix(gramian)
          const trace = [0, 1, 2, 3, 4].reduce((total, j) => total + smoother.data[j * 6], 0)
          expect(freedom[t]).toBeCloseTo(trace, 7)
          const residuals = targets.map(
            (y, i) => y - row(design, i).reduce((f, z, j) => f + z * expected[j], 0),
          )
          expect(squares[t]).toBeCloseTo(
            residuals.reduce((total, r) => total + r * r, 0),
            7,
          )
        })
      }),
      { numRuns: 50 },
    )
  })
})

describe('singleTask', () => {
  it('takes each task by itself: others change nothing but scale and noise', async () => {
    const [first, ...others] = tasks(1).tasks
    const shifted = others.map((task) => ({ ...task, targets: task.targets.map((y) => 5 - y) }))
    const predict = async (all: typeof others): Promise<Float64Array> => {
      // Without standardising in common the penalty would differ; a tiny one shows the tasks alone.
      const model = await fit(singleTask({ penalty: 1e-9 }), { tasks: all }, { random: 1 })
      return (await model.predictTask('task-0', first.inputs)).point
    }
    const alone = await predict([first])
    ;(await predict([first, ...shifted])).forEach((value, i) => expect(value).toBeCloseTo(alone[i], 6))
  })

  it('comes to the means of tasks as the penalty grows', async () => {
    const data = tasks(2)
    const model = await fit(singleTask({ penalty: 1e12 }), data, { random: 1 })
    const predictions = await model.predict(data)
    for (const { name, targets } of data.tasks) {
      const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length
      for (const value of predictions[name].point) expect(value).toBeCloseTo(mean, 6)
    }
  })

  it('chooses the penalty of the lowest criterion', async () => {
    const { parameters, diagnostics } = await fit(singleTask(), tasks(3), { random: 1 })
    const [{ penalty, penalties, criteria }] = parameters.choices
    expect(penalties).toHaveLength(15)
    expect(penalties[criteria.indexOf(Math.min(...criteria))]).toBe(penalty)
    expect(diagnostics).toMatchObject({ steps: 15, converged: true, warnings: [] })
  })

  it('takes the strongest penalty where rows leave nothing to choose by', async () => {
    const data = dataset([
      { name: 'a', inputs: [[1]], targets: [1] },
      { name: 'b', inputs: [[3]], targets: [2] },
    ])
    const { parameters } = await fit(singleTask(), data, { random: 1 })
    expect(parameters.choices[0].penalty).toBe(1e5)
  })

  it('meets inputs whose columns sum to one', async () => {
    const inputs = Array.from({ length: 12 }, (_, i) => [
      Number(i % 3 === 0),
      Number(i % 3 === 1),
      Number(i % 3 === 2),
    ])
    const targets = inputs.map(([a, b], i) => a - b + (i % 2) / 10)
    const model = await fit(singleTask(), dataset([{ name: 'a', inputs, targets }]), { random: 1 })
    const { a } = await model.predict(dataset([{ name: 'a', inputs, targets }]))
    a.point.forEach((value, i) => expect(Math.abs(value - targets[i])).toBeLessThan(0.1))
  })

  it('learns tasks of different features, and says so in a picture each', async () => {
    const data = dataset([
      { name: 'a', inputs: [[1], [2], [3], [4]], targets: [2, 4, 6, 8], features: ['x'] },
      {
        name: 'b',
        inputs: [
          [1, 0],
          [0, 1],
          [1, 1],
          [2, 1],
        ],
        targets: [1, -1, 0, 1],
        features: ['y', 'z'],
      },
    ])
    const model = await fit(singleTask({ penalty: 1e-6 }), data, { random: 1 })
    const predictions = await model.predict(data)
    predictions.a.point.forEach((value, i) => expect(value).toBeCloseTo(2 * i + 2, 4))
    predictions.b.point.forEach((value, i) => expect(value).toBeCloseTo([1, -1, 0, 1][i], 4))
    expect(model.views().map((view) => view.kind === 'matrix' && view.columns)).toEqual([
      ['x'],
      ['y', 'z'],
      false,
    ])
  })

  it('names the option that is out of range', () => {
    expect(() => singleTask({ penalty: 0 })).toThrow('penalty must be a finite number > 0, got 0')
  })
})
