import * as tf from '@tensorflow/tfjs'
import { check } from '../error/mtl-error.ts'
import { takeRows } from './take-rows.ts'
import type { Batch, TrainingPass, Variables } from './types.ts'

/** Keeps a division by a small variance finite. */
const floor = 1e-3
/** Of the moving statistics, a step. */
const momentum = 0.99

/** Where the moving statistics of a layer stand; of one that a task owns, with the task's name. */
export function statisticsOf(layer: string): readonly [string, string] {
  const place = layer.replace(/^shared\//, '')
  return [`state/${place}/mean`, `state/${place}/variance`]
}

/** Each row to mean 0 and variance 1 over its units, then scaled and shifted by unit, by task where it has its own. */
export function layerNorm(layer: string, v: Variables, x: tf.Tensor, { taskOf }: Batch): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true)
  return affine(standardised(x, mean, variance), layer, v, taskOf)
}

/** Each unit to mean 0 and variance 1 over the rows, in training those of the batch, else the moving ones. */
export function batchNorm(
  layer: string,
  v: Variables,
  x: tf.Tensor,
  pass: TrainingPass | undefined,
): tf.Tensor {
  const [meanName, varianceName] = statisticsOf(layer)
  if (!pass) return affine(standardised(x, v[meanName], v[varianceName]), layer, v)
  check(
    x.shape[0] > 1,
    'unsupported',
    "normalise: 'batch' needs batches of at least two rows; 'layer' does not",
  )
  const { mean, variance } = tf.moments(x, 0)
  const moved = (name: string, now: tf.Tensor): void => {
    pass.update(name, tf.add(tf.mul(v[name], momentum), tf.mul(now, 1 - momentum)))
  }
  moved(meanName, mean)
  moved(varianceName, variance)
  return affine(standardised(x, mean, variance), layer, v)
}

function standardised(x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, floor)))
}

function affine(x: tf.Tensor, layer: string, v: Variables, taskOf?: Int32Array): tf.Tensor {
  const [scale, offset] = ['scale', 'offset'].map((part) => {
    const values = v[`${layer}/${part}`]
    return values.rank === 2 && taskOf ? takeRows(values as tf.Tensor2D, taskOf) : values
  })
  return tf.add(tf.mul(x, scale), offset)
}
