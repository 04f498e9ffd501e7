import { dataset } from '@mtl/core'
import type { Comparison, EstimatorSummary } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'

const tasks = ['north', 'south']
const estimators = ['single-task', 'pooled', 'mean-regularised']
const metrics = ['rmse', 'explained-variance']
const splits = 3

/** Figures of a comparison that was never run: two tasks, three methods, three splits. */
export const exampleComparison: Comparison = {
  scores: {
    estimators,
    tasks,
    splits,
    metrics,
    values: Float64Array.from(
      { length: estimators.length * tasks.length * splits * metrics.length },
      (_, i) => (i === 5 ? NaN : 1 + i / 8),
    ),
  },
  overall: estimators.flatMap((estimator, e) =>
    Array.from({ length: splits }, (_, split) => [
      {
        estimator,
        target: 'yield',
        split,
        metric: 'explained-variance-pooled',
        value: 0.3 + e / 50 + split / 100,
      },
      { estimator, target: 'yield', split, metric: 'rmse', value: 6.25 - e / 10 },
      { estimator, target: 'yield', split, metric: 'negative-log-likelihood', value: 3.24 },
      { estimator, target: 'yield', split, metric: 'interval-coverage-90', value: e === 0 ? 0.9 : NaN },
    ]).flat(),
  ),
  summaries: [
    summary('pooled', -2.5, -4, -1, 'hurts'),
    summary('mean-regularised', 0.94, -0.012, 1.68, 'helps'),
  ],
  pareto: ['mean-regularised'],
  views: {},
  seconds: { 'single-task': 0.01, pooled: 0.01, 'mean-regularised': 0.02 },
  failures: [{ estimator: 'latent-hierarchy', code: 'unsupported', message: 'needs descriptors' }],
  decision: 'undecided',
  recommended: 'mean-regularised',
  verdict: 'Learn these 2 tasks together: not shown.',
  toDocument: () => ({ type: 'comparison', version: 1, value: null }),
}

function summary(
  estimator: string,
  mean: number,
  lower: number,
  upper: number,
  verdict: EstimatorSummary['verdict'],
): EstimatorSummary {
  const estimate = { mean, lower, upper }
  return {
    estimator,
    baseline: 'single-task',
    gains: {
      metrics: ['rmse', 'rmse'],
      mean: Float64Array.of(mean, mean),
      lower: Float64Array.of(lower, NaN),
      upper: Float64Array.of(upper, NaN),
      relative: Float64Array.of(mean / 6, mean / 6),
    },
    overall: estimate,
    balanced: estimate,
    deltaM: { perTask: estimate, perMetric: estimate },
    verdict,
    hurtTasks: [],
    helpedTasks: [],
    beyond: { below: 0, above: 1, expectedByChance: 0.05 },
  }
}

/** The data that it could have been run on. */
export const exampleData: LoadedData = {
  data: dataset(
    tasks.map((name) => ({
      name,
      target: 'yield',
      features: ['rain'],
      inputs: [[1], [2], [3]],
      targets: [1, 2, NaN],
    })),
  ),
  description: { task: 'field', targets: { yield: 'regression' }, inputs: ['rain'] },
  file: 'fields.csv',
  title: 'fields.csv',
  layout: 'long',
  taskNoun: 'field',
  rows: 6,
  inputs: ['rain'],
  descriptors: [],
  notes: [],
}
