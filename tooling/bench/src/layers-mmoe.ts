import * as tf from '@tensorflow/tfjs'

export interface MmoeSize {
  readonly inputs: number
  readonly experts: number
  readonly units: number
  readonly tower: number
  readonly tasks: number
  readonly rows: number
}

/** A step of the same network written with tf.layers, on numbers of its own. */
export function layersMmoeStep({
  inputs,
  experts,
  units,
  tower,
  tasks,
  rows,
}: MmoeSize): () => Promise<number> {
  const { layers } = tf
  const input = tf.input({ shape: [inputs] })
  const each = Array.from({ length: experts }, () =>
    apply(layers.dense({ units, activation: 'relu' }), input),
  )
  const all = apply(layers.reshape({ targetShape: [experts, units] }), apply(layers.concatenate(), each))
  const outputs = Array.from({ length: tasks }, () => {
    const gate = apply(layers.dense({ units: experts, activation: 'softmax', useBias: false }), input)
    const mixed = apply(layers.dot({ axes: [1, 1] }), [all, gate])
    return apply(layers.dense({ units: 1 }), apply(layers.dense({ units: tower, activation: 'relu' }), mixed))
  })
  const model = tf.model({ inputs: input, outputs })
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'meanSquaredError' })
  const x = tf.randomNormal([rows, inputs])
  const y = Array.from({ length: tasks }, () => tf.randomNormal([rows, 1]))
  return async () => {
    const losses = await model.trainOnBatch(x, y)
    return Array.isArray(losses) ? losses[0] : losses
  }
}

function apply(
  layer: { apply(inputs: tf.SymbolicTensor | tf.SymbolicTensor[]): unknown },
  inputs: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  return layer.apply(inputs) as tf.SymbolicTensor
}
