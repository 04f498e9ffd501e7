import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator } from '@mtl/core'
import { dense, layers, taskDense, tensorScope } from '@mtl/core/tensor'
import type { Activation, Batch, TrainingPass, Variables } from '@mtl/core/tensor'
import { noisyTop } from './noisy-top.ts'

/** Which gates there are: one for all tasks, one for each, or both in one sum. */
export type Gates = 'one' | 'own' | 'shared-plus-own'

export interface GateOptions {
  readonly gates: Gates
  /** Name of what gates have in common, and of what each task has of its own. */
  readonly common: string
  readonly own: string
  readonly inputs: number
  readonly experts: number
  readonly tasks: number
  /** Widths and activation of hidden layers; default none. They are common, unless each gate is its task's own. */
  readonly layers?: readonly number[]
  readonly activation?: Activation
  /** Default false. */
  readonly bias?: boolean
  /** Default 1. */
  readonly temperature?: number
  /** See `noisyTop`; default all experts, without noise. */
  readonly topExperts?: number
}

export interface Gate {
  init(random: RandomGenerator): Variables
  /** [rows, experts], or [rows, tasks, experts] for gates of each task on rows that all share; each sums to 1. */
  apply(v: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass): tf.Tensor
}

/** p_t = softmax(q (W_0 + W_t) / temperature), zero at the start: all experts count alike. */
export function gate(options: GateOptions): Gate {
  const { gates, inputs, tasks, layers: widths = [], activation, temperature = 1, topExperts } = options
  const hidden = layers(gates === 'own' ? options.own : options.common, [inputs, ...widths], {
    ...(activation && { activation }),
    ...(gates === 'own' && { tasks }),
  })
  const scores = scoreLayer('out', hidden.units, options)
  const noise = scoreLayer('noise', hidden.units, { ...options, bias: false })
  return {
    init: (random) => ({
      ...hidden.init(random),
      ...scores.init(),
      ...(topExperts !== undefined && noise.init()),
    }),
    apply(v, x, batch, pass) {
      using scope = tensorScope()
      const q = widths.length > 0 ? hidden.apply(v, x, batch, pass) : x
      const all = scores.apply(v, q, batch)
      const kept =
        topExperts === undefined
          ? all
          : noisyTop(all, topExperts, pass && { pass, scale: tf.softplus(noise.apply(v, q, batch)) })
      return scope.keep(tf.softmax(tf.div(kept, temperature)))
    },
  }
}

/** x (W_0 + W_t), of which the gates have one or both. */
function scoreLayer(
  part: string,
  units: number,
  { gates, common, own, experts, tasks, bias = false }: GateOptions,
): { init(): Variables; apply(v: Variables, x: tf.Tensor, batch: Batch): tf.Tensor } {
  const zeros = (name: string, lead: number[]): Variables => ({
    [`${name}/${part}/kernel`]: tf.zeros([...lead, units, experts]),
    ...(bias && { [`${name}/${part}/bias`]: tf.zeros([...lead, experts]) }),
  })
  const ofAll = (v: Variables, x: tf.Tensor): tf.Tensor => {
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, units])
    const y = dense(
      rows,
      v[`${common}/${part}/kernel`] as tf.Tensor2D,
      v[`${common}/${part}/bias`] as tf.Tensor1D,
    )
    return tf.reshape(y, [...x.shape.slice(0, -1), experts])
  }
  const ofEach = (v: Variables, x: tf.Tensor, { taskOf }: Batch): tf.Tensor =>
    taskDense(x, v[`${own}/${part}/kernel`] as tf.Tensor3D, v[`${own}/${part}/bias`] as tf.Tensor2D, taskOf)
  return {
    init: () => ({ ...(gates !== 'own' && zeros(common, [])), ...(gates !== 'one' && zeros(own, [tasks])) }),
    apply(v, x, batch) {
      if (gates === 'one') return ofAll(v, x)
      const each = ofEach(v, x, batch)
      if (gates === 'own') return each
      const all = ofAll(v, x)
      return tf.add(each, all.rank < each.rank ? tf.expandDims(all, 1) : all)
    },
  }
}
