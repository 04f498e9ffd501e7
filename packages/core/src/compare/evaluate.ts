import type { Dataset } from '../data/types.ts'
import type { Distribution } from '../distribution/types.ts'
import type { Metric } from '../metric/types.ts'
import { targetGroups } from './layout.ts'
import { hasLabels, overallNames, overallValues } from './overall.ts'
import type { Judged } from './overall.ts'
import { metricsFor } from './plan.ts'
import { taskScores } from './task-scores.ts'
import type { Evaluation } from './types.ts'

/**
 * Scores of predictions that are there already, by the metrics and names of a comparison: `predictions` of the rows of
 * each task, in order; undefined for a task that is not to be judged, as one without labels is not either.
 * @throws MtlError 'invalid-option' where no metric is of a task's kind, 'dimension-mismatch'
 */
export function evaluate(
  data: Dataset,
  predictions: readonly (Distribution | undefined)[],
  metrics: readonly Metric[] = metricsFor(data),
): Evaluation {
  const { tasks } = data
  const judged = tasks.map((task, t): Judged | undefined => {
    const { targets, weights } = task
    const prediction = hasLabels(task) ? predictions[t] : undefined
    return prediction && { prediction, targets, ...(weights && { weights }) }
  })
  const groups = targetGroups(tasks, metrics)
  const names = metrics.map(({ name }) => name)
  const values = taskScores(groups, judged, names)
  return {
    scores: tasks.flatMap(({ name: task, kind }, t) =>
      metrics.flatMap(({ name: metric, kinds }, m) =>
        judged[t] !== undefined && kinds.includes(kind)
          ? [{ task, metric, value: values[t * names.length + m] }]
          : [],
      ),
    ),
    overall: groups.flatMap((group) => {
      const found = overallValues(group, judged, values, names)
      return overallNames(group).map((metric, i) => ({ target: group.target, metric, value: found[i] }))
    }),
  }
}
