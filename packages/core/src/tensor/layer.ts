import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { activate } from './activation.ts'
import { dense } from './dense.ts'
import { dropout } from './dropout.ts'
import { kernelTensor } from './initial.ts'
import { batchNorm, layerNorm, statisticsOf } from './normalisation.ts'
import { taskDense } from './task-dense.ts'
import type { Activation, Batch, Body, LayerOptions, TrainingPass, Variables } from './types.ts'

/** A hidden layer with its variables. */
export interface Layer extends Pick<Body, 'units' | 'init'> {
  /**
   * x is [rows, in] or [rows, tasks, in]. `added` joins x W + b before normalisation and activation; one that differs
   * from task to task, [rows, tasks, out], takes a result by row to one by row and task.
   */
  apply(variables: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass, added?: tf.Tensor): tf.Tensor
}

/**
 * dropout(activation(normalised(x W + b))): `layer('shared/trunk/0', 30, 64)`. With `tasks`, it is one tensor over
 * them. Its variables are 'NAME/kernel' and 'NAME/bias', of a normalised one 'NAME/scale' and 'NAME/offset' too.
 * @throws MtlError 'invalid-option'; batch statistics with `tasks` among them, which would let the loss of one task
 * reach what another owns
 */
export function layer(
  name: string,
  inputs: number,
  outputs: number,
  options: LayerOptions & { readonly tasks?: number } = {},
): Layer {
  const { activation = 'relu', tasks, normalise = 'none', dropout: rate = 0 } = options
  for (const width of [inputs, outputs]) checkNumber(`width of ${name}`, width, { min: 1, integer: true })
  checkNumber('dropout', rate, { min: 0, below: 1 })
  check(
    normalise !== 'batch' || tasks === undefined,
    'invalid-option',
    "layers of each task's own cannot have normalise: 'batch'; 'layer' can be used",
    { normalise },
  )
  const byTask = tasks === undefined ? [] : [tasks]
  const linear = (
    v: Variables,
    x: tf.Tensor,
    taskOf: Int32Array | undefined,
    then: Activation,
  ): tf.Tensor => {
    const [kernel, bias] = [v[`${name}/kernel`], v[`${name}/bias`]]
    if (tasks !== undefined) return taskDense(x, kernel as tf.Tensor3D, bias as tf.Tensor2D, taskOf, then)
    const byRow = (rows: tf.Tensor): tf.Tensor2D =>
      dense(rows as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D, then)
    if (x.rank === 2) return byRow(x)
    return tf.reshape(byRow(tf.reshape(x, [-1, inputs])), [...x.shape.slice(0, -1), outputs])
  }

  return {
    units: outputs,
    init: (random) => {
      const variables: Record<string, tf.Tensor> = {
        [`${name}/kernel`]: kernelTensor(random.fork(name), [...byTask, inputs, outputs]),
        [`${name}/bias`]: tf.zeros([...byTask, outputs]),
      }
      if (normalise === 'none') return variables
      variables[`${name}/scale`] = tf.ones([...byTask, outputs])
      variables[`${name}/offset`] = tf.zeros([...byTask, outputs])
      if (normalise === 'layer') return variables
      const [mean, variance] = statisticsOf(name)
      variables[mean] = tf.zeros([outputs])
      variables[variance] = tf.ones([outputs])
      return variables
    },
    apply(v, x, batch, pass, added) {
      // One kernel does the whole of a layer that is neither added to nor normalised.
      if (normalise === 'none' && !added) return dropout(linear(v, x, batch.taskOf, activation), rate, pass)
      const plain = linear(v, x, batch.taskOf, 'linear')
      const z = added ? tf.add(plain.rank < added.rank ? tf.expandDims(plain, 1) : plain, added) : plain
      return dropout(activate(normalised(normalise, name, v, z, batch, pass), activation), rate, pass)
    },
  }
}

function normalised(
  how: LayerOptions['normalise'],
  name: string,
  v: Variables,
  z: tf.Tensor,
  batch: Batch,
  pass: TrainingPass | undefined,
): tf.Tensor {
  if (how === 'layer') return layerNorm(name, v, z, batch)
  return how === 'batch' ? batchNorm(name, v, z, pass) : z
}
