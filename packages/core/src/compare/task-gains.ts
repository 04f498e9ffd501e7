import { fewestTestRows } from './decide.ts'
import { pairedMean, sideOfZero, tIntervals, twoSidedP } from './estimate.ts'
import type { Evidence } from './evidence.ts'
import { falseDiscovery } from './false-discovery.ts'
import { gain } from './gains.ts'
import { scoreAt } from './score-table.ts'
import type { EstimatorSummary, TransferGains } from './types.ts'

/** Of the tasks that are said to be hurt or helped, the share that may be so by chance. */
const falseDiscoveryRate = 0.1

type TaskGains = Pick<EstimatorSummary, 'gains' | 'hurtTasks' | 'helpedTasks' | 'beyond'>

/** Makes the gains of estimator e against estimator b on each task, and which of them stand out. */
export function taskGains(evidence: Evidence): (e: number, b: number) => TaskGains {
  const { scores, metrics, confidence, sizes } = evidence
  const { tasks, splits, values } = scores
  const first = firstMetrics(evidence)
  const names = Array.from(first, (m) => metrics[m].name)
  const interval = tIntervals(confidence)

  return (e, b) => {
    const [mean, lower, upper, relative] = [0, 1, 2, 3].map(() => new Float64Array(tasks.length))
    const pValues = new Float64Array(tasks.length)
    const differences = new Float64Array(splits)
    const beyond = { below: 0, above: 0 }
    let bounded = 0
    for (let t = 0; t < tasks.length; t++) {
      const m = first[t]
      let baselines = 0
      let count = 0
      for (let s = 0; s < splits; s++) {
        const baseline = values[scoreAt(scores, b, t, s, m)]
        differences[s] = gain(metrics[m], values[scoreAt(scores, e, t, s, m)], baseline)
        if (Number.isNaN(differences[s])) continue
        baselines += baseline
        count += 1
      }
      const paired = pairedMean(differences, sizes.taskTestedByTrained[t])
      const estimate = interval(paired)
      mean[t] = estimate.mean
      lower[t] = estimate.lower
      upper[t] = estimate.upper
      relative[t] = baselines === 0 ? NaN : (estimate.mean * count) / baselines
      // On fewer test rows differences are of single labels, far from normal, and the same few recur over the splits.
      pValues[t] = sizes.testRows[t] < fewestTestRows ? NaN : twoSidedP(paired)
      const side = sideOfZero(estimate)
      if (side < 0) beyond.below += 1
      if (side > 0) beyond.above += 1
      if (!Number.isNaN(estimate.lower)) bounded += 1
    }
    const shown = falseDiscovery(pValues, falseDiscoveryRate)
    const gains: TransferGains = { metrics: names, mean, lower, upper, relative }
    return {
      gains,
      hurtTasks: tasks.filter((_, t) => shown[t] && mean[t] < 0),
      helpedTasks: tasks.filter((_, t) => shown[t] && mean[t] > 0),
      beyond: { ...beyond, expectedByChance: (bounded * (1 - confidence)) / 2 },
    }
  }
}

/** Position of each task's first metric. */
function firstMetrics({ scores: { tasks }, metrics, groups }: Evidence): Int32Array {
  const first = new Int32Array(tasks.length)
  for (const group of groups) {
    const m = metrics.indexOf(group.metrics[0])
    for (const t of group.tasks) first[t] = m
  }
  return first
}
