/** The network of `variationalNetwork` for one shape of data. */
import * as tf from '@tensorflow/tfjs'
import { sampleNormal } from '@mtl/core'
import type { RandomGenerator, TaskInfo, View } from '@mtl/core'
import { constant, takeRows } from '@mtl/core/tensor'
import type { Batch, DataShape, LabelledBatch, Network, TrainingPass, Variables } from '@mtl/core/tensor'
import { activationLoss, outputsOfKind } from './activation-loss.ts'
import {
  activationMoments,
  drawnActivations,
  latentDivergence,
  weightDivergence,
  type Cells,
  type Noise,
} from './bound-terms.ts'
import { encoder } from './encoder.ts'
import { mixingOf, outsiders } from './mixing-weights.ts'
import type { Mixing, Normals } from './mixture-term.ts'
import { networkNoise } from './network-noise.ts'
import type { NetworkSettings } from './network-options.ts'
import { mixingViews } from './network-views.ts'
import { representatives, type LabelledCells } from './representatives.ts'

/** Share of the steps in which tasks learn alone, before there is anything to learn of others. */
const aloneUntil = 0.1

/** Pull of mixing logits towards 0, in rows: one task's index is seen once, and without it they run into a corner. */
const logitDecay = 0.01

/** Rows of residual variance 1 that are added to each task's, so that a task of one row has a finite noise. */
const noisePseudoRows = 1

const quadratureNodes = 32

const [firstDeviation, firstLogDeviation] = [0.1, -2]

interface Step {
  readonly batch: LabelledBatch
  readonly pass: TrainingPass
}

export function variationalUnits(shape: DataShape, settings: NetworkSettings): Network {
  const { latentUnits, noiseVariance, anchor, priorVariance } = settings
  const [{ kind }] = shape.tasks
  const tasks = shape.tasks.length
  const outputs = outputsOfKind(shape.tasks[0])
  const encode = encoder(shape.tables[0].length, settings.encoderLayers, latentUnits)
  const learnsNoise = kind === 'regression' && noiseVariance === 'learn'

  /** Columns of the noise's log variance, of numbers. */
  const logNoise = (v: Variables, taskOfCell: Int32Array): readonly tf.Tensor2D[] => {
    if (kind !== 'regression') return []
    if (noiseVariance !== 'learn') return [tf.fill([taskOfCell.length, 1], Math.log(noiseVariance))]
    return [takeRows(v['tasks/noise/logVariance'] as tf.Tensor2D, taskOfCell)]
  }

  function init(random: RandomGenerator): Variables {
    const size = [tasks, latentUnits, outputs]
    const means = shape.tasks.flatMap((_, t) => {
      const own = random.fork('head').fork(t)
      return Array.from({ length: latentUnits * outputs }, () => firstDeviation * sampleNormal(own))
    })
    return {
      ...encode.init(random.fork('encoder')),
      'tasks/head/mean': tf.tensor(means, size),
      'tasks/head/logDeviation': tf.fill(size, firstLogDeviation),
      ...(learnsNoise && { 'tasks/noise/logVariance': tf.zeros([tasks, 1]) }),
      'shared/mixing/weights': tf.zeros([tasks, tasks + 1]),
      'shared/mixing/latents': tf.zeros([tasks, tasks]),
      'state/step': tf.zeros([1]),
      // 1 for a task that has had labels: others may learn of it.
      'state/teaches': tf.zeros([tasks]),
      'state/snapshot/mean': tf.zeros(size),
      'state/snapshot/logVariance': tf.fill(size, Math.log(priorVariance)),
    }
  }

  /** The posteriors that priors are made of, renewed where it is time, of tasks with labels in the batch. */
  function snapshotOf(v: Variables, pass: TrainingPass): Normals {
    const present = tf.tensor3d(pass.taskShare.map(isAbove0), [tasks, 1, 1])
    const gate = tf.mul(present, isDue(v['state/step'], settings.refreshEvery))
    const renewed = (name: string, now: tf.Tensor): tf.Tensor => {
      const next = constant(tf.add(tf.mul(gate, now), tf.mul(tf.sub(1, gate), v[name])))
      pass.update(name, next)
      return next
    }
    return {
      mean: renewed('state/snapshot/mean', v['tasks/head/mean']),
      logVariance: renewed('state/snapshot/logVariance', tf.mul(2, v['tasks/head/logDeviation'])),
    }
  }

  /** Of both mixtures, by the draws of this step. */
  function mixingsOf(
    v: Variables,
    noise: Noise,
    teaches: Float32Array,
  ): { weights: Mixing; latents: Mixing } {
    const temperature = temperatureAt(v['state/step'], settings)
    const drawn = (name: string, own: tf.Tensor2D, anchored: 'prior' | 'none' | undefined): Mixing =>
      mixingOf(v[name] as tf.Tensor2D, own, temperature, outsiders(teaches, anchored))
    return {
      weights: drawn('shared/mixing/weights', noise.weights, anchor),
      latents: drawn('shared/mixing/latents', noise.latentMixing, undefined),
    }
  }

  /** Terms of tasks count as one label in all of them: losses are means over labels. */
  function penaliseTasks(v: Variables, perTask: readonly tf.Tensor[], { batch, pass }: Step): void {
    const rowsPerLabel = batch.inputs[0].shape[0] / batch.labels.reduce((sum, labels) => sum + labels, 0)
    const shares = tf.tensor1d(pass.taskShare.map((share) => share * rowsPerLabel))
    const pulls = ['shared/mixing/weights', 'shared/mixing/latents'].map((name) =>
      tf.mul(0.5 * logitDecay, tf.sum(tf.square(v[name]), 1)),
    )
    const noise = learnsNoise ? [noisePrior(v['tasks/noise/logVariance'])] : []
    for (const term of [...perTask, ...pulls, ...noise])
      pass.penalise(tf.sum<tf.Scalar>(tf.mul(shares, term)))
  }

  function trainingOutputs(v: Variables, latents: Normals, cells: Cells, step: Step): tf.Tensor2D {
    const { batch, pass } = step
    const labelled = labelledCells(cells, batch, tasks, kind !== 'regression')
    const before = v['state/teaches'].dataSync<'float32'>()
    const teaches = pass.taskShare.map((share, t) => Math.max(before[t], isAbove0(share)))
    pass.update('state/teaches', tf.tensor1d(teaches))
    pass.update('state/step', tf.add(v['state/step'], 1))
    const noise = networkNoise(
      { ...settings, outputs, rows: cells.x.shape[0], isLabelled: labelled.isLabelled, teaches },
      pass.random,
    )
    const snapshot = snapshotOf(v, pass)
    const mixings = tasks > 1 && pass.progress >= aloneUntil ? mixingsOf(v, noise, teaches) : undefined
    const risen = riseAt(v['state/step'], settings.divergenceWarmUp)
    const ofWeights = weightDivergence(v, snapshot, mixings?.weights, settings)
    penaliseTasks(v, [tf.mul(tf.mul(settings.divergenceWeight, risen), ofWeights)], step)
    if (settings.latentWeight > 0) {
      const prior = mixings && {
        mixing: mixings.latents,
        others: representatives(labelled),
        encoder: encode,
      }
      const ofLatents = latentDivergence(v, latents, cells, prior, settings)
      const factors = tf.mul(tf.mul(settings.latentWeight, risen), tf.tensor1d(batch.weights[0]))
      pass.penalise(tf.sum<tf.Scalar>(tf.mul(factors, ofLatents)))
    }
    const draws = drawnActivations(v, latents, cells, noise)
    const certain = tf.zeros<tf.Rank.R2>([cells.taskOfCell.length, outputs])
    const noiseColumns = logNoise(v, cells.taskOfCell)
    return tf.concat(
      draws.flatMap((draw) => [draw, certain, ...noiseColumns]),
      1,
    )
  }

  return {
    groups: [{ tasks: [...shape.tasks.keys()], loss: activationLoss(kind, outputs, quadratureNodes) }],
    init,
    forward(v, batch, pass) {
      const [x] = batch.inputs
      const latents = encode.apply(v, x)
      const cells = cellsOf(batch, tasks)
      if (pass && isLabelled(batch)) return { outputs: [trainingOutputs(v, latents, cells, { batch, pass })] }
      const { mean, variance } = activationMoments(v, latents, cells)
      return { outputs: [tf.concat([mean, variance, ...logNoise(v, cells.taskOfCell)], 1)] }
    },
    views: (v, _batch, infos: readonly TaskInfo[]): Promise<readonly View[]> => mixingViews(v, infos, anchor),
  }
}

/** Training gives the labels along: rows that stand for another task are of the same class. */
function isLabelled(batch: Batch): batch is LabelledBatch {
  return 'targets' in batch
}

function cellsOf({ inputs: [x], taskOf }: Batch, tasks: number): Cells {
  const rows = x.shape[0]
  if (taskOf)
    return {
      x,
      taskOfRow: taskOf,
      taskOfCell: taskOf,
      rowOfCell: Int32Array.from({ length: rows }, (_, r) => r),
    }
  const length = rows * tasks
  return {
    x,
    taskOfRow: undefined,
    taskOfCell: Int32Array.from({ length }, (_, c) => c % tasks),
    rowOfCell: Int32Array.from({ length }, (_, c) => Math.floor(c / tasks)),
  }
}

function labelledCells(
  { x, rowOfCell, taskOfCell }: Cells,
  { targets: [targets], weights: [weights] }: LabelledBatch,
  tasks: number,
  hasClasses: boolean,
): LabelledCells {
  return {
    inputs: x.dataSync<'float32'>(),
    columns: x.shape[1],
    tasks,
    rowOf: rowOfCell,
    taskOf: taskOfCell,
    classOf: hasClasses ? Int32Array.from(targets) : new Int32Array(targets.length),
    isLabelled: Uint8Array.from(weights, (weight) => Number(weight > 0)),
  }
}

function isAbove0(value: number): number {
  return Number(value > 0)
}

/** Share of the divergences that counts. */
function riseAt(step: tf.Tensor, warmUp: number): tf.Tensor | number {
  return warmUp === 0 ? 1 : tf.minimum(1, tf.div(tf.add(step, 1), warmUp))
}

/** 1 in every so many-th step, else 0. */
function isDue(step: tf.Tensor, every: number): tf.Tensor | number {
  if (every === 1) return 1
  const turns = tf.div(step, every)
  return tf.cast(tf.less(tf.sub(turns, tf.floor(turns)), 0.5 / every), 'float32')
}

function temperatureAt(
  step: tf.Tensor,
  { temperatureStart, temperatureEnd, temperatureRate }: NetworkSettings,
): tf.Tensor {
  return tf.maximum(temperatureEnd, tf.mul(temperatureStart, tf.exp(tf.mul(-temperatureRate, step))))
}

/** Minus the log density of so many residuals of variance 1, by task: log s + 1 / s, halved. */
function noisePrior(logVariance: tf.Tensor): tf.Tensor {
  const flat = tf.reshape(logVariance, [-1])
  return tf.mul(0.5 * noisePseudoRows, tf.add(flat, tf.exp(tf.neg(flat))))
}
