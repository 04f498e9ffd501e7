import type { Metric } from './types.ts'
import { averageOver, probabilitiesOf, scoredRows } from './scored-rows.ts'

/** A probability below this counts as this: one row that was ruled out costs 34.5 nats, not infinity. */
const leastProbability = 1e-15

/** -mean log P(class), nats; P not below 1e-15. */
export const logLoss: Metric = {
  name: 'log-loss',
  kinds: ['binary', 'multiclass'],
  better: 'lower',
  ratio: true,
  evaluate(prediction, targets, weights) {
    const { columns, data } = probabilitiesOf('log-loss', prediction)
    return averageOver(
      scoredRows(prediction, targets, weights),
      (i) => -Math.log(Math.max(leastProbability, data[i * columns + targets[i]])),
    )
  },
}

/**
 * Mean squared distance of P from the class, sum_k (P_k - [k = class])^2; of two classes (P(classes[1]) - y)^2
 * (Brier, 1950).
 */
export const brierScore: Metric = {
  name: 'brier-score',
  kinds: ['binary', 'multiclass'],
  better: 'lower',
  ratio: true,
  evaluate(prediction, targets, weights) {
    const { columns, data } = probabilitiesOf('brier-score', prediction)
    // Both of two classes are off by the same.
    const first = columns === 2 ? 1 : 0
    return averageOver(scoredRows(prediction, targets, weights), (i) => {
      let distance = 0
      for (let k = first; k < columns; k++)
        distance += (data[i * columns + k] - Number(k === targets[i])) ** 2
      return distance
    })
  },
}

/** Share of rows whose class is `point`. */
export const accuracy: Metric = {
  name: 'accuracy',
  kinds: ['binary', 'multiclass'],
  better: 'higher',
  ratio: true,
  evaluate(prediction, targets, weights) {
    probabilitiesOf('accuracy', prediction)
    const { point } = prediction
    return averageOver(scoredRows(prediction, targets, weights), (i) => Number(point[i] === targets[i]))
  },
}
