import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator } from '../../random/types.ts'
import { dense } from '../dense.ts'
import { kernelTensor } from '../initial.ts'
import { takeRows } from '../take-rows.ts'
import { taskDense } from '../task-dense.ts'
import type { Batch, TrainingPass, Variables } from '../types.ts'
import type { HeadGroup } from './group.ts'

/** Towers and heads of a group at the start: they give the best constants, and with a shared head nothing is owned yet. */
export function initialHead(
  group: HeadGroup,
  sharing: 'shared-plus-own' | 'own',
  descriptor: number,
  random: RandomGenerator,
): Variables {
  const { tasks, tower, outputs, constants, shared, own } = group
  const towers = tower.init(random)
  const units = tower.units
  if (sharing === 'own')
    return {
      ...towers,
      [`${own}/kernel`]: kernelTensor(random.fork(own), [tasks.length, units, outputs]),
      [`${own}/bias`]: tf.tensor2d(constants.map((constant) => [...constant])),
    }
  const mean = constants[0].map((_, o) => constants.reduce((sum, c) => sum + c[o] / constants.length, 0))
  return {
    ...towers,
    [`${shared}/kernel`]: kernelTensor(random.fork(shared), [units, outputs]),
    [`${shared}/bias`]: tf.tensor1d(mean),
    ...(descriptor > 0 && { [`${shared}/descriptor/kernel`]: tf.zeros([descriptor, outputs]) }),
    [`${own}/kernel`]: tf.zeros([tasks.length, units, outputs]),
    [`${own}/bias`]: tf.zeros([tasks.length, outputs]),
  }
}

/**
 * Raw outputs [cells, outputs]: h w_k, or h (w_0 + v_k). `taskOf` is the group's row of each cell where tasks own their
 * rows; the descriptor of a cell's task is a further input of w_0.
 */
export function headOutputs(
  group: HeadGroup,
  v: Variables,
  h: tf.Tensor,
  taskOf: Int32Array | undefined,
  descriptors: tf.Tensor2D | undefined,
): tf.Tensor2D {
  const { own, shared, outputs } = group
  const owned = taskDense(h, v[`${own}/kernel`] as tf.Tensor3D, v[`${own}/bias`] as tf.Tensor2D, taskOf)
  const flat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, outputs])
  if (!(`${shared}/kernel` in v)) return flat(owned)
  const rows = tf.reshape<tf.Rank.R2>(h, [-1, h.shape[h.rank - 1]])
  const base = dense(rows, v[`${shared}/kernel`] as tf.Tensor2D, v[`${shared}/bias`] as tf.Tensor1D)
  // [rows, outputs] joins [rows, tasks, outputs] where all tasks of the group read one representation
  const isOnePerRow = !taskOf && h.rank === 2
  const sum = isOnePerRow
    ? flat(tf.add(owned, tf.expandDims(base, 1)))
    : tf.add<tf.Tensor2D>(flat(owned), base)
  return descriptors
    ? tf.add(sum, ofDescriptors(v[`${shared}/descriptor/kernel`], descriptors, sum.shape[0]))
    : sum
}

/** Shared rows repeat the tasks of the group from row to row. */
function ofDescriptors(kernel: tf.Tensor, descriptors: tf.Tensor2D, cells: number): tf.Tensor2D {
  const effect = dense(descriptors, kernel as tf.Tensor2D)
  return effect.shape[0] === cells ? effect : tf.tile(effect, [cells / effect.shape[0], 1])
}

/** Descriptors of the cells of a group, or of its tasks where rows are shared. */
export function descriptorsOf(
  group: HeadGroup,
  v: Variables,
  batch: Batch,
  rows: Int32Array | undefined,
): tf.Tensor2D | undefined {
  const { descriptors, taskOf } = batch
  if (!descriptors || !(`${group.shared}/descriptor/kernel` in v)) return undefined
  if (!taskOf) return takeRows(descriptors, Int32Array.from(group.tasks))
  return takeRows(descriptors, rows ? rows.map((row) => taskOf[row]) : taskOf)
}

/** penalty sum_k share_k |v_k|^2, of what the tasks of a group own in their heads. */
export function penaliseOwn(group: HeadGroup, v: Variables, penalty: number, pass: TrainingPass): void {
  const share = tf.tensor1d(Float32Array.from(group.tasks, (k) => pass.taskShare[k]))
  const squares = tf.add<tf.Tensor>(
    tf.sum(tf.square(v[`${group.own}/kernel`]), [1, 2]),
    tf.sum(tf.square(v[`${group.own}/bias`]), 1),
  )
  pass.penalise(tf.mul<tf.Scalar>(tf.sum(tf.mul(share, squares)), penalty))
}
