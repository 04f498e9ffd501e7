/**
 * Cross-stitch network: a column of layers for each task, mixed after layers by weights that are learnt.
 *
 *   c_t^l = phi(h_t^(l-1) W_t^l + b_t^l),    h_t^l = sum_s A^l_ts c_s^l,    output_t = h_t^L . w_t + b_t
 *
 * h^0 are the inputs of a row, which passes all columns whichever task it is of; A^l is the stitch after layer l, one
 * number for each pair of tasks, or for each pair and unit. A^l = I: a network for each task alone.
 *
 * Misra, Shrivastava, Gupta and Hebert (2016), Cross-stitch networks for multi-task learning, CVPR, equation 1.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber, checkOneOf } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { layer, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, Body, LayerOptions, NetworkParameters, Variables } from '@mtl/core/tensor'
import { checkedOptions, storedHeads, trainerOptions, withRate, type NetworkOptions } from './options.ts'
import { mixed, nearIdentity } from './stitches.ts'
import { matrixOf, rowShares, taskSimilarity } from './task-similarity.ts'

export interface CrossStitchOptions extends NetworkOptions {
  /** Widths of each column's hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** Hidden layers, from 0, after which columns are mixed. Default 'every-layer'. */
  readonly stitchAfter?: 'every-layer' | readonly number[]
  /** One mixture for all units of a layer, or one for each unit. Default 'layer'. */
  readonly stitchPer?: 'layer' | 'channel'
  /**
   * Learning rate of the stitches, of that of weights. Default 10: they are few, and each moves a whole column; the
   * paper takes 10 to 100.
   */
  readonly stitchRate?: number
}

const stitch = 'shared/stitch'

/** Cross-stitch network; heads are each task's own by default, since its column's units are. @throws MtlError 'invalid-option' */
export function crossStitch(options: CrossStitchOptions = {}): Estimator<NetworkParameters> {
  const { architecture, positions, stitchRate } = checkedCrossStitch(options)
  const trainer = trainerOptions(options.trainer)
  return networkEstimator(
    architecture,
    networkTrainer(positions.length > 0 ? withRate(trainer, `${stitch}/`, stitchRate) : trainer),
  )
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function crossStitchArchitecture(options: CrossStitchOptions = {}): Architecture {
  return checkedCrossStitch(options).architecture
}

function checkedCrossStitch(options: CrossStitchOptions): {
  readonly architecture: Architecture
  readonly positions: readonly number[]
  readonly stitchRate: number
} {
  const { stitchAfter = 'every-layer', stitchPer = 'layer' } = options
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('cross-stitch', { ...options, heads: { sharing: 'own', ...options.heads } }, [
    'layers',
    'stitchAfter',
    'stitchPer',
    'stitchRate',
  ])
  checkOneOf('stitchPer', stitchPer, ['layer', 'channel'])
  const stitchRate = checkNumber('stitchRate', options.stitchRate ?? 10, { min: 0, below: Infinity })
  const positions = checkedPositions(stitchAfter, widths.length)
  const architecture = withHeads({
    name: 'cross-stitch',
    options: { layers: widths, stitchAfter, stitchPer, stitchRate, ...hidden, heads: storedHeads(heads) },
    heads,
    body: (features, { tasks }) =>
      stitchedColumns([features, ...widths], tasks.length, positions, stitchPer, hidden),
  })
  return { architecture, positions, stitchRate }
}

function checkedPositions(stitchAfter: unknown, count: number): readonly number[] {
  if (stitchAfter === 'every-layer') return Array.from({ length: count }, (_, l) => l)
  const text = `stitchAfter must be 'every-layer' or a list of hidden layers from 0 to ${count - 1}`
  check(Array.isArray(stitchAfter), 'invalid-option', text, { option: 'stitchAfter' })
  for (const position of stitchAfter as readonly number[])
    checkNumber('stitchAfter', position, { min: 0, max: count - 1, integer: true })
  return stitchAfter as readonly number[]
}

function stitchedColumns(
  widths: readonly number[],
  tasks: number,
  positions: readonly number[],
  per: 'layer' | 'channel',
  options: LayerOptions,
): Body {
  const columns = widths
    .slice(1)
    .map((units, l) => layer(`shared/column/${l}`, widths[l], units, { ...options, tasks }))
  const isStitched = (l: number): boolean => positions.includes(l)
  const last = Math.max(...positions)
  return {
    units: widths[widths.length - 1],
    init: (random) => {
      const ofColumns = columns.map((column) => column.init(random))
      const ofStitches = columns.flatMap(({ units }, l) =>
        isStitched(l) ? [[`${stitch}/${l}`, initialStitch(tasks, units, per)] as const] : [],
      )
      return Object.assign({}, ...ofColumns, Object.fromEntries(ofStitches)) as Variables
    },
    forward(v, x, { inputs, taskOf }, pass) {
      let h: tf.Tensor = x
      let read: tf.Tensor | undefined
      columns.forEach((column, l) => {
        h = column.apply(v, h, { inputs }, pass)
        if (l === last) read = h
        if (isStitched(l)) h = stitched(h, v[`${stitch}/${l}`])
      })
      return { representation: h, ...(read && !taskOf && { shared: read }) }
    },
    views: async (v, _x, _batch, infos) => {
      const names = infos.map(({ name }) => name)
      const found = await Promise.all(
        columns.flatMap((_, l) =>
          isStitched(l) ? [meanStitch(v[`${stitch}/${l}`]).then((values) => ({ l, values }))] : [],
        ),
      )
      const views = found.map(({ l, values }) => ({
        kind: 'matrix' as const,
        title: `Stitches after layer ${l + 1}`,
        reading: `What the column of a task (line) takes of each task's column${per === 'channel' ? ', mean over units' : ''}; 1 on the diagonal alone: nothing of others.`,
        rows: names,
        columns: names,
        values,
        diverging: true,
      }))
      if (found.length === 0) return []
      return [
        ...views,
        taskSimilarity(
          names,
          found.map(({ values }) => rowShares(values)),
        ),
      ]
    },
  }
}

/** [tasks, tasks], or [units, tasks, tasks]. */
function initialStitch(tasks: number, units: number, per: 'layer' | 'channel'): tf.Tensor {
  const one = nearIdentity(tasks)
  return per === 'layer' ? tf.tensor2d(one) : tf.tensor3d(Array.from({ length: units }, () => one))
}

/** h [rows, tasks, units] mixed over tasks. */
function stitched(h: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  if (weights.rank === 2) return mixed(h, weights as tf.Tensor2D)
  const byUnit = tf.matMul(tf.transpose(h, [2, 0, 1]), tf.transpose(weights, [0, 2, 1]))
  return tf.transpose(byUnit, [1, 2, 0])
}

async function meanStitch(weights: tf.Tensor): ReturnType<typeof matrixOf> {
  if (weights.rank === 2) return matrixOf(weights)
  const mean = tf.mean(weights, 0)
  try {
    return await matrixOf(mean)
  } finally {
    mean.dispose()
  }
}
