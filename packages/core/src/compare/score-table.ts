import type { Score, ScoreTable } from './types.ts'

/** Position in `values` of estimator e, task t, split s and metric m. */
export function scoreAt(
  { tasks, splits, metrics }: ScoreTable,
  e: number,
  t: number,
  s: number,
  m: number,
): number {
  return ((e * tasks.length + t) * splits + s) * metrics.length + m
}

/** The measurements that exist, one by one: for a file, a filter, a table. */
export function* eachScore({ estimators, tasks, splits, metrics, values }: ScoreTable): Iterable<Score> {
  const [ofTask, ofEstimator] = [splits * metrics.length, tasks.length * splits * metrics.length]
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) continue
    yield {
      estimator: estimators[Math.floor(at / ofEstimator)],
      task: tasks[Math.floor(at / ofTask) % tasks.length],
      split: Math.floor(at / metrics.length) % splits,
      metric: metrics[at % metrics.length],
      value: values[at],
    }
  }
}
