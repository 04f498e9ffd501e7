/**
 * Penalties that couple or thin out the columns of tasks, by their proximal maps. A kernel is [tasks, in, out].
 *
 * - 'input-rows'    lambda sqrt(T out) sum_i |W[:, i, :]|, of the first kernel: an input is used by all tasks or by none
 * - 'task-rows'     lambda sqrt(out) sum_ti |W[t, i, :]|, of the first kernel: each task chooses its inputs
 * - 'output-units'  lambda sqrt(in + 1) sum_tj |W[t, :, j], b[t, j]|, of each layer: units that a task does without
 * - 'trace-norm'    lambda x sum of the singular values of W as T x (in out), of each layer: few directions for all tasks
 *
 * Yuan and Lin (2006), Model selection and estimation in regression with grouped variables, JRSS B 68; Obozinski, Taskar
 * and Jordan (2010), Joint covariate selection and joint subspace selection for multiple classification problems,
 * Statistics and Computing 20; Yang and Hospedales (2017), Trace norm regularised deep multi-task learning, ICLR workshop.
 */
import * as tf from '@tensorflow/tfjs'
import { singularShrinkage } from '@mtl/core'
import type { Variables } from '@mtl/core/tensor'

export type ColumnGroups = 'input-rows' | 'task-rows' | 'output-units' | 'trace-norm'

/** Keeps a division by the norm of a group of zeros finite. */
const leastNorm = 1e-12

/** The layers that a penalty is on. */
export function penalisedLayers(groups: ColumnGroups, layers: readonly string[]): readonly string[] {
  return groups === 'input-rows' || groups === 'task-rows' ? layers.slice(0, 1) : layers
}

/** The variables of a layer after the proximal map of strength x penalty. */
export function shrunkLayer(groups: ColumnGroups, layer: string, v: Variables, strength: number): Variables {
  const [kernel, bias] = [v[`${layer}/kernel`] as tf.Tensor3D, v[`${layer}/bias`] as tf.Tensor2D]
  if (groups === 'trace-norm') return { [`${layer}/kernel`]: fewerDirections(kernel, strength) }
  const norms = groupNorms(groups, kernel, bias)
  const threshold = strength * Math.sqrt(groupSize(groups, kernel.shape))
  const kept = tf.relu(tf.sub(1, tf.div(threshold, tf.maximum(norms, leastNorm))))
  return {
    [`${layer}/kernel`]: tf.mul(kernel, kept),
    ...(groups === 'output-units' && { [`${layer}/bias`]: tf.mul(bias, tf.squeeze(kept, [1])) }),
  }
}

/** Norms of the groups, with axes of length 1 where a group runs along them. */
export function groupNorms(
  groups: Exclude<ColumnGroups, 'trace-norm'>,
  kernel: tf.Tensor3D,
  bias: tf.Tensor2D,
): tf.Tensor {
  const squares = tf.square(kernel)
  switch (groups) {
    case 'input-rows':
      return tf.sqrt(tf.sum(squares, [0, 2], true))
    case 'task-rows':
      return tf.sqrt(tf.sum(squares, 2, true))
    case 'output-units':
      return tf.sqrt(tf.add(tf.sum(squares, 1, true), tf.expandDims(tf.square(bias), 1)))
  }
}

/** Numbers in a group. */
function groupSize(
  groups: Exclude<ColumnGroups, 'trace-norm'>,
  [tasks, inputs, outputs]: readonly number[],
): number {
  return { 'input-rows': tasks * outputs, 'task-rows': outputs, 'output-units': inputs + 1 }[groups]
}

/** In float64: singular values near the threshold would not survive a product in float32. */
function fewerDirections(kernel: tf.Tensor3D, threshold: number): tf.Tensor {
  const [rows, inputs, outputs] = kernel.shape
  const unfolded = { rows, columns: inputs * outputs, data: Float64Array.from(kernel.dataSync()) }
  singularShrinkage(rows, unfolded.columns)(unfolded, threshold)
  return tf.tensor(Float32Array.from(unfolded.data), kernel.shape)
}
