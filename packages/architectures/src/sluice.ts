/**
 * Sluice network: a column of layers for each task, cut into slices; all slices are mixed after each layer, and each task
 * reads a mixture of all layers.
 *
 *   c_t^l = phi(h_t^(l-1) W_t^l + b_t^l),    [h]_i^l = sum_j alpha^l_ij [c]_j^l,    z_t = sum_l beta_tl h_t^l
 *
 * [c]_j is slice j = t S + s of the columns' outputs, s = 1..S of task t, and h^0 the inputs of a row, which passes all
 * columns. Minimised besides the losses, so that slices learn different things:
 *
 *   orthogonality * sum_t,l sum_{a<b} |W_t^l[:, a]' W_t^l[:, b]|_F^2
 *
 * alpha = I, beta = the last layer: a network for each task alone.
 *
 * Ruder, Bingel, Augenstein and Sogaard (2019), Latent multi-task architecture learning, AAAI, section 3.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber, checkOneOf } from '@mtl/core'
import type { Estimator, TaskInfo, View } from '@mtl/core'
import { layer, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, Body, LayerOptions, NetworkParameters, Variables } from '@mtl/core/tensor'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'
import { mixed, nearIdentity } from './stitches.ts'
import { matrixOf, rowShares, taskSimilarity } from './task-similarity.ts'

export interface SluiceOptions extends NetworkOptions {
  /** Widths of each column's hidden layers: all alike, since tasks mix them. Default [32, 32]. */
  readonly layers?: readonly number[]
  /** Parts that each column's outputs are cut into; divides the width. Default 2: one to share, one to keep. */
  readonly slices?: number
  /** Weight of the products of different slices' kernels. Default 0.01. */
  readonly orthogonality?: number
  /** What a task reads of the layers: any mixture, or shares that sum to 1. Default 'free'. */
  readonly skip?: 'free' | 'softmax'
}

interface Slicing extends Required<Pick<SluiceOptions, 'slices' | 'orthogonality' | 'skip'>> {
  readonly layers: readonly number[]
}

/** Sluice network; heads are each task's own by default, since its column's units are. @throws MtlError 'invalid-option' */
export function sluice(options: SluiceOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(sluiceArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function sluiceArchitecture(options: SluiceOptions = {}): Architecture {
  const own = ['layers', 'slices', 'orthogonality', 'skip']
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions(
    'sluice',
    { layers: [32, 32], ...options, heads: { sharing: 'own', ...options.heads } },
    own,
  )
  const slicing = checkedSlicing(widths, options)
  return withHeads({
    name: 'sluice',
    options: { ...slicing, ...hidden, heads: storedHeads(heads) },
    heads,
    body: (features, { tasks }) => slicedColumns(features, tasks.length, slicing, hidden),
  })
}

function checkedSlicing(layers: readonly number[], options: SluiceOptions): Slicing {
  const { slices = 2, skip = 'free' } = options
  const [width] = layers
  checkNumber('slices', slices, { min: 1, integer: true })
  check(
    layers.length > 0 && layers.every((each) => each === width) && width % slices === 0,
    'invalid-option',
    `layers of a sluice network are one width or more, all alike and a multiple of slices (${slices}), as [32, 32]; got [${layers.join(', ')}]`,
    { option: 'layers', slices },
  )
  checkOneOf('skip', skip, ['free', 'softmax'])
  const orthogonality = checkNumber('orthogonality', options.orthogonality ?? 0.01, {
    min: 0,
    below: Infinity,
  })
  return { layers, slices, orthogonality, skip }
}

function slicedColumns(
  features: number,
  tasks: number,
  { layers, slices, orthogonality, skip }: Slicing,
  options: LayerOptions,
): Body {
  const [width] = layers
  const columns = layers.map((_, l) =>
    layer(`shared/column/${l}`, l === 0 ? features : width, width, { ...options, tasks }),
  )
  const later = laterSlices(width, slices)
  const betaOf = (v: Variables): tf.Tensor =>
    skip === 'softmax' ? tf.softmax(v['tasks/skip']) : v['tasks/skip']
  return {
    units: width,
    init: (random) => ({
      ...(Object.assign({}, ...columns.map((column) => column.init(random))) as Variables),
      ...Object.fromEntries(
        columns.map((_, l) => [`shared/alpha/${l}`, tf.tensor2d(nearIdentity(tasks * slices))]),
      ),
      'tasks/skip':
        skip === 'softmax'
          ? tf.zeros([tasks, layers.length])
          : tf.fill([tasks, layers.length], 1 / layers.length),
    }),
    forward(v, x, { inputs }, pass) {
      const rows = x.shape[0]
      const found: tf.Tensor[] = []
      let h: tf.Tensor = x
      columns.forEach((column, l) => {
        const cut = tf.reshape(column.apply(v, h, { inputs }, pass), [rows, tasks * slices, width / slices])
        h = tf.reshape(mixed(cut, v[`shared/alpha/${l}`] as tf.Tensor2D), [rows, tasks, width])
        found.push(h)
        if (pass && orthogonality > 0 && slices > 1)
          pass.penalise(tf.mul<tf.Scalar>(overlap(v[`shared/column/${l}/kernel`], later), orthogonality))
      })
      const beta = tf.reshape(betaOf(v), [1, tasks, layers.length, 1])
      return { representation: tf.sum(tf.mul(tf.stack(found, 2), beta), 2) }
    },
    views: async (v, _x, _batch, infos) => {
      const alphas = await Promise.all(layers.map((_, l) => matrixOf(v[`shared/alpha/${l}`])))
      const beta = tf.tidy(() => tf.clone(betaOf(v)))
      try {
        return sluiceViews(infos, slices, alphas, Float64Array.from(await beta.data()))
      } finally {
        beta.dispose()
      }
    },
  }
}

/** [width, width]: 1 where the second unit stands in a later slice than the first. */
function laterSlices(width: number, slices: number): Float32Array {
  const sliceOf = (unit: number): number => Math.floor((unit * slices) / width)
  return Float32Array.from({ length: width * width }, (_, at) =>
    Number(sliceOf(Math.floor(at / width)) < sliceOf(at % width)),
  )
}

/** sum_t sum_{a<b} |W_t[:, a]' W_t[:, b]|_F^2 of kernels [tasks, in, width]. */
function overlap(kernels: tf.Tensor, later: Float32Array): tf.Scalar {
  const width = kernels.shape[2] ?? 0
  const products = tf.matMul(tf.transpose(kernels, [0, 2, 1]), kernels)
  return tf.sum(tf.square(tf.mul(products, tf.tensor2d(later, [width, width]))))
}

/** `beta` by task, within a task by layer. */
function sluiceViews(
  tasks: readonly TaskInfo[],
  slices: number,
  alphas: readonly { readonly rows: number; readonly columns: number; readonly data: Float64Array }[],
  beta: Float64Array,
): readonly View[] {
  const names = tasks.map(({ name }) => name)
  const ofSlices = names.flatMap((name) =>
    Array.from({ length: slices }, (_, s) => `${name}, slice ${s + 1}`),
  )
  const mixtures = alphas.map((values, l) => ({
    kind: 'matrix' as const,
    title: `Slices after layer ${l + 1}`,
    reading:
      'What a slice (line) takes of each slice; blocks off the diagonal are what a task takes of others.',
    rows: ofSlices,
    columns: ofSlices,
    values,
    diverging: true,
  }))
  return [
    ...mixtures,
    {
      kind: 'bars',
      title: 'Layers that each task reads',
      reading: 'Weight of each layer in what a task reads; large first layers: simple features suffice.',
      labels: names.flatMap((name) => alphas.map((_, l) => `${name}, layer ${l + 1}`)),
      values: beta,
    },
    taskSimilarity(
      names,
      alphas.map(({ data }) => rowShares(blockSums(data, names.length, slices))),
    ),
  ]
}

/** Summed magnitudes of each task's block. */
function blockSums(data: Float64Array, tasks: number, slices: number): Parameters<typeof rowShares>[0] {
  const sums = new Float64Array(tasks * tasks)
  const count = tasks * slices
  data.forEach((value, at) => {
    const row = Math.floor(Math.floor(at / count) / slices)
    sums[row * tasks + Math.floor((at % count) / slices)] += Math.abs(value)
  })
  return { rows: tasks, columns: tasks, data: sums }
}
