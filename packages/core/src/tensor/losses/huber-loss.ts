import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../../error/check-number.ts'
import type { TaskLoss } from '../types.ts'
import { scaledNormal } from './scaled-normal.ts'

/**
 * Regression that outliers move less: with r the residual in deviations of the target, r^2 up to `threshold` and
 * threshold (2 |r| - threshold) beyond, so that it is squared error near 0. Default threshold 1.345, which keeps 95 %
 * of the efficiency of squared error where residuals are normal (Huber 1964, Annals of Mathematical Statistics 35,
 * 73), of residuals with unit variance.
 * @throws MtlError 'invalid-option'
 */
export function huberLoss(options: { readonly threshold?: number } = {}): TaskLoss {
  const threshold = checkNumber('threshold', options.threshold ?? 1.345, { above: 0, below: Infinity })
  return {
    name: 'huber',
    constant: () => [0],
    cellLosses(outputs, targets) {
      const size = tf.abs(tf.sub(tf.reshape<tf.Rank.R1>(outputs, [-1]), targets))
      const inner = tf.minimum<tf.Tensor1D>(size, threshold)
      // inner^2 + 2 threshold (|r| - inner): both pieces in one, without a branch
      return tf.add(tf.square(inner), tf.mul(tf.sub(size, inner), 2 * threshold))
    },
    distribution: scaledNormal,
  }
}
