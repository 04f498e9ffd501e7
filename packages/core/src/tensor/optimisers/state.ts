import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../../error/check-number.ts'
import type { Gradient, Gradients, Optimiser } from '../trainer/types.ts'

/** What one variable becomes: its next value, and its tensors in the order of `kinds`. */
export interface Updated {
  readonly variable: tf.Tensor
  readonly tensors: readonly tf.Tensor[]
}

/** An update rule by variable. */
export interface Rule {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** What is remembered of each variable: names of tensors of its shape, zeros at first. */
  readonly kinds: readonly string[]
  update(variable: {
    readonly name: string
    readonly value: tf.Tensor
    readonly gradient: Gradient
    readonly tensors: readonly tf.Tensor[]
    /** Updates so far, this one included: of the variable, or of each of its rows. */
    readonly steps: Int32Array
    readonly rate: number
  }): Updated
}

/** An optimiser from its rule: what is not updated keeps value and state to the bit. */
export function optimiser(rule: Rule): Optimiser {
  const keyOf = (kind: string, name: string): string => `${kind}/${name}`
  return {
    name: rule.name,
    options: rule.options,
    init(variables) {
      const trained = Object.entries(variables).filter(([name]) => !name.startsWith('state/'))
      const zeros = trained.flatMap(([name, { shape }]) =>
        rule.kinds.map((kind): [string, tf.Tensor] => [keyOf(kind, name), tf.zeros(shape)]),
      )
      const steps = trained.map(([name, { shape }]): [string, Int32Array] => [
        name,
        new Int32Array(/^tasks[:/]/.test(name) ? shape[0] : 1),
      ])
      return { tensors: Object.fromEntries(zeros), steps: Object.fromEntries(steps) }
    },
    update(gradients, state, variables, rate) {
      const next: Record<string, tf.Tensor> = {}
      const tensors: Record<string, tf.Tensor> = {}
      const steps: Record<string, Int32Array> = {}
      for (const [name, value] of Object.entries(variables)) {
        if (name.startsWith('state/')) {
          next[name] = value.clone()
          continue
        }
        const before = rule.kinds.map((kind) => state.tensors[keyOf(kind, name)])
        const gradient = movedBy(gradients, name, rate(name))
        steps[name] = gradient ? counted(state.steps[name], gradient.rows) : state.steps[name]
        const after = gradient
          ? rule.update({ name, value, gradient, tensors: before, steps: steps[name], rate: rate(name) })
          : { variable: value.clone(), tensors: before.map((tensor) => tensor.clone()) }
        next[name] = after.variable
        rule.kinds.forEach((kind, i) => (tensors[keyOf(kind, name)] = after.tensors[i]))
      }
      return { variables: next, state: { tensors, steps } }
    },
  }
}

/** The gradient that moves a variable in this step, if one does. */
function movedBy(gradients: Gradients, name: string, rate: number): Gradient | undefined {
  checkNumber(`learning rate of ${name}`, rate, { min: 0, below: Infinity })
  const gradient = gradients[name] as Gradient | undefined
  return rate === 0 || gradient?.rows?.length === 0 ? undefined : gradient
}

function counted(steps: Int32Array, rows: Int32Array | undefined): Int32Array {
  const next = steps.slice()
  for (const row of rows ?? next.keys()) next[row]++
  return next
}

/** `after` in the rows of the gradient, `before` in the others, to the bit. */
export function inRows(gradient: Gradient, after: tf.Tensor, before: tf.Tensor): tf.Tensor {
  if (!gradient.rows) return after
  return tf.where(byRow(before.shape, gradient.rows, () => 1).asType('bool'), after, before)
}

/** A number for each listed row, 0 in the others, shaped so that it spreads over the rest of a row. */
export function byRow(shape: readonly number[], rows: Int32Array, value: (row: number) => number): tf.Tensor {
  const values = new Float32Array(shape[0])
  for (const row of rows) values[row] = value(row)
  return tf.tensor(values, [shape[0], ...shape.slice(1).map(() => 1)])
}

/** Decoupled decay acts on kernels alone, not on biases, scales and what an architecture mixes with. */
export function decayOf(name: string, weightDecay: number): number {
  return name.endsWith('/kernel') ? weightDecay : 0
}
