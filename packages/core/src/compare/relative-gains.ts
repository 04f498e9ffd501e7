import { gain, meanOf, addInPlace, relativeGain } from './gains.ts'
import type { RunningMean } from './gains.ts'
import type { Evidence } from './evidence.ts'
import { scoreAt } from './score-table.ts'

/** A relative gain of estimator e against estimator b in per cent on each split; NaN where undefined. */
export type GainBySplit = (e: number, b: number) => Float64Array

/** Rows alike: of the first metric on all test rows of a target together; the mean over targets. */
export function rowsAlike({ scores: { splits }, groups, together }: Evidence): GainBySplit {
  return (e, b) =>
    bySplit(splits, (s) => {
      const mean = { sum: 0, count: 0 }
      groups.forEach(({ metrics }, g) => {
        const score = together[(e * splits + s) * groups.length + g]
        const baseline = together[(b * splits + s) * groups.length + g]
        addInPlace(mean, relativeGain(metrics[0], score, baseline))
      })
      return meanOf(mean)
    })
}

/** Tasks alike: sum of gains over the sum of the baseline's scores; the mean over targets. */
export function tasksAlike({ scores, metrics, groups }: Evidence): GainBySplit {
  const { splits, values } = scores
  return (e, b) =>
    bySplit(splits, (s) => {
      const mean = { sum: 0, count: 0 }
      for (const group of groups) {
        const metric = group.metrics[0]
        const m = metrics.indexOf(metric)
        let gains = 0
        let baselines = 0
        for (const t of group.tasks) {
          const baseline = values[scoreAt(scores, b, t, s, m)]
          const own = gain(metric, values[scoreAt(scores, e, t, s, m)], baseline)
          if (Number.isNaN(own)) continue
          gains += own
          baselines += baseline
        }
        addInPlace(mean, baselines === 0 ? NaN : (100 * gains) / baselines)
      }
      return meanOf(mean)
    })
}

/**
 * delta-m, positive is better: mean of relative gains over tasks, metrics averaged within each task first. A pair of task and
 * metric whose baseline is 0 or undefined is left out, and so are metrics without a true zero. Maninis, Radosavovic and
 * Kokkinos (2019), Attentive single-tasking of multiple tasks, CVPR (with the sign turned).
 */
export function deltaMPerTask(evidence: Evidence): GainBySplit {
  return deltaM(evidence, (mean, ofTask) => addInPlace(mean, meanOf(ofTask)))
}

/** delta-m with all pairs of task and metric alike, so a task with more metrics counts more. */
export function deltaMPerMetric(evidence: Evidence): GainBySplit {
  return deltaM(evidence, (mean, ofTask) => {
    mean.sum += ofTask.sum
    mean.count += ofTask.count
  })
}

function deltaM(
  { scores, metrics }: Evidence,
  joinInPlace: (mean: RunningMean, ofTask: RunningMean) => void,
): GainBySplit {
  const { tasks, splits, values } = scores
  const ratios = [...metrics.keys()].filter((m) => metrics[m].ratio && metrics[m].better !== 'neither')
  return (e, b) =>
    bySplit(splits, (s) => {
      const mean = { sum: 0, count: 0 }
      const ofTask = { sum: 0, count: 0 }
      for (let t = 0; t < tasks.length; t++) {
        ofTask.sum = 0
        ofTask.count = 0
        for (const m of ratios) {
          const score = values[scoreAt(scores, e, t, s, m)]
          addInPlace(ofTask, relativeGain(metrics[m], score, values[scoreAt(scores, b, t, s, m)]))
        }
        joinInPlace(mean, ofTask)
      }
      return meanOf(mean)
    })
}

function bySplit(splits: number, gainOf: (split: number) => number): Float64Array {
  return Float64Array.from({ length: splits }, (_, s) => gainOf(s))
}
