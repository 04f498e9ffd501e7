import * as tf from '@tensorflow/tfjs'
import type { TaskKind } from '../../data/types.ts'
import { bernoulli } from '../../distribution/bernoulli.ts'
import { categorical } from '../../distribution/categorical.ts'
import { matrix, row } from '../../linalg/matrix.ts'
import type { Matrix } from '../../linalg/types.ts'
import { logSumExp } from '../../special/log-sum-exp.ts'
import { sigmoid } from '../../special/sigmoid.ts'
import type { FittedTask, TaskLoss } from '../types.ts'
import { scaledNormal } from './scaled-normal.ts'

/** Of a class without a training label, so that its constant is finite. */
const smallestShare = 1e-6

/** The default loss of a kind: squared error (without a factor of 1/2), logistic loss, cross entropy. */
export function lossOfKind(kind: TaskKind): TaskLoss {
  return { regression: squaredError, binary: logistic, multiclass: crossEntropy }[kind]
}

const squaredError: TaskLoss = {
  name: 'squared-error',
  constant: () => [0],
  cellLosses: (outputs, targets) => tf.squaredDifference(tf.reshape(outputs, [-1]), targets),
  distribution: scaledNormal,
}

/** log(1 + exp(o)) - o y, from the raw output: finite for any. */
const logistic: TaskLoss = {
  name: 'logistic',
  constant: ({ classShares: [no, yes] }) => [
    Math.log(Math.max(yes, smallestShare) / Math.max(no, smallestShare)),
  ],
  cellLosses(outputs, targets) {
    const o = tf.reshape<tf.Rank.R1>(outputs, [-1])
    return tf.sub(tf.softplus(o), tf.mul(o, targets))
  },
  distribution: (outputs, { shift }) => bernoulli(outputs.data.map((o) => sigmoid(o + (shift[0] ?? 0)))),
}

/** log sum_j exp(o_j) - o_y. */
const crossEntropy: TaskLoss = {
  name: 'cross-entropy',
  constant: ({ classShares }) => classShares.map((share) => Math.log(Math.max(share, smallestShare))),
  cellLosses(outputs, targets) {
    const chosen = tf.oneHot(tf.cast(targets, 'int32'), outputs.shape[1])
    return tf.sub(tf.logSumExp(outputs, 1), tf.sum(tf.mul(outputs, chosen), 1))
  },
  distribution: (outputs, { shift }) => categorical(softmax(outputs, shift)),
}

function softmax(outputs: Matrix, shift: FittedTask['shift']): Matrix {
  const probabilities = matrix(outputs.rows, outputs.columns)
  for (let i = 0; i < outputs.rows; i++) {
    const logits = row(outputs, i).map((o, j) => o + (shift[j] ?? 0))
    const total = logSumExp(logits)
    row(probabilities, i).set(logits.map((o) => Math.exp(o - total)))
  }
  return probabilities
}
