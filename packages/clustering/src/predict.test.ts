import { isReal, matrixFromRows } from '@mtl/core'
import type { RealDistribution, TaskKind } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import bounds from '../goldens/bernoulli.json' with { type: 'json' }
import classes from '../goldens/laplace.json' with { type: 'json' }
import goldens from '../goldens/predict.json' with { type: 'json' }
import { boundFamily, laplaceFamily } from './class-family.ts'
import { gaussianFamily, type Family } from './family.ts'
import { differenceOf, goldenLayout, goldenProblem, goldenVector } from './golden.fixture.ts'
import type { Layout } from './layout.ts'
import { predictionOf, unitsOfRows } from './predict.ts'

const floors = { covarianceFloor: 1e-8, noiseFloor: 1e-10 }

/** Predictions of every task of the family's problem at the queried rows. */
function predictAll(
  family: Family,
  layout: Layout,
  x: Float64Array,
  query: readonly (readonly number[])[],
  kind: TaskKind,
  noiseVariance: number,
): RealDistribution[] {
  const [all] = family.posteriors(layout, x)
  const units = unitsOfRows(x, layout, matrixFromRows(query))
  const { clusters } = layout
  return Array.from({ length: all.responsibilities.rows }, (_, i) => {
    const part = (of: keyof typeof all, rows: number): (typeof all)[typeof of] => {
      const { columns, data } = all[of]
      return { rows, columns, data: data.slice(i * rows * columns, (i + 1) * rows * columns) }
    }
    const posterior = {
      responsibilities: part('responsibilities', 1),
      taskMeans: part('taskMeans', clusters),
      taskCovariances: part('taskCovariances', clusters),
    }
    const prediction = predictionOf(units, [posterior], kind, noiseVariance)
    if (!isReal(prediction)) throw new Error('one output has a real distribution')
    return prediction
  })
}

describe('predictions of numbers', () => {
  for (const { name, hidden, problem: given, params, query, newTask, expected } of goldens.cases) {
    const problem = goldenProblem(given)
    const layout = goldenLayout(hidden, problem, params)
    const x = goldenVector(layout, params)
    const expectMoments = (
      actual: RealDistribution,
      golden: { mean: number[]; variance: number[] },
    ): void => {
      expect(differenceOf(actual.mean, golden.mean)).toBeLessThan(1e-9)
      expect(differenceOf(actual.variance, golden.variance)).toBeLessThan(1e-9)
      expect(actual.noiseVariance?.[0]).toBeCloseTo(params.sigma2, 12)
    }

    it(`are those of the reference for known tasks: ${name}`, () => {
      const family = gaussianFamily(problem, floors)
      const predictions = predictAll(family, layout, x, query, 'regression', params.sigma2)
      expected.known.forEach((golden, i) => expectMoments(predictions[i], golden))
    })

    it(`are those of the reference for a task never seen, with 0 to 3 of its rows: ${name}`, () => {
      for (const golden of expected.newTask) {
        const unseen = goldenProblem({
          nTasks: 1,
          task: Array<number>(golden.rows).fill(0),
          X: golden.rows === 0 ? [] : newTask.X.slice(0, golden.rows),
          y: newTask.y.slice(0, golden.rows),
          meanFeatures: [newTask.meanFeatures],
          gateFeatures: [newTask.gateFeatures],
        })
        // No rows tell no number of inputs.
        const family = gaussianFamily(
          golden.rows === 0 ? { ...unseen, inputs: problem.inputs, ...none(problem.inputs) } : unseen,
          floors,
        )
        const [prediction] = predictAll(family, layout, x, query, 'regression', params.sigma2)
        expectMoments(prediction, golden)
      }
    })
  }
})

function none(inputs: number): { moments: { products: Float64Array; cross: Float64Array } } {
  return { moments: { products: new Float64Array(inputs * inputs), cross: new Float64Array(inputs) } }
}

describe('predictions of classes', () => {
  for (const { name, hidden, problem: given, params, query, expected } of classes.cases)
    it(`are those of the reference by Laplace's method: ${name}`, () => {
      const problem = goldenProblem(given, false)
      const layout = goldenLayout(hidden, problem, params)
      const predictions = predictAll(
        laplaceFamily(problem, floors),
        layout,
        goldenVector(layout, params),
        query,
        'binary',
        NaN,
      )
      predictions.forEach(({ mean }, i) =>
        expect(differenceOf(mean, expected.probability[i])).toBeLessThan(1e-7),
      )
    })

  for (const { name, hidden, problem: given, query, expected } of bounds.cases)
    it(`are those of the reference by the bound, xi at their best: ${name}`, () => {
      const problem = goldenProblem(given, false)
      const layout = goldenLayout(hidden, problem, expected.params)
      const x = goldenVector(layout, expected.params)
      const predictions = predictAll(boundFamily(problem, floors), layout, x, query, 'binary', NaN)
      predictions.forEach(({ mean }, i) =>
        expect(differenceOf(mean, expected.probability[i])).toBeLessThan(1e-3),
      )
    })
})
