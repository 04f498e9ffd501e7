/**
 * Progressive network: a column of layers for each task, trained one after another; a column reads the hidden layers of
 * those before it, which no longer change, so nothing is forgotten.
 *
 *   h_t^0 = phi(x W_t^0 + b_t^0),    h_t^l = phi(h_t^(l-1) W_t^l + b_t^l + lateral_t^l),    output_t = h_t^L . w_t + c_t
 *
 *   linear:   lateral_t^l = sum_{k<t} h_k^(l-1) U_tk^l
 *   adapter:  lateral_t^l = phi([a_1 h_1^(l-1), ..., a_(t-1) h_(t-1)^(l-1)] V_t^l + d_t^l) U_t^l
 *
 * x are the inputs of a row of task t, which passes all columns up to t; no gradient reaches those before t.
 *
 * Rusu, Rabinowitz, Desjardins, Soyer, Kirkpatrick, Kavukcuoglu, Pascanu and Hadsell (2016), Progressive neural networks,
 * arXiv:1606.04671, equations 1 and 2.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber, checkOneOf } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { networkEstimator, withHeads } from '@mtl/core/tensor'
import type {
  Architecture,
  Body,
  DataShape,
  LayerOptions,
  NetworkParameters,
  TrainingPass,
  Variables,
} from '@mtl/core/tensor'
import { oneAfterAnother } from './one-after-another.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'
import { progressiveColumn, type Column, type Laterals } from './progressive-column.ts'
import { columnShares, sharesView } from './progressive-shares.ts'
import { taskSimilarity } from './task-similarity.ts'

export interface ProgressiveOptions extends NetworkOptions {
  /** Widths of each column's hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** Tasks in the order in which they are learnt, each of the data once. Default that of the data. */
  readonly order?: readonly string[]
  /** How earlier columns are read: by a kernel for each, or by one hidden layer over all. Default 'adapter'. */
  readonly lateral?: 'linear' | 'adapter'
  /** Width of that hidden layer. Default 'auto': that of the layer read, divided by the tasks so far, at least 4. */
  readonly adapterUnits?: 'auto' | number
  /**
   * As of every network, but `epochs` are those of each task, and `monitor` is 'each'. With a `schedule` tasks train as it
   * says. `start`: the parameters of a progressive network; its tasks come first in `order` and stay as they are.
   */
  readonly trainer?: NetworkOptions['trainer']
}

/** Progressive network; heads are each task's own. @throws MtlError 'invalid-option' */
export function progressive(options: ProgressiveOptions = {}): Estimator<NetworkParameters> {
  const trainer = trainerOptions({ monitor: 'each', ...options.trainer })
  return networkEstimator(progressiveArchitecture(options), oneAfterAnother(trainer, options.order))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function progressiveArchitecture(options: ProgressiveOptions = {}): Architecture {
  const { order, lateral = 'adapter', adapterUnits = 'auto' } = options
  const own = ['layers', 'order', 'lateral', 'adapterUnits']
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('progressive', { ...options, heads: { sharing: 'own', ...options.heads } }, own)
  checkOneOf('lateral', lateral, ['linear', 'adapter'])
  if (adapterUnits !== 'auto') checkNumber('adapterUnits', adapterUnits, { min: 1, integer: true })
  check(
    heads.sharing === 'own',
    'invalid-option',
    "heads.sharing of a progressive network is 'own': a shared head would change for earlier tasks",
    { option: 'heads.sharing' },
  )
  return withHeads({
    name: 'progressive',
    options: {
      layers: widths,
      ...(order && { order }),
      lateral,
      adapterUnits,
      ...hidden,
      heads: storedHeads(heads),
    },
    heads,
    body: (features, shape) =>
      progressiveColumns([features, ...widths], orderOf(shape, order), { lateral, adapterUnits }, hidden),
  })
}

/** Positions of the tasks as they are learnt; names of `order` that the data lack are passed over. @throws MtlError 'invalid-option' */
function orderOf({ tasks }: DataShape, order: readonly string[] | undefined): readonly number[] {
  const names = tasks.map(({ name }) => name)
  const known = (order ?? names).filter((name) => names.includes(name))
  check(
    known.length === names.length && new Set(known).size === names.length,
    'invalid-option',
    `order must name each task of the data once: ${listed(names)}; got ${listed(order ?? [])}`,
    { option: 'order', got: order ?? [], known: names },
  )
  return known.map((name) => names.indexOf(name))
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function progressiveColumns(
  widths: readonly number[],
  order: readonly number[],
  laterals: Laterals,
  options: LayerOptions,
): Body {
  const units = widths[widths.length - 1]
  const columns = order.map((task, before) => progressiveColumn(task, before, widths, laterals, options))
  const placeOf = new Int32Array(order.length)
  order.forEach((task, place) => (placeOf[task] = place))
  return {
    units,
    init: (random) => Object.assign({}, ...columns.map((column) => column.init(random))) as Variables,
    forward(v, x, { inputs, taskOf }, pass) {
      const last = taskOf
        ? taskOf.reduce((most, task) => Math.max(most, placeOf[task]), 0)
        : newestOf(order, pass)
      const found = runColumns(columns.slice(0, last + 1), last, v, x, { inputs }, pass)
      // A row has no task whose column was left out.
      const none = tf.zeros([x.shape[0], units])
      const byTask = Array.from(placeOf, (place) => found[place]?.at(-1) ?? none)
      return { representation: tf.stack(byTask, 1) }
    },
    views: async (v, x, { inputs }, infos) => {
      const names = order.map((task) => infos[task].name)
      const shares = await columnShares(columns, v, x, { inputs })
      return [sharesView(names, shares), taskSimilarity(names, [shares])]
    },
  }
}

/** Place of the newest task that trains in a batch of rows that all tasks share; that of the last task outside training. */
function newestOf(order: readonly number[], pass: TrainingPass | undefined): number {
  const newest = order.findLastIndex((task) => (pass?.taskShare[task] ?? 0) > 0)
  return newest < 0 ? order.length - 1 : newest
}

/** Hidden layers of each column. All but the last are as in evaluation: without dropout, their statistics at rest. */
function runColumns(
  columns: readonly Column[],
  last: number,
  v: Variables,
  x: tf.Tensor2D,
  batch: { readonly inputs: readonly tf.Tensor2D[] },
  pass: TrainingPass | undefined,
): readonly (readonly tf.Tensor2D[])[] {
  const found: (readonly tf.Tensor2D[])[] = []
  for (const [place, column] of columns.entries())
    found.push(column.apply(v, x, found, batch, place === last ? pass : undefined))
  return found
}
