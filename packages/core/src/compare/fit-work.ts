import { splitData } from '../data/split-data.ts'
import type { Work } from '../executor/types.ts'
import type { Metric } from '../metric/types.ts'
import type { Estimator, TrainEvent } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import { fit } from '../training/fit.ts'
import { fitKeys } from './fit-key.ts'
import { targetGroups } from './layout.ts'
import type { TargetGroup } from './layout.ts'
import { overallNames, overallValues } from './overall.ts'
import type { Judged } from './overall.ts'
import { predictTests } from './predict-tests.ts'
import { taskScores } from './task-scores.ts'
import type { FitCommon, FitJob, FitResult, OverallScore } from './types.ts'

/** The code behind a job, for the worker that runs it; the estimators and metrics are those of `names`. */
export function fitWork(names: {
  estimator(name: string, options: Readonly<Record<string, unknown>>): Estimator
  metric(name: string): Metric
}): Work<FitCommon, FitJob, FitResult, TrainEvent> {
  return {
    name: 'compare/fit',
    async run(common, job, context) {
      const { data, splits, metrics } = common
      const { name, options } = job.estimator
      const estimator = names.estimator(name, options)
      const sides = splitData(data, splits[job.split])
      const started = performance.now()
      const model = await fit(estimator, sides.train, { random: createRandom(job.random), ...context })
      const seconds = (performance.now() - started) / 1000
      const predictions = await predictTests(model, sides, splits[job.split].unseen)
      const judged = predictions.map((prediction, t): Judged | undefined => {
        const { targets, weights } = sides.test.tasks[t]
        return prediction && { prediction, targets, ...(weights && { weights }) }
      })
      const groups = targetGroups(
        data.tasks,
        metrics.map((metric) => names.metric(metric)),
      )
      const scores = taskScores(groups, judged, metrics)
      return {
        estimator: job.label,
        split: job.split,
        key: fitKeys(common).fit(job),
        scores,
        overall: groups.flatMap((group) =>
          overallScores(job, group, overallValues(group, judged, scores, metrics)),
        ),
        ...(job.split === 0 && { views: model.views() }),
        seconds,
      }
    },
  }
}

function overallScores(
  { label, split }: FitJob,
  group: TargetGroup,
  values: readonly number[],
): readonly OverallScore[] {
  return overallNames(group).map((metric, i) => ({
    estimator: label,
    target: group.target,
    split,
    metric,
    value: values[i],
  }))
}
