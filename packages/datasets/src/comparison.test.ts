/** The comparison of core against an independent program (numpy), on the data of this package. */
import { compare, meanRegularised, pooled, singleTask, taskMean } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import golden from '../goldens/comparison.json' with { type: 'json' }
import { sleepStudy } from './sleep-study.ts'
import { hashSplit } from './hash-split.fixture.ts'

const data = sleepStudy.data()
const splits = [0, 1, 2, 3, 4].map((split) => hashSplit(data, split, 0.3))
const methods = {
  single_task_ridge: singleTask(),
  task_mean: taskMean(),
  pooled_ridge: pooled(),
  mean_regularised: meanRegularised(),
}
const { overall, summaries } = await compare(methods, data, {
  random: 1,
  splits,
  baselines: { single_task_ridge: methods.single_task_ridge },
})

const names = {
  'explained-variance-pooled': 'ev_pooled',
  'explained-variance-within': 'ev_within',
  rmse: 'rmse',
  'rmse-task-mean': 'rmse_task_mean',
} as const

describe('the figures of an independent program on 18 tasks and 5 splits', () => {
  it.each(Object.entries(golden.methods))('are those of %s', (method, figures) => {
    figures.forEach((expected, split) => {
      for (const [metric, name] of Object.entries(names)) {
        const found = overall.find(
          (score) => score.estimator === method && score.split === split && score.metric === metric,
        )
        // The file has ten digits.
        expect(Math.abs((found?.value ?? NaN) / expected[name] - 1)).toBeLessThan(1e-6)
      }
    })
  })

  it.each(['pooled_ridge', 'mean_regularised'] as const)(
    'give the gain of %s on the other scale',
    (method) => {
      const gains = golden.methods[method].map(({ rmse, total_gain: g }, split) => {
        const ofRoot = 100 * (1 - rmse / golden.methods.single_task_ridge[split].rmse)
        expect(ofRoot).toBeCloseTo(100 * (1 - Math.sqrt(1 - g)), 5)
        return ofRoot
      })
      const mean = gains.reduce((sum, gain) => sum + gain) / gains.length
      const summary = summaries.find(({ estimator }) => estimator === method)
      expect(summary?.overall.mean).toBeCloseTo(mean, 4)
      expect(summary?.verdict).toBe(method === 'pooled_ridge' ? 'hurts' : 'undecided')
    },
  )
})
