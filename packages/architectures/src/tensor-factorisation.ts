/**
 * Tensor factorisation: a network for each task, whose kernels, stacked over tasks, are a product of small factors.
 *
 *   h_t^l = phi(h_t^(l-1) W_t^l + b_t^l),    W_tij = sum_abk core_abk U1_ia U2_jb U3_tk        'tucker'
 *                                            W_tij = sum_ab G1_ia G2_ajb G3_tb                 'tensor-train'
 *                                            W_tij = sum_k L_ijk S_tk                          'matrix' (LAF)
 *
 * A task owns its row of the last factor, its biases and its output; all else is shared. Ranks are given, or 'auto':
 * networks of the tasks are trained apart from one common start, and the smallest ranks whose product differs from their
 * kernels by a tenth are where the training of the factors begins.
 *
 * Yang and Hospedales (2017), Deep multi-task representation learning: a tensor factorisation approach, ICLR, sections 3.2
 * and 3.3.
 */
import * as tf from '@tensorflow/tfjs'
import type { Estimator } from '@mtl/core'
import { check, checkNumber, checkOneOf } from '@mtl/core'
import { layers, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type {
  Architecture,
  Body,
  HeadOptions,
  LayerOptions,
  NetworkParameters,
  Variables,
} from '@mtl/core/tensor'
import type { TensorForm } from './factorise.ts'
import { factorisedEstimator } from './factorised-trainer.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'
import { rankCounts, tensorLayer } from './tensor-layer.ts'
import { tensorViews } from './tensor-views.ts'

export interface TensorFactorisationOptions extends NetworkOptions {
  /** Widths of the hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** What kernels are a product of. Default 'tucker'. */
  readonly form?: TensorForm
  /**
   * Of each layer: [input, unit, task] of 'tucker', [input, task] of 'tensor-train', [task] of 'matrix'; one list is for
   * all layers, and more than a side has are as many as it has. Default 'auto': the smallest whose kernels differ by 0.1,
   * relatively, from those of networks of the tasks that are trained first.
   */
  readonly ranks?: 'auto' | readonly number[] | readonly (readonly number[])[]
}

/** A list of ranks for each layer, or none yet. */
type Ranks = 'auto' | readonly (readonly number[])[]

/** Kernels of all tasks in few factors. @throws MtlError 'invalid-option' */
export function tensorFactorisation(options: TensorFactorisationOptions = {}): Estimator<NetworkParameters> {
  const checked = checkedTensor(options)
  const trainer = trainerOptions(options.trainer)
  const architecture = factored(checked, checked.ranks)
  if (checked.ranks !== 'auto') return networkEstimator(architecture, networkTrainer(trainer))
  return factorisedEstimator({
    form: checked.form,
    layers: checked.widths.length,
    apart: apart(checked),
    whole: architecture,
    withRanks: (ranks) => factored(checked, ranks),
    trainer,
  })
}

/**
 * The network alone, for a trainer or a loop of one's own; ranks that are 'auto' are full ones there.
 * @throws MtlError 'invalid-option'
 */
export function tensorFactorisationArchitecture(options: TensorFactorisationOptions = {}): Architecture {
  const checked = checkedTensor(options)
  return factored(checked, checked.ranks)
}

interface CheckedTensor {
  readonly widths: readonly number[]
  readonly form: TensorForm
  readonly ranks: Ranks
  readonly hidden: LayerOptions
  readonly heads: HeadOptions
}

function checkedTensor(options: TensorFactorisationOptions): CheckedTensor {
  const { form = 'tucker' } = options
  const known = ['layers', 'form', 'ranks']
  const { widths, layer: hidden, heads } = checkedOptions('tensor-factorisation', options, known)
  checkOneOf('form', form, ['tucker', 'tensor-train', 'matrix'])
  return { widths, form, ranks: checkedRanks(form, widths.length, options.ranks ?? 'auto'), hidden, heads }
}

function checkedRanks(
  form: TensorForm,
  layerCount: number,
  ranks: NonNullable<TensorFactorisationOptions['ranks']>,
): Ranks {
  if (ranks === 'auto') return ranks
  const count = rankCounts[form]
  const text = `ranks must be 'auto', or ${count} whole numbers for form '${form}', or a list of so many for each of the ${layerCount} layers`
  const isList = Array.isArray(ranks)
  check(isList, 'invalid-option', text, { option: 'ranks' })
  const isNested = ranks.every((each): each is readonly number[] => Array.isArray(each))
  const byLayer = isNested ? ranks : new Array<readonly number[]>(layerCount).fill(ranks as readonly number[])
  const fits = byLayer.length === layerCount && byLayer.every(({ length }) => length === count)
  check(fits, 'invalid-option', text, { option: 'ranks' })
  for (const rank of byLayer.flat()) checkNumber('ranks', rank, { min: 1, integer: true })
  return byLayer
}

function factored({ widths, form, hidden, heads, ranks: asked }: CheckedTensor, ranks: Ranks): Architecture {
  return withHeads({
    name: 'tensor-factorisation',
    options: { layers: widths, form, ranks: asked, ...hidden, heads: storedHeads(heads) },
    capabilities: { descriptors: 'used' },
    heads,
    body: (features, { tasks }) => tensorBody([features, ...widths], form, ranks, tasks.length, hidden),
  })
}

/** A network for each task, all from one start; what is not a kernel has the names that it has in the network of factors. */
function apart({ widths, hidden, heads }: CheckedTensor): Architecture {
  const penalty = heads.penalty === 'validation' ? 0 : (heads.penalty ?? 0)
  return withHeads({
    name: 'tensor-factorisation',
    options: {},
    heads: { ...heads, penalty },
    body(features, { tasks: { length } }) {
      const networks = layers('tasks/layer', [features, ...widths], { ...hidden, tasks: length })
      return {
        units: networks.units,
        init: (random) =>
          tf.tidy(() => {
            const alike = Object.entries(networks.init(random)).map(([name, value]) => [
              name,
              likeFirst(value),
            ])
            return Object.fromEntries(alike) as Variables
          }),
        forward: (v, x, batch, pass) => ({ representation: networks.apply(v, x, batch, pass) }),
      }
    },
  })
}

/** The first row in place of all. */
function likeFirst(value: tf.Tensor): tf.Tensor {
  const [rows, ...others] = value.shape
  return tf.tile(tf.slice(value, 0, 1), [rows, ...others.map(() => 1)])
}

function tensorBody(
  widths: readonly number[],
  form: TensorForm,
  ranks: Ranks,
  tasks: number,
  hidden: LayerOptions,
): Body {
  const steps = widths.slice(1).map((units, l) => {
    const sizes = { tasks, inputs: widths[l], units }
    return tensorLayer(`layer/${l}`, form, sizes, ranks === 'auto' ? 'auto' : ranks[l], hidden)
  })
  return {
    units: widths[widths.length - 1],
    init: (random) => Object.assign({}, ...steps.map((step) => step.init(random))) as Variables,
    forward: (v, x, batch, pass) => ({
      representation: steps.reduce<tf.Tensor>((h, step) => step.apply(v, h, batch, pass), x),
    }),
    views: (v, _x, _batch, infos) =>
      tensorViews(
        steps.map((step) => () => step.kernels(v)),
        infos,
      ),
  }
}
