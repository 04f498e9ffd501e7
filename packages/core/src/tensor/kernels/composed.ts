import * as tf from '@tensorflow/tfjs'

/** `takeRows` of the backend's own operations, for backends whose memory is not plain arrays. */
export function composedRows(table: tf.Tensor2D, ids: Int32Array): tf.Tensor2D {
  const [known, ones] = knownOf(ids, table.shape[0])
  return tf.mul(tf.gather(table, known), tf.expandDims(ones, 1))
}

/** The dense layer of each row's task of the backend's own operations: x [rows, in]; zeros past the last task. */
export function composedTaskDense(
  x: tf.Tensor2D,
  kernel: tf.Tensor3D,
  bias: tf.Tensor2D,
  taskOf: Int32Array,
): tf.Tensor2D {
  const [known, ones] = knownOf(taskOf, kernel.shape[0])
  const product = tf.squeeze<tf.Tensor2D>(tf.matMul(tf.expandDims(x, 1), tf.gather(kernel, known)), [1])
  return tf.mul(tf.add(product, tf.gather(bias, known)), tf.expandDims(ones, 1))
}

/** Indices of rows that are there, and 1 for each of them, 0 for one past the end. */
function knownOf(ids: Int32Array, rows: number): [tf.Tensor1D, tf.Tensor1D] {
  return [
    tf.tensor1d(
      ids.map((id) => Math.min(id, rows - 1)),
      'int32',
    ),
    tf.tensor1d(Float32Array.from(ids, (id) => Number(id < rows))),
  ]
}
