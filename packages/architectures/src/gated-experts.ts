import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import type { Matrix, RandomGenerator, View } from '@mtl/core'
import { dense, dropout, layers, taskDense, tensorScope, withHeads } from '@mtl/core/tensor'
import type {
  Architecture,
  Batch,
  Body,
  DataShape,
  LayerOptions,
  TrainingPass,
  Variables,
} from '@mtl/core/tensor'

import { meanByTask } from './mean-by-task.ts'
import { checkedOptions, sharedCapabilities, storedHeads, type NetworkOptions } from './options.ts'

/** What mixtures of experts have in common. */
interface ExpertOptions {
  /** How many. Default 8. */
  readonly experts?: number
  /** Widths of the layers of each expert. Default [16]. */
  readonly expertLayers?: readonly number[]
  /** Widths of hidden layers of the gates. Default none: a gate is linear in the inputs. */
  readonly gateLayers?: readonly number[]
  /** Whether gates have an intercept. Default false. */
  readonly gateBias?: boolean
  /** What the gates' scores are divided by; larger: more even. Default 1. */
  readonly gateTemperature?: number
  /** Share of gate values set to 0 in training, the others scaled to sum to 1: against collapse. Default 0.1. */
  readonly expertDropout?: number
  /** Weight of E sum_e mean(p_e)^2, smallest where experts are used alike. Default 0.01. */
  readonly loadBalance?: number
}

/** Options of a network with gated experts. */
export interface MixtureOptions extends NetworkOptions, ExpertOptions {}

/** Which gates there are: one for all tasks, one for each, or both in one sum. */
type Gates = 'one' | 'own' | 'shared-plus-own'

/** @throws MtlError 'invalid-option' */
export function expertsArchitecture(
  name: 'mmoe' | 'mixture-of-experts',
  options: MixtureOptions,
): Architecture {
  const chosen = checkedExperts(options)
  const { layer, heads } = checkedOptions(name, options, Object.keys(chosen))
  const gates = name === 'mixture-of-experts' ? 'one' : (heads.sharing ?? 'shared-plus-own')
  return withHeads({
    name,
    options: { ...chosen, ...layer, heads: storedHeads(heads) },
    capabilities: sharedCapabilities,
    heads,
    body: (features, shape) => gatedExperts(features, shape, chosen, layer, gates),
  })
}

/** @throws MtlError 'invalid-option' */
function checkedExperts(options: ExpertOptions): Required<ExpertOptions> {
  const { expertLayers = [16], gateLayers = [], gateBias = false } = options
  for (const [option, widths] of Object.entries({ expertLayers, gateLayers })) {
    check(Array.isArray(widths), 'invalid-option', `${option} must be a list of widths, as [16]`, { option })
    for (const width of widths as readonly number[]) checkNumber(option, width, { min: 1, integer: true })
  }
  check(expertLayers.length > 0, 'invalid-option', 'expertLayers must name one width at least, as [16]', {
    option: 'expertLayers',
  })
  return {
    experts: checkNumber('experts', options.experts ?? 8, { min: 1, integer: true }),
    expertLayers,
    gateLayers,
    gateBias,
    gateTemperature: checkNumber('gateTemperature', options.gateTemperature ?? 1, {
      above: 0,
      below: Infinity,
    }),
    expertDropout: checkNumber('expertDropout', options.expertDropout ?? 0.1, { min: 0, below: 1 }),
    loadBalance: checkNumber('loadBalance', options.loadBalance ?? 0.01, { min: 0, below: Infinity }),
  }
}

/**
 * f_e = MLP_e(x), p = softmax(q W / temperature), representation sum_e p_e f_e. Each task has a gate of its own where
 * `gates` says so, zero at the start: all experts count alike.
 */
function gatedExperts(
  features: number,
  shape: DataShape,
  options: Required<ExpertOptions>,
  layer: LayerOptions,
  gates: Gates,
): Body {
  const { experts: count, expertLayers, expertDropout, loadBalance } = options
  // What tasks are to towers, experts are here: one tensor over them.
  const experts = layers('shared/experts', [features, ...expertLayers], { ...layer, tasks: count })
  const gate = gateOf(features, shape.tasks.length, options, layer, gates)

  return {
    units: experts.units,
    init: (random) => ({ ...experts.init(random), ...gate.init(random.fork('gate')) }),
    forward(v, x, batch, pass) {
      const values = experts.apply(v, x, { inputs: batch.inputs }, pass)
      const p = gate.apply(v, x, batch, pass)
      if (pass && loadBalance > 0) pass.penalise(imbalance(p, loadBalance, pass.taskShare))
      const kept = count > 1 ? renormalised(p, expertDropout, pass) : p
      const [rows, , units] = values.shape
      const mixed = tf.matMul(tf.reshape(kept, [rows, -1, count]), values)
      if (gates === 'one' || batch.taskOf) return { representation: tf.reshape(mixed, [rows, units]) }
      return { representation: mixed, shared: values }
    },
    views: async (v, x, batch, tasks) => {
      const names = gates === 'one' ? ['all tasks'] : tasks.map(({ name }) => name)
      const p = gate.apply(v, x, batch)
      const values = meanByTask(
        await p.data(),
        names.length,
        count,
        gates === 'one' ? undefined : batch.taskOf,
      )
      p.dispose()
      return [gateView(names, values)]
    },
  }
}

interface Gate {
  init(random: RandomGenerator): Variables
  /** [rows, experts], or [rows, tasks, experts] for gates of each task on rows that all share. */
  apply(v: Variables, x: tf.Tensor2D, batch: Batch, pass?: TrainingPass): tf.Tensor
}

function gateOf(
  features: number,
  tasks: number,
  { experts, gateLayers, gateBias, gateTemperature }: Required<ExpertOptions>,
  { activation }: LayerOptions,
  gates: Gates,
): Gate {
  const hasOwn = gates !== 'one'
  const owner = gates === 'own' ? 'tasks/gate' : 'shared/gate'
  const hidden = layers(owner, [features, ...gateLayers], {
    ...(activation && { activation }),
    ...(gates === 'own' && { tasks }),
  })
  const outputs = (name: string, lead: number[]): Variables => ({
    [`${name}/out/kernel`]: tf.zeros([...lead, hidden.units, experts]),
    ...(gateBias && { [`${name}/out/bias`]: tf.zeros([...lead, experts]) }),
  })
  return {
    init: (random) => ({
      ...hidden.init(random),
      ...(gates !== 'own' && outputs('shared/gate', [])),
      ...(hasOwn && outputs('tasks/gate', [tasks])),
    }),
    apply(v, x, batch, pass) {
      using scope = tensorScope()
      const q = gateLayers.length > 0 ? hidden.apply(v, x, batch, pass) : x
      const common = (): tf.Tensor2D =>
        dense(
          q as tf.Tensor2D,
          v['shared/gate/out/kernel'] as tf.Tensor2D,
          v['shared/gate/out/bias'] as tf.Tensor1D,
        )
      const own = (): tf.Tensor =>
        taskDense(
          q,
          v['tasks/gate/out/kernel'] as tf.Tensor3D,
          v['tasks/gate/out/bias'] as tf.Tensor2D,
          batch.taskOf,
        )
      const spread = (scores: tf.Tensor2D): tf.Tensor => (batch.taskOf ? scores : tf.expandDims(scores, 1))
      const scores = { one: common, own, 'shared-plus-own': () => tf.add(own(), spread(common())) }[gates]()
      return scope.keep(tf.softmax(tf.div(scores, gateTemperature)))
    },
  }
}

/** Of rows that all tasks share, gates of tasks without labels in the batch do not count. */
function imbalance(p: tf.Tensor, weight: number, taskShare: Float32Array): tf.Scalar {
  const experts = p.shape[p.rank - 1]
  const isByTask = p.rank === 3 && p.shape[1] === taskShare.length
  const counts = Float32Array.from(isByTask ? taskShare : [1], (share) => Number(share > 0))
  const gates = (p.size / experts / counts.length) * counts.reduce((sum, count) => sum + count, 0)
  const counted = isByTask ? tf.mul(p, tf.tensor3d(counts, [1, counts.length, 1])) : p
  const means = tf.div(tf.sum(tf.reshape(counted, [-1, experts]), 0), Math.max(1, gates))
  return tf.mul(tf.sum(tf.square(means)), weight * experts)
}

/** Gates of which some are left out in training; where all are, the row gives zeros. */
function renormalised(p: tf.Tensor, rate: number, pass: TrainingPass | undefined): tf.Tensor {
  if (!pass || rate === 0) return p
  const kept = dropout(p, rate, pass)
  return tf.div(kept, tf.add(tf.sum(kept, -1, true), 1e-6))
}

function gateView(rows: readonly string[], values: Matrix): View {
  return {
    kind: 'matrix',
    title: 'Use of experts',
    reading:
      'Mean share of each expert in what a task reads; equal rows are tasks that use the experts alike.',
    rows,
    columns: Array.from({ length: values.columns }, (_, e) => `expert ${e + 1}`),
    values,
  }
}
