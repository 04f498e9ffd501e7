/** The terms of the bound for the rows of a batch, given the noise: what a step of training draws stands apart from what it computes. */
import * as tf from '@tensorflow/tfjs'
import type { MixtureRule } from '@mtl/core'
import { constant, takeRows, taskDense } from '@mtl/core/tensor'
import type { Variables } from '@mtl/core/tensor'
import type { Encoder } from './encoder.ts'
import { mixtureTerm, normalTerm, type Mixing, type Normals } from './mixture-term.ts'
import type { Representatives } from './representatives.ts'

/** R rows, C cells, T tasks, Z latent numbers, K outputs. */
export interface Cells {
  /** [R, features] */
  readonly x: tf.Tensor2D
  /** Task of each row; absent where all tasks have all rows. */
  readonly taskOfRow: Int32Array | undefined
  readonly taskOfCell: Int32Array
  readonly rowOfCell: Int32Array
}

/** Standard normal and, of mixing weights, Gumbel numbers. */
export interface Noise {
  /** By draw: [R, Z]. */
  readonly latents: readonly tf.Tensor2D[]
  /** By draw: [C, K]. */
  readonly activations: readonly tf.Tensor2D[]
  /** [T, T + 1], the anchor last. */
  readonly weights: tf.Tensor2D
  /** [T, T] */
  readonly latentMixing: tf.Tensor2D
}

export interface TermSettings {
  readonly priorRule: MixtureRule
  readonly anchor: 'prior' | 'none'
  readonly priorVariance: number
}

/** [C, K] for each draw. */
export function drawnActivations(
  v: Variables,
  latents: Normals,
  cells: Cells,
  noise: Noise,
): readonly tf.Tensor2D[] {
  const { mean, variance } = weightsOf(v)
  return noise.latents.map((draw, s) => {
    const z = tf.add(latents.mean, tf.mul(tf.exp(tf.mul(0.5, latents.logVariance)), draw))
    const activation = byCell(z, mean, cells)
    const spread = byCell(tf.square(z), variance, cells)
    return tf.add(activation, tf.mul(tf.sqrt(tf.add(spread, leastVariance)), noise.activations[s]))
  })
}

/** The root has a slope where all latent numbers are 0. */
const leastVariance = 1e-12

/** Means and variances of activations under both posteriors, [C, K] each: Var(z w) = (m^2 + s) (mu^2 + sigma^2) - m^2 mu^2. */
export function activationMoments(
  v: Variables,
  latents: Normals,
  cells: Pick<Cells, 'taskOfRow'>,
): { readonly mean: tf.Tensor2D; readonly variance: tf.Tensor2D } {
  const { mean, variance } = weightsOf(v)
  const ofRows = byCell(tf.square(latents.mean), variance, cells)
  const ofLatents = byCell(tf.exp(latents.logVariance), tf.add(tf.square(mean), variance), cells)
  return { mean: byCell(latents.mean, mean, cells), variance: tf.add(ofRows, ofLatents) }
}

function weightsOf(v: Variables): { readonly mean: tf.Tensor3D; readonly variance: tf.Tensor3D } {
  return {
    mean: v['tasks/head/mean'] as tf.Tensor3D,
    variance: tf.exp(tf.mul<tf.Tensor3D>(2, v['tasks/head/logDeviation'])),
  }
}

function byCell(z: tf.Tensor, kernel: tf.Tensor, { taskOfRow }: Pick<Cells, 'taskOfRow'>): tf.Tensor2D {
  const outputs = kernel.shape[2] as number
  return tf.reshape(taskDense(z, kernel as tf.Tensor3D, undefined, taskOfRow), [-1, outputs])
}

/** Divergence of each task's weights from N(0, priorVariance) or, given a mixing, from the mixture of all tasks' as they were, [T]. */
export function weightDivergence(
  v: Variables,
  snapshot: Normals,
  mixing: Mixing | undefined,
  settings: TermSettings,
): tf.Tensor1D {
  const tasks = v['tasks/head/mean'].shape[0]
  const flat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [tasks, -1])
  const own = {
    mean: flat(v['tasks/head/mean']),
    logVariance: tf.mul(2, flat(v['tasks/head/logDeviation'])),
  }
  if (mixing === undefined) return ownTerm(own, settings)
  const before = { mean: flat(snapshot.mean), variance: tf.exp(flat(snapshot.logVariance)) }
  const size = before.mean.shape[1]
  const anchored = {
    mean: tf.expandDims(tf.concat([before.mean, tf.zeros([1, size])], 0), 0),
    variance: tf.expandDims(tf.concat([before.variance, tf.fill([1, size], settings.priorVariance)], 0), 0),
  }
  return mixtureTerm(settings.priorRule, own, anchored, mixing)
}

/** Divergence of each cell's latent numbers from N(0, priorVariance) or, given a mixing, from those of rows that stand for each task, [C]. */
export function latentDivergence(
  v: Variables,
  latents: Normals,
  cells: Cells,
  prior: { readonly mixing: Mixing; readonly others: Representatives; readonly encoder: Encoder } | undefined,
  settings: TermSettings,
): tf.Tensor1D {
  const own = {
    mean: takeRows(latents.mean as tf.Tensor2D, cells.rowOfCell),
    logVariance: takeRows(latents.logVariance as tf.Tensor2D, cells.rowOfCell),
  }
  if (prior === undefined) return ownTerm(own, settings)
  const { mixing, others, encoder } = prior
  const tasks = mixing.weights.shape[1]
  const units = latents.mean.shape[1] as number
  const rows = tf.tensor2d(others.inputs, [others.isKnown.length, cells.x.shape[1]])
  const isKnown = tf.tensor2d(others.isKnown, [others.isKnown.length, 1])
  const encoded = encoder.apply(v, rows)
  const unknown = tf.mul(settings.priorVariance, tf.sub(1, isKnown))
  const byQuestion = (values: tf.Tensor): tf.Tensor =>
    tf.reshape(takeRows(constant(tf.reshape(values, [-1, tasks * units])), others.questionOf), [
      -1,
      tasks,
      units,
    ])
  const components = {
    mean: byQuestion(tf.mul(encoded.mean, isKnown)),
    variance: byQuestion(tf.add(tf.mul(tf.exp(encoded.logVariance), isKnown), unknown)),
  }
  const ofCells = {
    weights: takeRows(mixing.weights, cells.taskOfCell),
    logWeights: takeRows(mixing.logWeights, cells.taskOfCell),
  }
  return mixtureTerm(settings.priorRule, own, components, ofCells)
}

function ownTerm(own: Normals, { priorVariance }: TermSettings): tf.Tensor1D {
  return normalTerm(own, tf.scalar(0), tf.scalar(priorVariance)) as tf.Tensor1D
}
