/**
 * Adaptive information transfer: tasks that are stages one after another, as click and purchase, hand on what they found.
 *
 *   q_t = MLP_t(x),    z_1 = q_1,    u_t = phi(z_(t-1) I_t + i_t)
 *   z_t = sum over k in {u_t, q_t} of softmax_k(Q(k) . K(k) / sqrt(units)) V(k),    output_t = z_t . w_t + b_t
 *
 * x are the inputs of a row, which passes all stages; Q, K and V are linear and common to all stages. Minimised besides the
 * losses, since a later stage cannot be likelier than the one before:
 *
 *   calibratorPenalty * sum_t mean(max(p_t - p_(t-1), 0)),    p the probabilities of neighbouring binary stages
 *
 * Xi, Chen, Yan, Zhang, Zhu, Zhuang and Chen (2021), Modeling the sequential dependence among audience multi-step
 * conversions with multi-task learning in targeted display advertising, KDD, section 3.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { layer, layers, networkEstimator, networkTrainer, takeRows, withHeads } from '@mtl/core/tensor'
import type {
  Architecture,
  Batch,
  Body,
  DataShape,
  LayerOptions,
  Network,
  NetworkParameters,
  Variables,
} from '@mtl/core/tensor'
import { meanByTask } from './mean-by-task.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

export interface AitmOptions extends NetworkOptions {
  /** Widths of each stage's hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** Names of all tasks, the first stage first. Default: in the order of the data. */
  readonly stages?: readonly string[]
  /** Weight of probabilities that exceed those of the stage before. Default 0.6, of the paper. */
  readonly calibratorPenalty?: number
}

/** Heads are each stage's own by default, since its hidden layers are. @throws MtlError 'invalid-option'; in training 'unknown-name' */
export function aitm(options: AitmOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(aitmArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option'; in `build` 'unknown-name' */
export function aitmArchitecture(options: AitmOptions = {}): Architecture {
  const { stages } = options
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('aitm', { ...options, heads: { sharing: 'own', ...options.heads } }, [
    'layers',
    'stages',
    'calibratorPenalty',
  ])
  check(widths.length > 0, 'invalid-option', 'layers must name one width at least, as [32, 16]', {
    option: 'layers',
  })
  check(
    stages === undefined || (Array.isArray(stages) && new Set(stages).size === stages.length),
    'invalid-option',
    'stages must be a list of names of tasks, each once',
    { option: 'stages' },
  )
  const penalty = checkNumber('calibratorPenalty', options.calibratorPenalty ?? 0.6, {
    min: 0,
    below: Infinity,
  })
  const plain = withHeads({
    name: 'aitm',
    options: {
      layers: widths,
      ...(stages && { stages }),
      calibratorPenalty: penalty,
      ...hidden,
      heads: storedHeads(heads),
    },
    capabilities: { descriptors: 'used' },
    heads,
    body: (features, shape) => transferred([features, ...widths], stageOrder(stages, shape), hidden),
  })
  return {
    ...plain,
    build: (shape) => calibrated(plain.build(shape), stageOrder(stages, shape), shape, penalty),
  }
}

/** Tasks by position, the first stage first. */
function stageOrder(stages: readonly string[] | undefined, { tasks }: DataShape): readonly number[] {
  const known = tasks.map(({ name }) => name)
  const order = (stages ?? known).map((name) => known.indexOf(name))
  check(
    order.length === known.length && !order.includes(-1),
    'unknown-name',
    `stages must name all tasks of the data, ${known.join(', ')}; got ${stages?.join(', ') ?? ''}`,
    { option: 'stages', known },
  )
  return order
}

function transferred(widths: readonly number[], order: readonly number[], options: LayerOptions): Body {
  const columns = layers('shared/column', widths, { ...options, tasks: order.length })
  const { units } = columns
  const info = order.slice(1).map((task) => layer(`shared/info/${task}`, units, units, options))
  const [query, key, value] = ['query', 'key', 'value'].map((name) =>
    layer(`shared/${name}`, units, units, { activation: 'linear' }),
  )

  /** Of each stage after the first what it reads, and its shares of {u, q}: [rows, units] and [rows, 2], by task. */
  const passed = (
    v: Variables,
    x: tf.Tensor2D,
    { inputs }: Batch,
    pass?: Parameters<Body['forward']>[3],
  ): { readonly z: readonly tf.Tensor[]; readonly shares: readonly tf.Tensor[] } => {
    const rows = x.shape[0]
    const q = columns.apply(v, x, { inputs }, pass)
    // Not `unstack`, whose gradient fails where some of its parts are not read.
    const own = order.map((_, task) => tf.reshape(tf.slice(q, [0, task, 0], [-1, 1, -1]), [rows, units]))
    const z = [...own]
    const shares: tf.Tensor[] = []
    order.slice(1).forEach((task, s) => {
      const u = info[s].apply(v, z[order[s]], { inputs }, pass)
      const tokens = tf.reshape<tf.Rank.R2>(tf.stack([u, own[task]], 1), [rows * 2, units])
      const [Q, K, V] = [query, key, value].map((each) => each.apply(v, tokens, { inputs }))
      const scores = tf.reshape(tf.div(tf.sum(tf.mul(Q, K), 1), Math.sqrt(units)), [rows, 2])
      const share = tf.softmax(scores)
      shares.push(share)
      z[task] = tf.sum(tf.mul(tf.reshape(V, [rows, 2, units]), tf.expandDims(share, 2)), 1)
    })
    return { z, shares }
  }

  return {
    units,
    init: (random) =>
      Object.assign(
        {},
        columns.init(random),
        ...[...info, query, key, value].map((each) => each.init(random)),
      ) as ReturnType<Body['init']>,
    forward: (v, x, batch, pass) => ({ representation: tf.stack([...passed(v, x, batch, pass).z], 1) }),
    views: async (v, x, batch, infos) => {
      if (order.length === 1) return []
      const later = order.slice(1)
      const shares = tf.tidy(() => tf.concat([...passed(v, x, batch).shares], 1))
      try {
        const found = meanByTask(await shares.data(), 1, 2 * later.length, undefined)
        return [
          {
            kind: 'matrix',
            title: 'Information handed on',
            reading: 'Mean share, in what a stage reads, of what the stage before hands on and of its own.',
            rows: later.map((task) => infos[task].name),
            columns: ['stage before', 'own'],
            values: { ...found, rows: later.length, columns: 2 },
          },
        ]
      } finally {
        shares.dispose()
      }
    },
  }
}

/** The network, whose rows pass the heads of all stages, so that neighbouring probabilities can be compared. */
function calibrated(
  network: Network,
  order: readonly number[],
  { tasks }: DataShape,
  penalty: number,
): Network {
  const isBinary = (task: number): boolean => tasks[task].kind === 'binary'
  const pairs = order
    .slice(1)
    .map((task, s) => [order[s], task] as const)
    .filter((pair) => pair.every(isBinary))
  return {
    ...network,
    forward(v, { taskOf, ...batch }, pass) {
      const result = network.forward(v, batch, pass)
      if (pass && penalty > 0 && pairs.length > 0) {
        const found = pairs.map(([before, task]) => {
          const [p, later] = [before, task].map((each) => tf.sigmoid(logitOf(network, result.outputs, each)))
          return tf.mean<tf.Scalar>(tf.relu(tf.sub(later, p)))
        })
        pass.penalise(
          tf.mul<tf.Scalar>(
            found.reduce((sum, each) => tf.add(sum, each)),
            penalty,
          ),
        )
      }
      if (!taskOf) return result
      return {
        outputs: result.outputs.map((output, g) => ofOwnTask(output, network.groups[g].tasks, taskOf)),
      }
    },
  }
}

/** [rows, 1, 1] of a binary task, from the outputs of all tasks for all rows. */
function logitOf({ groups }: Network, outputs: readonly tf.Tensor2D[], task: number): tf.Tensor {
  const g = groups.findIndex(({ tasks }) => tasks.includes(task))
  const { tasks } = groups[g]
  const byRow = tf.reshape(outputs[g], [-1, tasks.length, outputs[g].shape[1]])
  return tf.slice(byRow, [0, tasks.indexOf(task), 0], [-1, 1, 1])
}

/** Of all cells of a group those of each row's own task. */
function ofOwnTask(output: tf.Tensor2D, tasks: readonly number[], taskOf: Int32Array): tf.Tensor2D {
  const cells = Array.from(taskOf).flatMap((task, r) =>
    tasks.includes(task) ? [r * tasks.length + tasks.indexOf(task)] : [],
  )
  if (cells.length === 0) return tf.zeros([0, output.shape[1]])
  return takeRows(output, Int32Array.from(cells))
}
