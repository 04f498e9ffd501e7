import { isReal, matrix } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { fitOfAll } from './fit/all-tasks.ts'
import { firstPlace } from './fit/em.ts'
import { fitProblem } from './fit/fit-problem.ts'
import { distance, flat, goldenProblem, treeOf } from './golden.fixture.ts'
import golden from './goldens/new-tasks.json' with { type: 'json' }
import { settingsOf } from './options.ts'
import { placer } from './placement.ts'
import { predictBelief } from './predict.ts'

const problem = goldenProblem(golden)
const fit = fitProblem(problem, settingsOf({}), true)
const place = {
  ...firstPlace(fit, treeOf(golden.model.tree)),
  diffusion: flat(golden.model.lambda_),
  noise: Float64Array.from(golden.model.rho2),
}
const state = { ...place, accepted: [], objective: 0, logEvidence: 0, still: 0 }
const everyone = golden.y.map((_, k) => k)
const fitted = fitOfAll(fit, state, problem.counts, everyone, true)
const { expected } = golden
const place1 = placer(fitted, 1, true)

describe('a task that training did not contain', () => {
  it('has the distribution of the root where nothing is known of it', () => {
    const { mean, covariance } = place1.atRoot()
    expect(distance(mean, expected.unseenMean)).toBeLessThan(1e-6)
    expect(distance(covariance, flat(expected.unseenCov))).toBeLessThan(1e-6)
  })

  for (const [q, own] of Object.entries(expected.place))
    it(`is placed by ${q} rows as in the reference`, () => {
      const rows = flat(golden.newX).subarray(0, Number(q) * 3)
      const targets = Float64Array.from(golden.newY).subarray(0, Number(q))
      const { points, weights, mean, covariance } = place1.byRows({ rows, targets })
      points.forEach(({ node, age, logMass }, i) =>
        expect(distance([node, age, logMass], expected.grid[i])).toBeLessThan(1e-6),
      )
      expect(distance(weights, own.weights)).toBeLessThan(1e-6)
      expect(distance(mean, own.mean)).toBeLessThan(1e-6)
      expect(distance(covariance, flat(own.cov))).toBeLessThan(1e-6)
    })

  it('is placed by labels of classes as well, and more surely by more of them', () => {
    const classes = placer({ ...fitted, noiseVariance: new Float64Array(0) }, 1, false)
    const rows = flat(golden.newX)
    const targets = Float64Array.of(1, 1, 0, 1)
    const spread = (count: number): number => {
      const own = { rows: rows.subarray(0, 3 * count), targets: targets.subarray(0, count) }
      return classes.byRows(own).covariance.reduce((sum, value, at) => sum + (at % 4 === 0 ? value : 0), 0)
    }
    expect(spread(4)).toBeLessThan(spread(0))
  })
})

describe('a known task', () => {
  it('is predicted as in the reference', () => {
    const rows = matrix(3, 3, flat(golden.testX))
    // The constant of the reference stands among its inputs, so rows are all that there is.
    const prediction = predictBelief([fitted], expected.known.task, 'regression', rows)
    if (!isReal(prediction)) throw new TypeError('a number is predicted')
    expect(distance(prediction.mean, expected.known.predictMean)).toBeLessThan(1e-6)
    expect(distance(prediction.variance, expected.known.predictVar)).toBeLessThan(1e-6)
  })
})
