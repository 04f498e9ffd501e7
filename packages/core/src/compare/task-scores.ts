import type { TargetGroup } from './layout.ts'
import type { Judged } from './overall.ts'

/** Tasks x metrics; NaN where a metric is not of the task's kind, undefined, or nothing was tested. */
export function taskScores(
  groups: readonly TargetGroup[],
  judged: readonly (Judged | undefined)[],
  metrics: readonly string[],
): Float64Array {
  const scores = new Float64Array(judged.length * metrics.length).fill(NaN)
  for (const group of groups) {
    for (const t of group.tasks) {
      const rows = judged[t]
      if (rows === undefined) continue
      for (const metric of group.metrics) {
        const at = t * metrics.length + metrics.indexOf(metric.name)
        scores[at] = metric.evaluate(rows.prediction, rows.targets, rows.weights)
      }
    }
  }
  return scores
}
