/**
 * What the raw outputs of a cell mean: for each draw K means F and K variances V of activations, and of numbers the log variance of the
 * noise. In training a draw is a number, of variance 0; in evaluation there is one, with the variance that latent numbers and weights have
 * by their posteriors.
 */
import * as tf from '@tensorflow/tfjs'
import { matrix } from '@mtl/core'
import type { Distribution, Matrix, TaskKind } from '@mtl/core'
import { lossOfKind } from '@mtl/core/tensor'
import type { TaskLoss, TaskShape } from '@mtl/core/tensor'
import { predictiveOf } from '../predictive.ts'

export function outputsOfKind({ kind, classShares }: Pick<TaskShape, 'kind' | 'classShares'>): number {
  return kind === 'multiclass' ? classShares.length : 1
}

const none = new Float64Array()

/** Columns of a draw. */
function widthOf(kind: TaskKind, outputs: number): number {
  return kind === 'regression' ? 3 : 2 * outputs
}

/** Minus the log density: of a draw's activations exactly, of those with a variance as predictions have it, by MacKay's factor. */
export function activationLoss(kind: TaskKind, outputs: number, quadratureNodes: number): TaskLoss {
  const width = widthOf(kind, outputs)
  const plain = lossOfKind(kind)
  const ofDraws = (draws: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D => {
    const means = tf.slice(draws, [0, 0], [-1, outputs])
    const variances = tf.slice(draws, [0, outputs], [-1, outputs])
    if (kind === 'regression')
      return normalLoss(
        tf.reshape(means, [-1]),
        tf.reshape(variances, [-1]),
        tf.reshape(tf.slice(draws, [0, 2], [-1, 1]), [-1]),
        targets,
      )
    const factor = tf.sqrt(tf.add(1, tf.mul(Math.PI / 8, variances)))
    return plain.cellLosses(tf.div(means, factor), targets)
  }
  return {
    name: 'expected-log-likelihood',
    constant: (task) => {
      const best = kind === 'regression' ? [0] : plain.constant(task)
      return [...best, ...new Array<number>(width - best.length).fill(0)]
    },
    cellLosses(values, targets) {
      const samples = values.shape[1] / width
      if (samples === 1) return ofDraws(values, targets)
      const draws = tf.reshape<tf.Rank.R2>(values, [-1, width])
      const repeated = tf.reshape<tf.Rank.R1>(tf.tile(tf.expandDims(targets, 1), [1, samples]), [-1])
      return tf.mean(tf.reshape(ofDraws(draws, repeated), [-1, samples]), 1)
    },
    distribution: (values, { mean, deviation }) =>
      kind === 'regression'
        ? ofNumbers(values, mean, deviation)
        : predictiveOf(kind, columnsOf(values, 0, outputs), columnsOf(values, outputs, outputs), {
            outputs,
            noiseVariance: none,
            quadratureNodes,
          }),
  }
}

/** (log(2 pi s) + ((y - F)^2 + V) / s) / 2. */
function normalLoss(
  mean: tf.Tensor,
  variance: tf.Tensor,
  logNoise: tf.Tensor,
  targets: tf.Tensor1D,
): tf.Tensor1D {
  const square = tf.add(tf.squaredDifference(targets, mean), variance)
  const inner = tf.add(tf.add(logNoise, Math.log(2 * Math.PI)), tf.mul(square, tf.exp(tf.neg(logNoise))))
  return tf.mul<tf.Tensor1D>(0.5, inner)
}

/** In the units of the target. */
function ofNumbers(values: Matrix, mean: number, deviation: number): Distribution {
  const scaled = (column: number, by: number): Float64Array =>
    columnsOf(values, column, 1).map((value) => by * value)
  const noise = columnsOf(values, 2, 1).map((value) => deviation ** 2 * Math.exp(value))
  return predictiveOf(
    'regression',
    scaled(0, deviation).map((value) => mean + value),
    scaled(1, deviation ** 2),
    { outputs: 1, noiseVariance: noise, quadratureNodes: 0 },
  )
}

/** Row by row. */
function columnsOf({ rows, columns, data }: Matrix, from: number, count: number): Float64Array {
  const part = matrix(rows, count)
  for (let i = 0; i < rows; i++)
    part.data.set(data.subarray(i * columns + from, i * columns + from + count), i * count)
  return part.data
}
