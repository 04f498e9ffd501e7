import { taskClustering } from '@mtl/clustering'
import { datasetFromTable, fit } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { highSchoolAndBeyond, sleepStudy } from '@mtl/datasets'
import { describe, expect, it } from 'vitest'
import goldens from '../goldens/lme4.json' with { type: 'json' }

/** Columns by the names of the golden file. */
const columns: Readonly<Record<string, string>> = { female: 'sex', sector_catholic: 'sector' }

function dataOf({ features, taskFeatures }: (typeof goldens.cases)[number]): Dataset {
  const source = features[0] === 'days' ? sleepStudy : highSchoolAndBeyond
  const { description } = source
  const named = (names: readonly string[]): string[] => names.map((name) => columns[name] ?? name)
  return datasetFromTable(source.table(), {
    ...(description.task !== undefined && { task: description.task }),
    targets: description.targets,
    inputs: named(features),
    ...(taskFeatures && { descriptor: named(taskFeatures) }),
  })
}

// With weights on the inputs themselves and one cluster it is a linear mixed model by maximum likelihood: lme4's.
describe('taskClustering of identity units and one cluster', () => {
  for (const golden of goldens.cases)
    it(`is lme4's ${golden.name}`, async () => {
      const data = dataOf(golden)
      const priorMean = golden.taskFeatures ? 'descriptor' : 'constant'
      const model = await fit(
        taskClustering({ activation: 'identity', priorMean, gradientTolerance: 1e-8 }),
        data,
        { random: 1 },
      )
      const { parameters, scaling } = model
      if (scaling === undefined) throw new Error('the estimator standardises')
      const deviation = scaling.targets.deviations[0]
      const rows = data.tasks.reduce((sum, { targets }) => sum + targets.length, 0)
      const [{ logLikelihood }] = parameters.choice.candidates
      const { lme4 } = golden
      expect(logLikelihood - rows * Math.log(deviation)).toBeCloseTo(lme4.logLik, 4)
      const [{ noiseVariance, clusterMeans, clusterFactors }] = parameters.outputs
      expect(deviation * Math.sqrt(noiseVariance)).toBeCloseTo(lme4.sigma, 3)
      // Sigma = T LL' T' in the units of the data, T from weights on scaled inputs to weights on raw ones.
      const [{ means, deviations }] = scaling.inputs
      const p = means.length + 1
      const raw = (weights: ArrayLike<number>): number[] => {
        const slopes = Array.from(means, (_, j) => (deviation * weights[j + 1]) / deviations[j])
        return [deviation * weights[0] - slopes.reduce((sum, w, j) => sum + w * means[j], 0), ...slopes]
      }
      const factors = Array.from({ length: p }, (_, k) =>
        raw(Array.from({ length: p }, (__, j) => clusterFactors.data[j * p + k])),
      )
      lme4.cov.forEach((row, i) =>
        row.forEach((value, j) => {
          const covariance = factors.reduce((sum, column) => sum + column[i] * column[j], 0)
          expect(Math.abs(covariance - value)).toBeLessThan(2e-3 * Math.sqrt(lme4.cov[i][i] * lme4.cov[j][j]))
        }),
      )
      const spread = model.views()[1]
      if (spread.kind !== 'table') throw new Error('the second picture is a table of deviations')
      spread.rows[0].slice(1).forEach((value, j) => {
        const deviationOf = Math.sqrt(lme4.cov[j][j])
        expect(Math.abs(Number(value) - deviationOf)).toBeLessThan(1e-3 * deviationOf)
      })
      if (golden.taskFeatures) return
      const fixed = raw(clusterMeans.data)
      fixed[0] += scaling.targets.means[0]
      lme4.fixef.forEach((value, j) =>
        expect(Math.abs(fixed[j] - value)).toBeLessThan(1e-4 * Math.abs(value)),
      )
    })
})
