/**
 * Low-rank adaptation: hidden layers that all tasks share, each changed for each task by a matrix of low rank.
 *
 *   h_t^l = phi(h_t^(l-1) (W^l + U_t^l V_t^l') + b^l + c_t^l),    output_t = h_t^L . (w_0 + v_t) + b_0 + c_t
 *
 * h^0 are the inputs of a row, U_t^l [in, rank] and V_t^l [out, rank] what a task has of its own; V, c and v are 0 at the
 * start, which is a shared bottom. W_t is never formed: a row passes U and V one after the other. With
 * `heads: { sharing: 'own' }` biases and outputs are each task's own alone.
 *
 * Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang and Chen (2022), LoRA: Low-rank adaptation of large language models, ICLR,
 * equation 3, for many tasks at once; its factor alpha / rank is 1.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import type { Estimator, Matrix, RandomGenerator, TaskInfo, View } from '@mtl/core'
import {
  layer,
  networkEstimator,
  networkTrainer,
  normalTensor,
  takeRows,
  taskDense,
  withHeads,
} from '@mtl/core/tensor'
import type {
  Architecture,
  Body,
  LayerOptions,
  NetworkParameters,
  TrainingPass,
  Variables,
} from '@mtl/core/tensor'
import {
  checkedOptions,
  sharedCapabilities,
  storedHeads,
  trainerOptions,
  type NetworkOptions,
} from './options.ts'
import { taskSimilarity } from './task-similarity.ts'

export interface LowRankAdaptationOptions extends NetworkOptions {
  /** Widths of the hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** Of each task's change of a layer; 0 leaves a task its biases. Default 4. */
  readonly rank?: number
  /**
   * Adds penalty / N sum_t (|U_t|^2 + |V_t|^2), N the rows of an epoch: at its least it is twice the sum of the singular
   * values of U_t V_t'. Default 0.
   */
  readonly adaptationPenalty?: number
}

/** Shared layers, adapted for each task. @throws MtlError 'invalid-option' */
export function lowRankAdaptation(options: LowRankAdaptationOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(
    lowRankAdaptationArchitecture(options),
    networkTrainer(trainerOptions(options.trainer)),
  )
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function lowRankAdaptationArchitecture(options: LowRankAdaptationOptions = {}): Architecture {
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('low-rank-adaptation', options, ['layers', 'rank', 'adaptationPenalty'])
  const rank = checkNumber('rank', options.rank ?? 4, { min: 0, integer: true })
  const penalty = options.adaptationPenalty ?? 0
  checkNumber('adaptationPenalty', penalty, { min: 0, below: Infinity })
  check(
    hidden.normalise !== 'batch',
    'invalid-option',
    "low-rank-adaptation cannot have normalise: 'batch', by which rows of one task reach what another owns; 'layer' can be used",
    { option: 'normalise' },
  )
  return withHeads({
    name: 'low-rank-adaptation',
    options: {
      layers: widths,
      rank,
      adaptationPenalty: penalty,
      ...hidden,
      heads: storedHeads(heads),
    },
    capabilities: sharedCapabilities,
    heads,
    body: (features, { tasks }) =>
      adaptedLayers([features, ...widths], hidden, {
        tasks: tasks.length,
        rank,
        penalty,
        hasSharedBias: heads.sharing !== 'own',
      }),
  })
}

interface Adaptation {
  readonly tasks: number
  readonly rank: number
  readonly penalty: number
  readonly hasSharedBias: boolean
}

function adaptedLayers(widths: readonly number[], hidden: LayerOptions, adaptation: Adaptation): Body {
  const { rank, penalty } = adaptation
  // Named as those of a shared bottom, so that a training may start from one.
  const steps = widths.slice(1).map((units, l) => ({
    own: `tasks/trunk/${l}`,
    inputs: widths[l],
    shared: layer(`shared/trunk/${l}`, widths[l], units, hidden),
  }))
  return {
    units: widths[widths.length - 1],
    init(random) {
      const parts = steps.map(({ own, inputs, shared }, l) => {
        const { [`shared/trunk/${l}/bias`]: bias, ...others } = shared.init(random)
        if (!adaptation.hasSharedBias) bias.dispose()
        return {
          ...others,
          ...(adaptation.hasSharedBias && { [`shared/trunk/${l}/bias`]: bias }),
          ...initialAdaptation(own, [inputs, shared.units], adaptation, random.fork(own)),
        }
      })
      return Object.assign({}, ...parts) as Variables
    },
    forward(v, x, batch, pass) {
      let h: tf.Tensor = x
      for (const { own, shared } of steps) {
        const change = adapted(own, v, h, batch.taskOf, rank)
        h = shared.apply(v, h, batch, pass, change)
        if (pass && penalty > 0 && rank > 0) penalise(own, v, penalty, pass)
      }
      return { representation: h }
    },
    views: (v, _x, _batch, tasks) => viewsOf(v, rank > 0 ? steps.map(({ own }) => own) : [], tasks),
  }
}

function initialAdaptation(
  own: string,
  [inputs, units]: readonly [number, number],
  { tasks, rank }: Adaptation,
  random: RandomGenerator,
): Variables {
  return {
    [`${own}/bias`]: tf.zeros([tasks, units]),
    ...(rank > 0 && {
      [`${own}/U`]: normalTensor(random, [tasks, inputs, rank], 1 / Math.sqrt(inputs)),
      // Transposed: rank x units.
      [`${own}/V`]: tf.zeros([tasks, rank, units]),
    }),
  }
}

/** h U_t V_t' + c_t: [rows, units] of tasks that own their rows, else [rows, tasks, units]. */
function adapted(
  own: string,
  v: Variables,
  h: tf.Tensor,
  taskOf: Int32Array | undefined,
  rank: number,
): tf.Tensor {
  const bias = v[`${own}/bias`] as tf.Tensor2D
  if (rank === 0) return taskOf ? takeRows(bias, taskOf) : tf.expandDims(bias, 0)
  const low = taskDense(h, v[`${own}/U`] as tf.Tensor3D, undefined, taskOf)
  return taskDense(low, v[`${own}/V`] as tf.Tensor3D, bias, taskOf)
}

/** penalty sum_t share_t (|U_t|^2 + |V_t|^2) of a layer. */
function penalise(own: string, v: Variables, penalty: number, pass: TrainingPass): void {
  const [u, w] = ['U', 'V'].map((part) => tf.sum(tf.square(v[`${own}/${part}`]), [1, 2]))
  const shared = tf.mul(tf.tensor1d(pass.taskShare), tf.add(u, w))
  pass.penalise(tf.mul<tf.Scalar>(tf.sum(shared), penalty))
}

async function viewsOf(v: Variables, owners: readonly string[], infos: readonly TaskInfo[]): Promise<View[]> {
  if (owners.length === 0) return []
  const tasks = infos.map(({ name }) => name)
  const changes = await Promise.all(
    owners.map((own) => changesOf(v[`${own}/U`] as tf.Tensor3D, v[`${own}/V`] as tf.Tensor3D)),
  )
  const sizes = await Promise.all(
    owners.map(async (_, l) => norm(await v[`shared/trunk/${l}/kernel`].data())),
  )
  const shares = tasks.flatMap((_, t) =>
    changes.map(({ columns, data }, l) => norm(data.subarray(t * columns, (t + 1) * columns)) / sizes[l]),
  )
  return [
    {
      kind: 'matrix',
      title: 'Size of adaptations',
      reading:
        "Size of a task's change of a layer, of that of the layer that all share: 0 where it changes nothing.",
      rows: tasks,
      columns: owners.map((_, l) => `layer ${l + 1}`),
      values: { rows: tasks.length, columns: owners.length, data: Float64Array.from(shares) },
    },
    taskSimilarity(tasks, changes),
  ]
}

/** U_t V_t' of each task, one a row. */
async function changesOf(u: tf.Tensor3D, v: tf.Tensor3D): Promise<Matrix> {
  const [tasks, inputs, rank] = u.shape
  const units = v.shape[2]
  const [left, right] = await Promise.all([u.data(), v.data()])
  const data = new Float64Array(tasks * inputs * units)
  for (let i = 0; i < tasks * inputs; i++) {
    const task = Math.floor(i / inputs)
    for (let r = 0; r < rank; r++)
      for (let o = 0; o < units; o++)
        data[i * units + o] += left[i * rank + r] * right[(task * rank + r) * units + o]
  }
  return { rows: tasks, columns: inputs * units, data }
}

function norm(values: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2
  return Math.sqrt(squares)
}
