import { describe, expect, it } from 'vitest'
import { describeMetric, metricLaws } from '../testing/describe-metric.ts'
import { intervalCoverage } from './calibration.ts'
import { defaultMetrics } from './default-metrics.ts'
import { rmse } from './regression.ts'
import type { Metric } from './types.ts'

const kinds = ['regression', 'binary', 'multiclass'] as const
const all = new Map(kinds.flatMap((kind) => defaultMetrics(kind).map((metric) => [metric.name, metric])))
for (const metric of all.values()) describeMetric(metric)
describeMetric(intervalCoverage(0.5))

describe('defaultMetrics', () => {
  it('lists metrics of the kind, the first with a true zero and a better side', () => {
    for (const kind of kinds) {
      const metrics = defaultMetrics(kind)
      expect(metrics.every((metric) => metric.kinds.includes(kind))).toBe(true)
      expect(metrics[0].ratio && metrics[0].better === 'lower').toBe(true)
    }
  })
})

describe('the laws of metrics', () => {
  const broken = (evaluate: Metric['evaluate']): string[] =>
    Object.entries(metricLaws).flatMap(([title, law]) => {
      try {
        law({ ...rmse, evaluate })
        return []
      } catch {
        return [title]
      }
    })

  it('hold for a sound metric', () => {
    expect(broken((...given) => rmse.evaluate(...given))).toEqual([])
  })

  it('find a metric that counts missing targets as zero', () => {
    const found = broken((prediction, targets, weights) =>
      rmse.evaluate(
        prediction,
        targets.map((y) => y || 0),
        weights,
      ),
    )
    expect(found).toEqual(['rows without a target are left out', 'no rows give NaN'])
  })

  it('find a metric that looks at neighbours', () => {
    const found = broken(
      (prediction, targets, weights) =>
        rmse.evaluate(prediction, targets, weights) * (1 + Math.abs(targets[0] || 1)),
    )
    expect(found).toContain('the order of rows does not matter')
  })

  it('find a metric that ignores weights', () => {
    expect(broken((prediction, targets) => rmse.evaluate(prediction, targets))).toEqual([
      'weight 2 is a row given twice, weight 0 an absent one',
      'no rows give NaN',
    ])
  })

  it('find a metric that makes up a number, one that writes, and one that takes anything', () => {
    expect(broken((...given) => rmse.evaluate(...given) || 0)).toEqual(['no rows give NaN'])
    expect(
      broken((prediction, targets, weights) => {
        const score = rmse.evaluate(prediction, targets, weights)
        targets.reverse()
        return score
      }),
    ).toContain('arguments are left as they were')
    expect(
      broken((prediction, ...rest) => ('mean' in prediction ? rmse.evaluate(prediction, ...rest) : 0)),
    ).toEqual(['predictions of other kinds are refused'])
  })
})
