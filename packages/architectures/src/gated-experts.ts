import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import { dropout, layers, withHeads } from '@mtl/core/tensor'
import type {
  Architecture,
  Batch,
  Body,
  DataShape,
  LayerOptions,
  TrainingPass,
  Variables,
} from '@mtl/core/tensor'
import { identicalExperts, loneExpert } from './expert-collapse.ts'
import { gate, type Gates } from './gate.ts'
import { entropyView, gateUse, sharesView, type GateUse } from './gate-views.ts'
import {
  checkedOptions,
  checkWidths,
  sharedCapabilities,
  storedHeads,
  type NetworkOptions,
} from './options.ts'
import { taskSimilarity } from './task-similarity.ts'

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
  /**
   * Share of gate values set to 0 in training, the others scaled to sum to 1: against collapse. Default 0.1, and 0 with
   * `topExperts`, whose noise does the same.
   */
  readonly expertDropout?: number
  /** Weight of E sum_e mean(p_e)^2, smallest where experts are used alike. Default 0.01. */
  readonly loadBalance?: number
  /**
   * Experts that a row reads: those of the largest scores, in training after noise whose scale is learnt (`noisyTop`).
   * Default all, without noise.
   */
  readonly topExperts?: number
}

/** Options of a network with gated experts. */
export interface MixtureOptions extends NetworkOptions, ExpertOptions {}

/** `topExperts` has no default: all experts are read. */
type CheckedExperts = Required<Omit<ExpertOptions, 'topExperts'>> & Pick<ExpertOptions, 'topExperts'>

/** @throws MtlError 'invalid-option' */
export function expertsArchitecture(
  name: 'mmoe' | 'mixture-of-experts',
  options: MixtureOptions,
): Architecture {
  const chosen = checkedExperts(options)
  const { layer, heads } = checkedOptions(name, options, [...Object.keys(chosen), 'topExperts'])
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
function checkedExperts(options: ExpertOptions): CheckedExperts {
  const { expertLayers = [16], gateLayers = [], gateBias = false, topExperts } = options
  checkWidths('expertLayers', expertLayers)
  checkWidths('gateLayers', gateLayers)
  check(expertLayers.length > 0, 'invalid-option', 'expertLayers must name one width at least, as [16]', {
    option: 'expertLayers',
  })
  const experts = checkNumber('experts', options.experts ?? 8, { min: 1, integer: true })
  if (topExperts !== undefined) checkNumber('topExperts', topExperts, { min: 1, max: experts, integer: true })
  const expertDropout = options.expertDropout ?? (topExperts === undefined ? 0.1 : 0)
  return {
    experts,
    expertLayers,
    gateLayers,
    gateBias,
    gateTemperature: checkNumber('gateTemperature', options.gateTemperature ?? 1, {
      above: 0,
      below: Infinity,
    }),
    expertDropout: checkNumber('expertDropout', expertDropout, { min: 0, below: 1 }),
    loadBalance: checkNumber('loadBalance', options.loadBalance ?? 0.01, { min: 0, below: Infinity }),
    ...(topExperts !== undefined && { topExperts }),
  }
}

/**
 * f_e = MLP_e(x), p = softmax(q W / temperature), representation sum_e p_e f_e. Each task has a gate of its own where
 * `gates` says so, zero at the start: all experts count alike.
 */
function gatedExperts(
  features: number,
  shape: DataShape,
  options: CheckedExperts,
  layer: LayerOptions,
  gates: Gates,
): Body {
  const { experts: count, expertLayers, expertDropout, loadBalance, topExperts } = options
  // What tasks are to towers, experts are here: one tensor over them.
  const experts = layers('shared/experts', [features, ...expertLayers], { ...layer, tasks: count })
  const mixer = gate({
    gates,
    common: 'shared/gate',
    own: 'tasks/gate',
    inputs: features,
    experts: count,
    tasks: shape.tasks.length,
    layers: options.gateLayers,
    ...(layer.activation && { activation: layer.activation }),
    bias: options.gateBias,
    temperature: options.gateTemperature,
    ...(topExperts !== undefined && { topExperts }),
  })
  const used = async (v: Variables, x: tf.Tensor2D, batch: Batch): Promise<GateUse> => {
    const p = mixer.apply(v, x, batch)
    const [rows, taskOf] = gates === 'one' ? [1, undefined] : [shape.tasks.length, batch.taskOf]
    const use = gateUse(await p.data(), rows, count, taskOf)
    p.dispose()
    return use
  }

  return {
    units: experts.units,
    init: (random) => ({ ...experts.init(random), ...mixer.init(random.fork('gate')) }),
    forward(v, x, batch, pass) {
      const values = experts.apply(v, x, { inputs: batch.inputs }, pass)
      const p = mixer.apply(v, x, batch, pass)
      if (pass && loadBalance > 0) pass.penalise(imbalance(p, loadBalance, pass.taskShare))
      const kept = count > 1 ? renormalised(p, expertDropout, pass) : p
      const [rows, , units] = values.shape
      const mixed = tf.matMul(tf.reshape(kept, [rows, -1, count]), values)
      if (gates === 'one' || batch.taskOf) return { representation: tf.reshape(mixed, [rows, units]) }
      return { representation: mixed, shared: values }
    },
    async views(v, x, batch, tasks) {
      const names = gates === 'one' ? ['all tasks'] : tasks.map(({ name }) => name)
      const { shares, entropies } = await used(v, x, batch)
      const similarity = gates === 'one' ? [] : [taskSimilarity(names, [shares])]
      return [sharesView(names, shares), entropyView(names, entropies), ...similarity]
    },
    async warnings(v, x, batch) {
      if (count === 1) return []
      const values = tf.tidy(() => experts.apply(v, x, { inputs: batch.inputs }))
      const same = identicalExperts(await values.data(), count, experts.units)
      values.dispose()
      return [...same, ...loneExpert((await used(v, x, batch)).shares)]
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
