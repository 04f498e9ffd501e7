import { createRandom, dataset, sampleNormal } from '@mtl/core'
import type { Comparison, Dataset, Estimate, EstimatorSummary, OverallScore } from '@mtl/core'

const splits = 5
const methods: readonly (readonly [name: string, gain: number, verdict: EstimatorSummary['verdict']])[] = [
  ['mean-regularised', 1.3, 'helps'],
  ['trace-norm', 0.2, 'undecided'],
  ['pooled', -2.4, 'hurts'],
]

/** Tasks of some rows each, targets of the given kind. */
export function tasksOf(count: number, name: (t: number) => string = (t) => `s${t}`): Dataset {
  return dataset(
    Array.from({ length: count }, (_, t) => ({
      name: name(t),
      target: 'score',
      features: ['ses'],
      inputs: Array.from({ length: 6 + (t % 9) }, (__, i) => [i]),
      targets: Array.from({ length: 6 + (t % 9) }, (__, i) => (i === 0 && t === 1 ? NaN : i + t)),
    })),
  )
}

/** Figures of a comparison that was never run, of so many tasks. */
export function comparisonOf(data: Dataset, changes: Partial<Comparison> = {}): Comparison {
  const tasks = data.tasks.map((task) => task.name)
  const estimators = ['single-task', ...methods.map(([name]) => name)]
  return {
    scores: { estimators, tasks, splits, metrics: ['rmse'], values: new Float64Array() },
    overall: estimators.flatMap((estimator, e) =>
      Array.from({ length: splits }, (_, split): OverallScore[] => [
        {
          estimator,
          target: 'score',
          split,
          metric: 'explained-variance-pooled',
          value: 0.2 + (e + split) / 100,
        },
        { estimator, target: 'score', split, metric: 'rmse', value: 6 + e / 10 },
        { estimator, target: 'score', split, metric: 'interval-coverage-90', value: e === 0 ? 0.9 : NaN },
      ]).flat(),
    ),
    summaries: methods.map(([name, gain, verdict]) => summaryOf(name, gain, verdict, tasks)),
    pareto: ['mean-regularised'],
    views: {},
    seconds: { 'single-task': 0.001, 'mean-regularised': 0.5, 'trace-norm': 4, pooled: 0.001 },
    failures: [{ estimator: 'latent-hierarchy', code: 'unsupported', message: 'needs descriptors' }],
    decision: 'together',
    recommended: 'mean-regularised',
    verdict:
      'Learn these schools together: yes, with mean-regularised. On the same held-out rows its error (RMSE) is 1.3 % [0.7, 1.9] below that of one model per school.',
    toDocument: () => ({ type: 'comparison', version: 1, value: null }),
    ...changes,
  }
}

function summaryOf(
  estimator: string,
  gain: number,
  verdict: EstimatorSummary['verdict'],
  tasks: readonly string[],
): EstimatorSummary {
  const random = createRandom(estimator)
  const estimate: Estimate = { mean: gain, lower: gain - 0.6, upper: gain + 0.6 }
  const mean = Float64Array.from(tasks, () => gain / 10 + sampleNormal(random))
  const half = mean.map(() => 0.3 + Math.abs(sampleNormal(random)))
  return {
    estimator,
    baseline: 'single-task',
    gains: {
      metrics: tasks.map(() => 'rmse'),
      mean,
      lower: mean.map((value, t) => value - half[t]),
      upper: mean.map((value, t) => value + half[t]),
      relative: mean.map((value) => value / 6),
    },
    overall: estimate,
    balanced: estimate,
    deltaM: { perTask: estimate, perMetric: estimate },
    verdict,
    hurtTasks: [],
    helpedTasks: tasks.slice(0, 1),
    beyond: { below: 2, above: 5, expectedByChance: tasks.length * 0.025 },
  }
}
