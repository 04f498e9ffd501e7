import type { Metric } from './types.ts'
import { averageOver, scoredRows } from './scored-rows.ts'

/** -mean log density, nats: the proper score for every kind. Infinity where a target was ruled out. */
export const negativeLogLikelihood: Metric = {
  name: 'negative-log-likelihood',
  kinds: ['regression', 'binary', 'multiclass'],
  better: 'lower',
  ratio: false,
  evaluate(prediction, targets, weights) {
    const density = prediction.logDensity(targets)
    return averageOver(scoredRows(prediction, targets, weights), (i) => -density[i])
  },
}
