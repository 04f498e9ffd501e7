import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator } from '@mtl/core'
import { constant, dense, kernelTensor, layer } from '@mtl/core/tensor'
import type { Batch, LayerOptions, TrainingPass, Variables } from '@mtl/core/tensor'

/** Weight of each earlier column at the start. */
const initialScale = 0.1
/** Width of an adapter that is not chosen. */
const leastUnits = 4

/** How a column reads those before it. */
export interface Laterals {
  readonly lateral: 'linear' | 'adapter'
  readonly adapterUnits: 'auto' | number
}

/** The layers of one task, and what they read of earlier columns. */
export interface Column {
  init(random: RandomGenerator): Variables
  /** Its hidden layers, one [rows, units] each. `earlier`: those of the columns before it. */
  apply(
    v: Variables,
    x: tf.Tensor2D,
    earlier: readonly (readonly tf.Tensor2D[])[],
    batch: Batch,
    pass?: TrainingPass,
  ): readonly tf.Tensor2D[]
}

/** What enters a layer from the columns before it. */
interface Lateral {
  init(random: RandomGenerator): Variables
  /** [rows, outputs], of one hidden layer of each earlier column. */
  apply(v: Variables, read: readonly tf.Tensor2D[]): tf.Tensor2D
}

/** Column of a task with so many `before` it. Its variables are 'task:<task>/column/<l>' and 'task:<task>/lateral/<l>'. */
export function progressiveColumn(
  task: number,
  before: number,
  widths: readonly number[],
  { lateral, adapterUnits }: Laterals,
  options: LayerOptions,
): Column {
  const steps = widths.slice(1).map((outputs, l) => {
    const inputs = widths[l]
    const name = `task:${task}/lateral/${l}`
    const auto = Math.max(leastUnits, Math.round(inputs / (before + 1)))
    const isRead = l > 0 && before > 0
    return {
      own: layer(`task:${task}/column/${l}`, inputs, outputs, options),
      lateral: !isRead
        ? undefined
        : lateral === 'linear'
          ? linearLateral(name, before, inputs, outputs)
          : adapter(name, before, inputs, adapterUnits === 'auto' ? auto : adapterUnits, outputs, options),
    }
  })
  return {
    init: (random) =>
      Object.assign(
        {},
        ...steps.flatMap((step) => [step.own.init(random), step.lateral?.init(random) ?? {}]),
      ) as Variables,
    apply(v, x, earlier, batch, pass) {
      const hidden: tf.Tensor2D[] = []
      steps.forEach(({ own, lateral: read }, l) => {
        // What other tasks own is read as it stands: this task's loss does not reach it.
        const added = read?.apply(
          v,
          earlier.map((column) => constant(column[l - 1])),
        )
        hidden.push(own.apply(v, hidden.at(-1) ?? x, batch, pass, added) as tf.Tensor2D)
      })
      return hidden
    },
  }
}

/** sum_k h_k U_k, U one tensor over the columns before. */
function linearLateral(name: string, before: number, inputs: number, outputs: number): Lateral {
  return {
    init: (random) => ({ [`${name}/kernel`]: kernelTensor(random.fork(name), [before, inputs, outputs]) }),
    apply: (v, read) =>
      dense(tf.concat([...read], 1), tf.reshape(v[`${name}/kernel`], [before * inputs, outputs])),
  }
}

/** phi([a_1 h_1, a_2 h_2, ...] V + d) U. */
function adapter(
  name: string,
  before: number,
  inputs: number,
  units: number,
  outputs: number,
  { activation = 'relu' }: LayerOptions,
): Lateral {
  const projection = layer(`${name}/in`, before * inputs, units, { activation })
  return {
    init: (random) => ({
      [`${name}/scale`]: tf.fill([before], initialScale),
      ...projection.init(random),
      [`${name}/out/kernel`]: kernelTensor(random.fork(`${name}/out`), [units, outputs]),
    }),
    apply(v, read) {
      // [rows, columns, inputs], each column times its scale
      const scaled = tf.mul(tf.stack([...read], 1), tf.reshape(v[`${name}/scale`], [1, before, 1]))
      const joined = tf.reshape<tf.Rank.R2>(scaled, [-1, before * inputs])
      return dense(
        projection.apply(v, joined, { inputs: [] }) as tf.Tensor2D,
        v[`${name}/out/kernel`] as tf.Tensor2D,
      )
    },
  }
}
