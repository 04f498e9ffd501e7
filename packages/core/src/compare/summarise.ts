import { pairedMean, sideOfZero, tIntervals } from './estimate.ts'
import type { Evidence } from './evidence.ts'
import type { GainBySplit } from './relative-gains.ts'
import { deltaMPerMetric, deltaMPerTask, rowsAlike, tasksAlike } from './relative-gains.ts'
import { taskGains } from './task-gains.ts'
import type { Estimate, EstimatorSummary } from './types.ts'

/** Each estimator, the other baselines included, against each baseline. */
export function summarise(evidence: Evidence, baselines: readonly string[]): readonly EstimatorSummary[] {
  const { scores, sizes, confidence } = evidence
  const interval = tIntervals(confidence)
  const estimated =
    (gains: GainBySplit) =>
    (e: number, b: number): Estimate =>
      interval(pairedMean(gains(e, b), sizes.testedByTrained))
  const overallOf = estimated(rowsAlike(evidence))
  const balancedOf = estimated(tasksAlike(evidence))
  const perTask = estimated(deltaMPerTask(evidence))
  const perMetric = estimated(deltaMPerMetric(evidence))
  const gainsOf = taskGains(evidence)

  return scores.estimators.flatMap((estimator, e) =>
    baselines
      .filter((baseline) => baseline !== estimator)
      .map((baseline): EstimatorSummary => {
        const b = scores.estimators.indexOf(baseline)
        const overall = overallOf(e, b)
        const balanced = balancedOf(e, b)
        return {
          estimator,
          baseline,
          overall,
          balanced,
          deltaM: { perTask: perTask(e, b), perMetric: perMetric(e, b) },
          verdict: verdictOn(overall, balanced),
          ...gainsOf(e, b),
        }
      }),
  )
}

/** Rows decide, tasks may contradict. */
export function verdictOn(overall: Estimate, balanced: Estimate): EstimatorSummary['verdict'] {
  const side = sideOfZero(overall)
  if (side === 0) return 'undecided'
  if (sideOfZero(balanced) === -side) return 'mixed'
  return side > 0 ? 'helps' : 'hurts'
}
