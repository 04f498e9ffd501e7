/**
 * Multi-task attention network: a trunk that all tasks share, and masks by which each task takes its own from every block.
 *
 *   u^l = phi(h^(l-1) A_l + a_l),    h^l = phi(u^l B_l + b_l)
 *   m_t^l = sigmoid(relu([u^l, z_t^(l-1)] C_tl + c_tl) D_tl + d_tl),    z_t^l = phi((m_t^l * h^l) P_tl + p_tl)
 *
 * h^0 are the inputs of a row; z_t is absent from the first mask; task t reads z_t of the last block. d starts at `maskBias`,
 * so that masks are nearly open. The hidden layer of a mask has a quarter of the block's width, at least 2.
 *
 * Liu, Johns and Davison (2019), End-to-end multi-task learning with attention, CVPR, section 3, equations 1 and 2; its
 * convolutions are dense layers here.
 */
import * as tf from '@tensorflow/tfjs'
import { check, checkNumber } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { layer, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, Batch, Body, LayerOptions, NetworkParameters, Variables } from '@mtl/core/tensor'
import { maskViews } from './mask-views.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

export interface MtanOptions extends NetworkOptions {
  /** Widths of the blocks. Default [32, 16]. */
  readonly layers?: readonly number[]
  /** Where masks start, before the sigmoid. Default 2: nine tenths open, near to a shared bottom. */
  readonly maskBias?: number
}

/** Heads are each task's own by default, since what it reads is its own. @throws MtlError 'invalid-option' */
export function mtan(options: MtanOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(mtanArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function mtanArchitecture(options: MtanOptions = {}): Architecture {
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('mtan', { ...options, heads: { sharing: 'own', ...options.heads } }, [
    'layers',
    'maskBias',
  ])
  check(widths.length > 0, 'invalid-option', 'layers must name one width at least, as [32, 16]', {
    option: 'layers',
  })
  const maskBias = checkNumber('maskBias', options.maskBias ?? 2, { min: -100, max: 100 })
  return withHeads({
    name: 'mtan',
    options: { layers: widths, maskBias, ...hidden, heads: storedHeads(heads) },
    capabilities: { descriptors: 'used' },
    heads,
    body: (features, { tasks }) => maskedBlocks([features, ...widths], tasks.length, maskBias, hidden),
  })
}

function maskedBlocks(
  widths: readonly number[],
  tasks: number,
  maskBias: number,
  options: LayerOptions,
): Body {
  const blocks = widths.slice(1).map((units, l) => block(l, widths[l], units, tasks, maskBias, options))

  /** What tasks read, and the masks of each block: [rows, tasks, units], where tasks own their rows [rows, units]. */
  const passed = (
    v: Variables,
    x: tf.Tensor,
    batch: Batch,
    pass?: Parameters<Body['forward']>[3],
  ): { readonly z: tf.Tensor; readonly h: tf.Tensor; readonly masks: readonly tf.Tensor[] } => {
    let h = x
    let z: tf.Tensor | undefined
    const masks = blocks.map((each) => {
      const u = each.first.apply(v, h, batch, pass)
      h = each.second.apply(v, u, batch, pass)
      const seen = z ? beside(u, z) : u
      const mask = tf.sigmoid(each.maskOut.apply(v, each.maskIn.apply(v, seen, batch, pass), batch, pass))
      const own = tf.mul(mask, mask.rank === 3 ? tf.expandDims(h, 1) : h)
      z = each.post.apply(v, own, batch, pass)
      return mask
    })
    return { z: z ?? x, h, masks }
  }

  return {
    units: widths[widths.length - 1],
    init: (random) =>
      Object.assign({}, ...blocks.map((each) => each.init(random))) as ReturnType<Body['init']>,
    forward(v, x, batch, pass) {
      const { z, h } = passed(v, x, batch, pass)
      return { representation: z, ...(!batch.taskOf && { shared: h }) }
    },
    views: async (v, x, batch, infos) => {
      const masks = tf.tidy(() => passed(v, x, batch).masks.map((mask) => tf.clone(mask)))
      try {
        const values = await Promise.all(masks.map((mask) => mask.data()))
        return maskViews(infos, values, widths.slice(1), batch.taskOf)
      } finally {
        tf.dispose(masks)
      }
    },
  }
}

interface Block extends Record<'first' | 'second' | 'maskIn' | 'maskOut' | 'post', ReturnType<typeof layer>> {
  init: Body['init']
}

function block(
  l: number,
  inputs: number,
  units: number,
  tasks: number,
  maskBias: number,
  options: LayerOptions,
): Block {
  const hiddenUnits = Math.max(2, Math.ceil(units / 4))
  const seen = l === 0 ? units : units + inputs
  const parts = {
    first: layer(`shared/block/${l}/first`, inputs, units, options),
    second: layer(`shared/block/${l}/second`, units, units, options),
    maskIn: layer(`tasks/mask/${l}/in`, seen, hiddenUnits, { tasks }),
    maskOut: layer(`tasks/mask/${l}/out`, hiddenUnits, units, { activation: 'linear', tasks }),
    post: layer(`tasks/post/${l}`, units, units, { ...options, tasks }),
  }
  return {
    ...parts,
    init: (random) => {
      const fresh = Object.assign({}, ...Object.values(parts).map((part) => part.init(random))) as Record<
        string,
        tf.Tensor
      >
      const bias = `tasks/mask/${l}/out/bias`
      fresh[bias].dispose()
      return { ...fresh, [bias]: tf.fill([tasks, units], maskBias) }
    },
  }
}

/** [u, z], u of rows that all tasks share repeated for each task. */
function beside(u: tf.Tensor, z: tf.Tensor): tf.Tensor {
  if (z.rank === 2) return tf.concat([u, z], 1)
  const tasks = z.shape[1] ?? 0
  return tf.concat([tf.mul(tf.expandDims(u, 1), tf.ones([1, tasks, 1])), z], 2)
}
