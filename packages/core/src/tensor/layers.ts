import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { activate } from './activation.ts'
import { dense } from './dense.ts'
import { dropout } from './dropout.ts'
import { kernelTensor } from './initial.ts'
import { batchNorm, layerNorm, statisticsOf } from './normalisation.ts'
import { taskDense } from './task-dense.ts'
import type { Batch, Body, LayerOptions, TrainingPass, Variables } from './types.ts'

/**
 * Hidden layers with their variables: `layers('shared/trunk', [30, 64, 32])`. With `tasks`, each layer is
 * one tensor over them. Layer l has 'NAME/l/kernel' and 'NAME/l/bias', normalised ones 'NAME/l/scale' and
 * 'NAME/l/offset' too; dense, then normalisation, activation, dropout.
 * @throws MtlError 'invalid-option'; batch statistics with `tasks` among them, which would let the loss of one task
 * reach what another owns
 */
export function layers(
  name: string,
  widths: readonly number[],
  options: LayerOptions & { readonly tasks?: number } = {},
): Pick<Body, 'units' | 'init'> & {
  apply(variables: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass): tf.Tensor
} {
  const { activation = 'relu', tasks, normalise = 'none', dropout: rate = 0 } = options
  widths.forEach((width) => checkNumber(`width of ${name}`, width, { min: 1, integer: true }))
  checkNumber('dropout', rate, { min: 0, below: 1 })
  check(
    normalise !== 'batch' || tasks === undefined,
    'invalid-option',
    "layers of each task's own cannot have normalise: 'batch'; 'layer' can be used",
    { normalise },
  )
  const byTask = tasks === undefined ? [] : [tasks]
  const steps = widths.slice(1).map((outputs, l) => ({ inputs: widths[l], outputs, layer: `${name}/${l}` }))

  return {
    units: widths[widths.length - 1],
    init: (random) => {
      const variables: Record<string, tf.Tensor> = {}
      for (const { inputs, outputs, layer } of steps) {
        variables[`${layer}/kernel`] = kernelTensor(
          random.fork(layer),
          [...byTask, inputs, outputs],
          activation,
        )
        variables[`${layer}/bias`] = tf.zeros([...byTask, outputs])
        if (normalise === 'none') continue
        variables[`${layer}/scale`] = tf.ones([...byTask, outputs])
        variables[`${layer}/offset`] = tf.zeros([...byTask, outputs])
        if (normalise === 'layer') continue
        const [mean, variance] = statisticsOf(layer)
        variables[mean] = tf.zeros([outputs])
        variables[variance] = tf.ones([outputs])
      }
      return variables
    },
    apply(v, x, batch, pass) {
      let h = x
      for (const { layer } of steps) {
        const [kernel, bias] = [v[`${layer}/kernel`], v[`${layer}/bias`]]
        const now = normalise === 'none' ? activation : 'linear'
        h =
          tasks === undefined
            ? dense(h as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D, now)
            : taskDense(h, kernel as tf.Tensor3D, bias as tf.Tensor2D, batch.taskOf, now)
        if (normalise === 'layer') h = activate(layerNorm(layer, v, h, batch), activation)
        if (normalise === 'batch') h = activate(batchNorm(layer, v, h, pass), activation)
        h = dropout(h, rate, pass)
      }
      return h
    },
  }
}
