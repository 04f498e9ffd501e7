import { taskClustering } from '@mtl/clustering'
import { datasetFromTable, fit, interval, isReal, pooled, singleTask, splitData, splitWhere } from '@mtl/core'
import type { Distribution, Model, RealDistribution } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'
import { describe, expect, it } from 'vitest'
import goldens from '../goldens/held-out.json' with { type: 'json' }

const { rule, tolerance } = goldens
const table = highSchoolAndBeyond.table()
const { task } = highSchoolAndBeyond.description
const data = datasetFromTable(table, {
  ...(task !== undefined && { task }),
  targets: highSchoolAndBeyond.description.targets,
  inputs: ['ses', 'minority', 'sex'],
})
const { train, test } = splitData(
  data,
  splitWhere(data, (row) => (row * rule.multiplier) % rule.modulus < rule.threshold),
)

interface Predicted {
  readonly y: number
  readonly mean: number
  readonly variance: number
  readonly logDensity: number
  readonly covered: boolean
}

async function predicted(model: Model): Promise<Predicted[]> {
  const predictions = await model.predict(test)
  return test.tasks.flatMap(({ name, targets }) => {
    const prediction = real(predictions[name])
    const { lower, upper } = interval(prediction, 0.95)
    const density = prediction.logDensity(targets)
    return Array.from(targets, (y, i) => ({
      y,
      mean: prediction.mean[i],
      variance: prediction.variance[i],
      logDensity: density[i],
      covered: y >= lower[i] && y <= upper[i],
    }))
  })
}

function real(prediction: Distribution): RealDistribution {
  if (isReal(prediction)) return prediction
  throw new Error('marks are numbers')
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** In per cent, of all rows of all schools together. */
function explained(rows: readonly Predicted[]): number {
  const mean = meanOf(rows.map(({ y }) => y))
  const unexplained = meanOf(rows.map((row) => (row.y - row.mean) ** 2))
  return 100 * (1 - unexplained / meanOf(rows.map(({ y }) => (y - mean) ** 2)))
}

describe('marks of pupils held out', () => {
  for (const { hidden, H, K, first10, ...expected } of goldens.expected) {
    const activation = hidden as 'identity' | 'linear' | 'tanh'
    it(`are explained as by the reference: ${hidden}, ${H} units, ${K} clusters`, async () => {
      const estimator = taskClustering({ activation, hiddenUnits: Math.max(1, H), clusters: K })
      const model = await fit(estimator, train, { random: 1 })
      const { parameters } = model
      const rows = await predicted(model)
      expect(rows).toHaveLength(rule.nTest)
      const sure = hidden === 'identity' && K === 1
      const { logLikAtol, explainedVarianceAtol } = sure ? tolerance.identityOneCluster : tolerance.others
      const [{ logLikelihood }] = parameters.choice.candidates
      expect(logLikelihood).toBeGreaterThan(expected.logLikStandardised - logLikAtol)
      if (sure) expect(logLikelihood).toBeLessThan(expected.logLikStandardised + logLikAtol)
      expect(Math.abs(explained(rows) - expected.explainedVariance)).toBeLessThan(explainedVarianceAtol)
      first10?.mean.forEach((mean, i) => expect(Math.abs(rows[i].mean - mean)).toBeLessThan(0.005))
      first10?.variance.forEach((variance, i) => expect(rows[i].variance / variance).toBeCloseTo(1, 3))
      const loss = -meanOf(rows.map(({ logDensity }) => logDensity))
      expect(Math.abs(loss - expected.meanNegLogPredictive)).toBeLessThan(0.005)
      expect(Math.abs(meanOf(rows.map(({ covered }) => Number(covered))) - expected.coverage95)).toBeLessThan(
        0.005,
      )
    })
  }

  it('are explained better than by one model for all schools or one for each', async () => {
    const ofOne = async (estimator: Parameters<typeof fit>[0]): Promise<number> =>
      explained(await predicted(await fit(estimator, train, { random: 1 })))
    const own = await ofOne(taskClustering({ hiddenUnits: 1 }))
    for (const baseline of [pooled(), singleTask()]) expect(own).toBeGreaterThan((await ofOne(baseline)) + 2)
  })
})
