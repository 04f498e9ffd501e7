import * as tf from '@tensorflow/tfjs'
import { dense, layer, normalTensor } from '@mtl/core/tensor'
import type { Layer, LayerOptions, Variables, Weights } from '@mtl/core/tensor'
import type { TensorForm } from './factorise.ts'

export interface LayerSizes {
  readonly tasks: number
  readonly inputs: number
  readonly units: number
}

/** How kernels are made of factors. */
interface Form {
  /** As many ranks as there are; larger ones than these add nothing. */
  fullRanks(sizes: LayerSizes): readonly number[]
  /** Shapes of the factors. */
  factors(sizes: LayerSizes, ranks: readonly number[]): Readonly<Record<string, readonly number[]>>
  /** Of such factors, by the shape of one. */
  ranksOf(shapeOf: (factor: string) => readonly number[]): readonly number[]
  /** [tasks, in, out] */
  compose(factor: (name: string) => tf.Tensor): tf.Tensor3D
}

const forms: Readonly<Record<TensorForm, Form>> = {
  tucker: {
    fullRanks: ({ inputs, units, tasks }) => [inputs, units, tasks],
    factors: ({ inputs, units, tasks }, [a, b, k]) => ({
      core: [a, b, k],
      U1: [inputs, a],
      U2: [units, b],
      U3: [tasks, k],
    }),
    ranksOf: (shapeOf) => shapeOf('core'),
    compose(factor) {
      const [core, u1, u2, u3] = ['core', 'U1', 'U2', 'U3'].map(factor)
      const [a, b, k] = core.shape
      const [inputs, units, tasks] = [u1, u2, u3].map(({ shape }) => shape[0])
      const ofTasks = product(core, [a * b, k], tf.transpose(u3))
      const ofInputs = tf.reshape(product(u1, [inputs, a], ofTasks, [a, b * tasks]), [inputs, b, tasks])
      const kernels = product(tf.transpose(ofInputs, [2, 0, 1]), [tasks * inputs, b], tf.transpose(u2))
      return tf.reshape(kernels, [tasks, inputs, units])
    },
  },
  'tensor-train': {
    fullRanks: ({ inputs, units, tasks }) => [
      Math.min(inputs, units * tasks),
      Math.min(tasks, Math.min(inputs, units * tasks) * units),
    ],
    factors: ({ inputs, units, tasks }, [a, b]) => ({
      G1: [inputs, a],
      G2: [a, units, b],
      G3: [tasks, b],
    }),
    ranksOf: (shapeOf) => [shapeOf('G1')[1], shapeOf('G3')[1]],
    compose(factor) {
      const [g1, g2, g3] = ['G1', 'G2', 'G3'].map(factor)
      const [a, units, b] = g2.shape
      const [inputs, tasks] = [g1, g3].map(({ shape }) => shape[0])
      const ofTasks = product(g2, [a * units, b], tf.transpose(g3))
      const kernels = product(g1, [inputs, a], ofTasks, [a, units * tasks])
      return tf.transpose(tf.reshape(kernels, [inputs, units, tasks]), [2, 0, 1])
    },
  },
  matrix: {
    fullRanks: ({ inputs, units, tasks }) => [Math.min(tasks, inputs * units)],
    factors: ({ inputs, units, tasks }, [k]) => ({
      L: [inputs, units, k],
      S: [tasks, k],
    }),
    ranksOf: (shapeOf) => [shapeOf('S')[1]],
    compose(factor) {
      const [l, s] = ['L', 'S'].map(factor)
      const [inputs, units, k] = l.shape
      const kernels = product(l, [inputs * units, k], tf.transpose(s))
      return tf.transpose(tf.reshape(kernels, [inputs, units, s.shape[0]]), [2, 0, 1])
    },
  },
}

/** How many ranks a form has. */
export const rankCounts: Readonly<Record<TensorForm, number>> = { tucker: 3, 'tensor-train': 2, matrix: 1 }

/** A hidden layer whose kernels of all tasks are a product of factors. */
export interface TensorLayer extends Layer {
  /** Kernels of all tasks, [tasks, in, out]. */
  kernels(v: Variables): tf.Tensor3D
}

/** Name of a factor among the variables of a layer. */
export function factorName(layerName: string, factor: string): string {
  return `${ownFactors.includes(factor) ? 'tasks' : 'shared'}/${layerName}/${factor}`
}

const ownFactors = ['U3', 'G3', 'S']

/** Ranks of each layer of a trained network; undefined where it has no such factors. */
export function ranksIn(
  form: TensorForm,
  layers: number,
  weights: Weights,
): readonly (readonly number[])[] | undefined {
  const found = Array.from({ length: layers }, (_, l) =>
    forms[form].ranksOf((factor) => {
      const name = factorName(`layer/${l}`, factor)
      return Object.hasOwn(weights, name) ? weights[name].shape : []
    }),
  )
  return found.every((ranks) => ranks.length === rankCounts[form] && ranks.every(Number.isFinite))
    ? found
    : undefined
}

/** `ranks` larger than the full ones are as these. @throws MtlError 'invalid-option' */
export function tensorLayer(
  name: string,
  form: TensorForm,
  sizes: LayerSizes,
  ranks: readonly number[] | 'auto',
  options: LayerOptions,
): TensorLayer {
  const { inputs, units, tasks } = sizes
  const own = layer(`tasks/${name}`, inputs, units, { ...options, tasks })
  const full = forms[form].fullRanks(sizes)
  const chosen = ranks === 'auto' ? full : full.map((most, n) => Math.min(most, ranks[n]))
  const shapes = Object.entries(forms[form].factors(sizes, chosen))
  // An entry of a kernel is a sum of as many products as the ranks multiply to, of one number of each factor; so that it
  // has the variance of Glorot's start:
  const variance = 2 / (inputs + units)
  const terms = chosen.reduce((count, rank) => count * rank, 1)
  const deviation = Math.sqrt((variance / terms) ** (1 / shapes.length))
  const kernels = (v: Variables): tf.Tensor3D => forms[form].compose((factor) => v[factorName(name, factor)])
  return {
    units,
    init(random) {
      const { [`tasks/${name}/kernel`]: kernel, ...others } = own.init(random)
      kernel.dispose()
      const factors = shapes.map(([factor, shape]) => {
        const variable = factorName(name, factor)
        return [variable, normalTensor(random.fork(variable), shape, deviation)] as const
      })
      return { ...others, ...Object.fromEntries(factors) }
    },
    kernels,
    apply: (v, x, batch, pass) => own.apply({ ...v, [`tasks/${name}/kernel`]: kernels(v) }, x, batch, pass),
  }
}

/** a b, of tensors read as matrices of these shapes. */
function product(
  a: tf.Tensor,
  [rows, inner]: readonly [number, number],
  b: tf.Tensor,
  shape: readonly [number, number] = b.shape as [number, number],
): tf.Tensor2D {
  return dense(tf.reshape<tf.Rank.R2>(a, [rows, inner]), tf.reshape<tf.Rank.R2>(b, [...shape]))
}
