/**
 * Attention of tasks over features: each input is a token, and each task asks the tokens with a query of its own.
 *
 *   token_f = x_f s_f + c_f, of a column of level ids its embedding
 *   a_tf = softmax_f(q_t . token_f W_key / sqrt(units / heads)),    z_t = (sum_f a_tf token_f W_value) W_out
 *
 * with the products cut into `attentionHeads` parts, each with shares a of its own. a depends on the row.
 *
 * Vaswani et al. (2017), Attention is all you need, NeurIPS, equation 1, with queries that are learnt; tokens of features
 * as Gorishniy, Rubachev, Khrulkov and Babenko (2021), Revisiting deep learning models for tabular data, NeurIPS,
 * section 3.3.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import {
  dense,
  dropout,
  kernelTensor,
  networkEstimator,
  networkTrainer,
  normalTensor,
  takeRows,
  withHeads,
} from '@mtl/core/tensor'
import type { Architecture, Body, DataShape, NetworkParameters, Variables } from '@mtl/core/tensor'
import { attentionViews } from './attention-views.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

/** Of the layer options `dropout` alone, of what a task reads: there are no hidden layers. */
export interface MultiTaskAttentionOptions extends Pick<NetworkOptions, 'dropout' | 'heads' | 'trainer'> {
  /** Length of tokens and of what a task reads; a multiple of attentionHeads. Default 16. */
  readonly units?: number
  /** Parts that are asked for themselves. Default 2. */
  readonly attentionHeads?: number
}

/** Attention of tasks over features. @throws MtlError 'invalid-option' */
export function multiTaskAttention(options: MultiTaskAttentionOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(
    multiTaskAttentionArchitecture(options),
    networkTrainer(trainerOptions(options.trainer)),
  )
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function multiTaskAttentionArchitecture(options: MultiTaskAttentionOptions = {}): Architecture {
  const units = checkNumber('units', options.units ?? 16, { min: 1, integer: true })
  const attentionHeads = checkNumber('attentionHeads', options.attentionHeads ?? 2, { min: 1, integer: true })
  check(
    units % attentionHeads === 0,
    'invalid-option',
    `units (${units}) must be a multiple of attentionHeads (${attentionHeads})`,
    { option: 'units', units, attentionHeads },
  )
  for (const option of ['activation', 'normalise'])
    check(
      !(option in options),
      'invalid-option',
      `multi-task-attention has no hidden layers that ${option} could be of; heads.${option} is that of towers`,
      { option },
    )
  const {
    heads,
    layer: { dropout: rate },
  } = checkedOptions('multi-task-attention', options, ['units', 'attentionHeads'])
  // The embedding of a column of level ids is its token.
  const { embedding = units } = heads
  check(
    embedding === units,
    'invalid-option',
    `heads.embedding must be units (${units}): an embedding is a token; got ${embedding}`,
    { option: 'heads.embedding', got: embedding },
  )
  return withHeads({
    name: 'multi-task-attention',
    options: { units, attentionHeads, dropout: rate, heads: storedHeads(heads) },
    capabilities: { descriptors: 'used' },
    heads: { ...heads, embedding },
    body: (features, shape) => askedTokens(features, shape, { units, parts: attentionHeads, rate }),
  })
}

interface Chosen {
  readonly units: number
  readonly parts: number
  readonly rate: number
}

function askedTokens(features: number, { tables, tasks }: DataShape, { units, parts, rate }: Chosen): Body {
  // Of one table: its numbers, then the embeddings of its level ids. Several tables are brought to one width first, whose
  // columns are plain numbers.
  const numbers = tables.length === 1 ? tables[0].filter((levels) => levels === 0).length : features
  const embedded = (features - numbers) / units
  const width = units / parts

  const tokensOf = (v: Variables, x: tf.Tensor2D): tf.Tensor2D => {
    const rows = x.shape[0]
    const values = embedded > 0 ? tf.slice(x, [0, 0], [rows, numbers]) : x
    const scaled = tf.add(tf.mul(tf.expandDims(values, 2), v['shared/token/scale']), v['shared/token/offset'])
    if (embedded === 0) return tf.reshape(scaled, [rows * numbers, units])
    const levels = tf.reshape(tf.slice(x, [0, numbers], [rows, embedded * units]), [rows, embedded, units])
    const tokens = numbers > 0 ? tf.concat([scaled, levels], 1) : levels
    return tf.reshape(tokens, [rows * (numbers + embedded), units])
  }
  /** [rows, parts, tokens, width] */
  const inParts = (x: tf.Tensor, rows: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(x, [rows, -1, parts, width]), [0, 2, 1, 3])
  /** [rows, tasks, units], where tasks own their rows [rows, 1, units] */
  const queriesOf = (v: Variables, rows: number, taskOf: Int32Array | undefined): tf.Tensor => {
    const query = v['tasks/query'] as tf.Tensor2D
    return taskOf ? takeRows(query, taskOf) : tf.mul(tf.expandDims(query, 0), tf.ones([rows, 1, 1]))
  }
  const attended = (
    v: Variables,
    x: tf.Tensor2D,
    taskOf: Int32Array | undefined,
  ): { readonly shares: tf.Tensor; readonly values: tf.Tensor; readonly tokens: tf.Tensor } => {
    const rows = x.shape[0]
    const tokens = tokensOf(v, x)
    const keys = inParts(dense(tokens, v['shared/key/kernel'] as tf.Tensor2D), rows)
    const values = inParts(dense(tokens, v['shared/value/kernel'] as tf.Tensor2D), rows)
    const scores = tf.matMul(inParts(queriesOf(v, rows, taskOf), rows), tf.transpose(keys, [0, 1, 3, 2]))
    return { shares: tf.softmax(tf.div(scores, Math.sqrt(width))), values, tokens }
  }

  return {
    units,
    init: (random) => ({
      'shared/token/scale': normalTensor(random.fork('scale'), [numbers, units], 1),
      'shared/token/offset': normalTensor(random.fork('offset'), [numbers, units], 1),
      ...Object.fromEntries(
        ['key', 'value', 'out'].map((name) => [
          `shared/${name}/kernel`,
          kernelTensor(random.fork(name), [units, units]),
        ]),
      ),
      'tasks/query': normalTensor(random.fork('query'), [tasks.length, units], 1),
    }),
    forward(v, x, { taskOf }, pass) {
      const rows = x.shape[0]
      // Nothing to look at
      if (features === 0)
        return { representation: tf.zeros(taskOf ? [rows, units] : [rows, tasks.length, units]) }
      const { shares, values, tokens } = attended(v, x, taskOf)
      const read = tf.reshape<tf.Rank.R2>(tf.transpose(tf.matMul(shares, values), [0, 2, 1, 3]), [-1, units])
      const z = dropout(dense(read, v['shared/out/kernel'] as tf.Tensor2D), rate, pass)
      if (taskOf) return { representation: z }
      return { representation: tf.reshape(z, [rows, tasks.length, units]), shared: tokens }
    },
    views: async (v, x, { taskOf }, infos) => {
      if (features === 0) return []
      // [rows, parts, tasks or 1, tokens]
      const shares = tf.tidy(() => tf.clone(tf.mean(attended(v, x, taskOf).shares, 1)))
      try {
        return attentionViews(infos, await shares.data(), taskOf)
      } finally {
        shares.dispose()
      }
    },
  }
}
