import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../../error/check-number.ts'
import { hasKernels } from '../kernels/memory.ts'
import { registerKernels } from '../kernels/register.ts'
import { tensorScope } from '../scope.ts'
import type { Optimiser } from '../trainer/types.ts'
import type { Rule, Updated } from './state.ts'
import { byRow, decayOf, inRows, optimiser } from './state.ts'

/** Up to this size one loop is faster than the backend's operations. */
const smallVariable = 16_384

/**
 * Adam (Kingma and Ba 2015, ICLR, algorithm 1), row by row for what tasks own: a row of an absent task keeps value,
 * moments and its own count of steps. `beta1` 0.9, `beta2` 0.999 and `epsilon` 1e-8 are the paper's; `weightDecay`
 * (default 0) is decoupled (Loshchilov and Hutter 2019, ICLR) and acts on variables named '.../kernel' alone.
 * @throws MtlError 'invalid-option'
 */
export function adam(
  options: {
    readonly beta1?: number
    readonly beta2?: number
    readonly epsilon?: number
    readonly weightDecay?: number
  } = {},
): Optimiser {
  const constants = {
    beta1: checkNumber('beta1', options.beta1 ?? 0.9, { min: 0, below: 1 }),
    beta2: checkNumber('beta2', options.beta2 ?? 0.999, { min: 0, below: 1 }),
    epsilon: checkNumber('epsilon', options.epsilon ?? 1e-8, { above: 0, below: Infinity }),
    weightDecay: checkNumber('weightDecay', options.weightDecay ?? 0, { min: 0, below: Infinity }),
  }
  return optimiser({
    name: 'adam',
    options: constants,
    kinds: ['m', 'v'],
    update: (variable) =>
      hasKernels() && (variable.value.size <= smallVariable || variable.gradient.rows)
        ? byKernel(constants, variable)
        : composedAdam(constants, variable),
  })
}

type Constants = Readonly<Record<'beta1' | 'beta2' | 'epsilon' | 'weightDecay', number>>
type Variable = Parameters<Rule['update']>[0]

function byKernel(
  { weightDecay, ...constants }: Constants,
  { name, value, gradient, ...rest }: Variable,
): Updated {
  registerKernels()
  const [m, v] = rest.tensors
  const attributes = {
    ...constants,
    rate: rest.rate,
    steps: rest.steps,
    decay: decayOf(name, weightDecay),
    ...(gradient.rows && { rows: gradient.rows }),
  }
  const [variable, ...tensors] = tf
    .engine()
    .runKernel<tf.Tensor[]>('MtlAdam', { g: gradient.value, m, v, w: value }, attributes)
  return { variable, tensors }
}

/** The same of the backend's own operations. */
export function composedAdam(
  { beta1, beta2, epsilon, weightDecay }: Constants,
  { name, value, gradient, tensors: [m, v], steps, rate }: Variable,
): Updated {
  using scope = tensorScope()
  const g = gradient.value
  const first = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1))
  const second = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2))
  // Bias corrections, one for each row where rows have steps of their own.
  const perRow = (of: (step: number) => number): tf.Tensor | number =>
    gradient.rows ? byRow(value.shape, gradient.rows, (row) => of(steps[row])) : of(steps[0])
  const size = tf.mul(
    first,
    perRow((step) => rate / (1 - beta1 ** step)),
  )
  const spread = tf.mul(
    second,
    perRow((step) => 1 / (1 - beta2 ** step)),
  )
  const step = tf.div(size, tf.add(tf.sqrt(spread), epsilon))
  const moved = tf.sub(tf.mul(value, 1 - rate * decayOf(name, weightDecay)), step)
  const results = [moved, first, second].map((after, i) => inRows(gradient, after, [value, m, v][i]))
  const [variable, ...tensors] = scope.keep(results)
  return { variable, tensors }
}
