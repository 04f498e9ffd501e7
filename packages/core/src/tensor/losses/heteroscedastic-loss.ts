import * as tf from '@tensorflow/tfjs'
import { normal } from '../../distribution/normal.ts'
import type { TaskLoss } from '../types.ts'

/** Limits of the log variance. */
const [smallest, largest] = [-10, 10]

/**
 * Regression with two outputs, mean and log variance s (clamped to [-10, 10]): the noise depends on the row. A cell
 * costs exp(-s) (y - o)^2 / 2 + s / 2, the negative log density of a normal up to a constant.
 */
export function heteroscedasticLoss(): TaskLoss {
  return {
    name: 'heteroscedastic',
    constant: () => [0, 0],
    cellLosses(outputs, targets) {
      const [means, raw] = tf.split(outputs, 2, 1).map((column) => tf.reshape<tf.Rank.R1>(column, [-1]))
      const logVariance = tf.clipByValue(raw, smallest, largest)
      const squares = tf.mul(tf.exp(tf.neg(logVariance)), tf.squaredDifference(means, targets))
      return tf.mul(tf.add(squares, logVariance), 0.5)
    },
    distribution({ rows, data }, { mean, deviation }) {
      const each = (value: (i: number) => number): Float64Array =>
        Float64Array.from({ length: rows }, (_, i) => value(i))
      const variance = each(
        (i) => deviation ** 2 * Math.exp(Math.min(largest, Math.max(smallest, data[2 * i + 1]))),
      )
      return normal(
        each((i) => mean + deviation * data[2 * i]),
        variance,
        variance,
      )
    },
  }
}
