/**
 * The levels of progressive layered extraction (`ple.ts`). Where tasks own their rows, a row passes its own task's experts
 * alone in the last level, and those of every task below it: what is shared there reads them all. So what tasks have
 * there is reached by every loss, and its names begin with 'shared/'. Without shared experts nothing is, in any level.
 */
import * as tf from '@tensorflow/tfjs'
import type { TaskInfo, View } from '@mtl/core'
import { layers, ownTaskRows } from '@mtl/core/tensor'
import type { Batch, Body, LayerOptions, TrainingPass, Variables } from '@mtl/core/tensor'
import { identicalExperts } from './expert-collapse.ts'
import { levelViews } from './extraction-views.ts'
import { gate, type Gate, type Gates } from './gate.ts'
import { gateUse, type GateUse } from './gate-views.ts'

/** Experts of a level: those that tasks share, and those of each task. */
export interface LevelExperts {
  readonly shared: number
  readonly own: number
}

interface ExtractionOptions {
  /** Either all of them have shared experts or none has. */
  readonly levels: readonly LevelExperts[]
  readonly expertLayers: readonly number[]
  readonly features: number
  readonly tasks: number
  readonly layer: LayerOptions
  readonly gates: Gates
}

/** What a level hands on: of all tasks together, and of each task. */
interface State {
  readonly shared: tf.Tensor
  /** [rows, units], or [rows, tasks, units]. */
  readonly own: tf.Tensor
  /** Gates of the tasks, and outputs of the shared experts [rows, experts, units]. */
  readonly p?: tf.Tensor
  readonly common?: tf.Tensor
}

interface Level {
  readonly parts: readonly Pick<Gate, 'init'>[]
  apply(v: Variables, state: State, batch: Batch, pass?: TrainingPass): State
}

export function extraction(options: ExtractionOptions): Body {
  const { expertLayers, features, tasks } = options
  const units = expertLayers[expertLayers.length - 1]
  const levels = options.levels.map((_, l) => level(l, l === 0 ? features : units, options))
  const last = options.levels[levels.length - 1]
  const states = (v: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass): readonly State[] => {
    const all: State[] = [{ shared: x, own: x }]
    for (const each of levels) all.push(each.apply(v, all[all.length - 1], batch, pass))
    return all.slice(1)
  }
  const top = (v: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass): State =>
    states(v, x, batch, pass)[levels.length - 1]

  return {
    units,
    init: (random) =>
      Object.assign(
        {},
        ...levels.flatMap(({ parts }, l) => parts.map((part) => part.init(random.fork(`level ${l}`)))),
      ) as Variables,
    forward(v, x, batch, pass) {
      const { own, common } = top(v, x, batch, pass)
      return { representation: own, ...(common && !batch.taskOf && { shared: common }) }
    },
    async views(v, x, batch, infos: readonly TaskInfo[]): Promise<readonly View[]> {
      const gates = tf.tidy(() => states(v, x, batch).map(({ p }) => ofOwnTask(p as tf.Tensor, batch)))
      const uses: GateUse[] = []
      for (const p of gates) {
        uses.push(gateUse(await p.data(), tasks, p.shape[p.rank - 1], batch.taskOf))
        p.dispose()
      }
      return levelViews(
        infos.map(({ name }) => name),
        uses,
        options.levels.map(({ shared }) => shared),
      )
    },
    async warnings(v, x, batch) {
      if (last.shared < 2) return []
      const common = tf.tidy(() => top(v, x, batch).common as tf.Tensor)
      const found = identicalExperts(await common.data(), last.shared, units)
      common.dispose()
      return found
    },
  }
}

/** [rows, experts] of each row's task where rows are a task's own. */
function ofOwnTask(p: tf.Tensor, { taskOf }: Batch): tf.Tensor {
  return taskOf && p.rank === 3 ? ownTaskRows(p, taskOf) : tf.clone(p)
}

function level(l: number, inputs: number, options: ExtractionOptions): Level {
  const { levels, expertLayers, tasks, layer, gates } = options
  const { shared: sharedExperts, own: taskExperts } = levels[l]
  const isLast = l === levels.length - 1
  const isOwn = isLast || sharedExperts === 0
  const owner = `${isOwn ? 'tasks' : 'shared'}/level/${l}`
  const widths = [inputs, ...expertLayers]
  // Experts of one kind are one tensor over them; of each task's own there is one over tasks for each.
  const common =
    sharedExperts > 0
      ? layers(`shared/level/${l}/experts`, widths, { ...layer, tasks: sharedExperts })
      : undefined
  const own = Array.from({ length: taskExperts }, (_, p) =>
    layers(`${owner}/own-experts/${p}`, widths, { ...layer, tasks }),
  )
  const ownGate = gate({
    gates,
    common: `shared/level/${l}/gate`,
    own: `${owner}/own-gate`,
    inputs,
    experts: sharedExperts + taskExperts,
    tasks,
  })
  const sharedGate = gate({
    gates: 'one',
    common: `shared/level/${l}/shared-gate`,
    own: '',
    inputs,
    experts: sharedExperts + tasks * taskExperts,
    tasks,
  })
  const hasSharedGate = !isLast && common !== undefined

  return {
    parts: [...(common ? [common] : []), ...own, ownGate, ...(hasSharedGate ? [sharedGate] : [])],
    apply(v, { shared, own: before }, { inputs: rows, taskOf }, pass) {
      const batch: Batch = { inputs: rows, ...(isOwn && taskOf && { taskOf }) }
      const x = isOwn && taskOf && before.rank === 3 ? ownTaskRows(before, taskOf) : before
      const s = common?.apply(v, shared, { inputs: rows }, pass)
      const k = own.map((expert) => expert.apply(v, x, batch, pass))
      const p = ownGate.apply(v, x, batch, pass)
      return {
        shared: hasSharedGate
          ? mixShared(sharedGate.apply(v, shared, batch, pass), s as tf.Tensor, k)
          : shared,
        own: mixOwn(p, s, k),
        p,
        ...(s && { common: s }),
      }
    },
  }
}

/** sum_e p_te S_e + sum_p p_tp K_tp, from gates [rows, (tasks,) experts] and experts of the same form. */
function mixOwn(p: tf.Tensor, s: tf.Tensor | undefined, own: readonly tf.Tensor[]): tf.Tensor {
  const experts = p.shape[p.rank - 1]
  const lead = p.shape.slice(0, -1)
  const share = (from: number, count: number): tf.Tensor =>
    tf.slice(p, [...lead.map(() => 0), from], [...lead, count])
  const terms = own.map((k, i) => tf.mul(share(experts - own.length + i, 1), k))
  if (s === undefined) return sum(terms)
  const count = s.shape[1] as number
  const mixed = tf.matMul(tf.reshape(share(0, count), [lead[0], -1, count]), s)
  return sum([tf.reshape(mixed, [...lead, s.shape[2] as number]), ...terms])
}

/** sum_e q_e S_e + sum_tp q_tp K_tp; after the shared experts come those of the first task, then of the second, ... */
function mixShared(q: tf.Tensor, s: tf.Tensor, own: readonly tf.Tensor[]): tf.Tensor {
  const [rows, count, units] = s.shape
  const ofAll = tf.slice(q, [0, 0], [rows, count])
  const common = tf.matMul(tf.reshape(ofAll, [rows, 1, count]), s)
  if (own.length === 0) return tf.reshape(common, [rows, units])
  const tasks = (q.shape[1] as number) - count
  const ofEach = tf.reshape(tf.slice(q, [0, count], [rows, tasks]), [rows, tasks / own.length, own.length])
  const terms = own.map((k, i) => {
    const weights = tf.slice(ofEach, [0, 0, i], [rows, tasks / own.length, 1])
    return tf.matMul(tf.reshape(weights, [rows, 1, -1]), k)
  })
  return tf.reshape(sum([common, ...terms]), [rows, units])
}

function sum(terms: readonly tf.Tensor[]): tf.Tensor {
  return terms.reduce((total, term) => tf.add(total, term))
}
