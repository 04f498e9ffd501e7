import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../../error/check-number.ts'
import type { RandomGenerator } from '../../random/types.ts'
import { dense } from '../dense.ts'
import { kernelTensor, normalTensor } from '../initial.ts'
import { takeRows } from '../take-rows.ts'
import type { Batch, DataShape, Variables } from '../types.ts'

/** Of the first values of embeddings. */
const embeddingDeviation = 0.05

export interface InputLayer {
  /** Columns of an encoded row. */
  readonly features: number
  init(random: RandomGenerator): Variables
  /** Numbers as they are, level ids embedded, tables of several widths brought to one: [rows, features]. */
  apply(variables: Variables, batch: Batch): tf.Tensor2D
}

interface TableLayer {
  /** Of an encoded row. */
  readonly width: number
  init(random: RandomGenerator): Variables
  apply(variables: Variables, x: tf.Tensor2D): tf.Tensor2D
}

/** `embedding`: width of every embedding; default min(50, ceil(1.6 levels^0.56)). */
export function inputLayer(shape: DataShape, embedding: number | undefined): InputLayer {
  if (embedding !== undefined) checkNumber('embedding', embedding, { min: 1, integer: true })
  const tables = shape.tables.map((levels, t) => tableLayer(`shared/input/${t}`, levels, embedding))
  const features = Math.max(...tables.map(({ width }) => width))
  // Several tables: a layer of each brings it to the common width.
  const adapters = tables.length === 1 ? [] : tables.map((_, t) => `shared/input/${t}`)
  return {
    features,
    init: (random) => {
      const adapted = adapters.map((name, t) => ({
        [`${name}/kernel`]: kernelTensor(random.fork(name), [tables[t].width, features]),
        [`${name}/bias`]: tf.zeros([features]),
      }))
      return Object.assign({}, ...tables.map((table) => table.init(random)), ...adapted) as Variables
    },
    apply(v, { inputs }) {
      const parts = tables.flatMap((table, t) => {
        // A batch without rows of a table, unless it has none at all.
        if (inputs[t].shape[0] === 0 && inputs.some((x) => x.shape[0] > 0)) return []
        const x = table.apply(v, inputs[t])
        if (adapters.length === 0) return [x]
        return [dense(x, v[`${adapters[t]}/kernel`] as tf.Tensor2D, v[`${adapters[t]}/bias`] as tf.Tensor1D)]
      })
      return parts.length === 1 ? parts[0] : tf.concat(parts, 0)
    },
  }
}

function tableLayer(name: string, levels: readonly number[], embedding: number | undefined): TableLayer {
  const numbers = levels.flatMap((count, column) => (count === 0 ? [column] : []))
  const embedded = levels.flatMap((count, column) =>
    count === 0 ? [] : [{ count, column, width: embedding ?? Math.min(50, Math.ceil(1.6 * count ** 0.56)) }],
  )
  const width = embedded.reduce((sum, each) => sum + each.width, numbers.length)
  return {
    width,
    // Row 0 is that of unknown levels.
    init: (random) =>
      Object.fromEntries(
        embedded.map(({ count, column, width: columns }) => [
          `${name}/${column}`,
          normalTensor(random.fork(`${name}/${column}`), [count + 1, columns], embeddingDeviation),
        ]),
      ),
    apply(v, x) {
      if (embedded.length === 0) return x
      const values = x.dataSync()
      const [rows, columns] = x.shape
      const plain = new Float32Array(rows * numbers.length)
      for (let i = 0; i < rows; i++)
        numbers.forEach((column, j) => (plain[i * numbers.length + j] = values[i * columns + column]))
      const parts = embedded.map(({ column }) =>
        takeRows(
          v[`${name}/${column}`] as tf.Tensor2D,
          Int32Array.from({ length: rows }, (_, i) => values[i * columns + column]),
        ),
      )
      return numbers.length === 0
        ? tf.concat(parts, 1)
        : tf.concat([tf.tensor2d(plain, [rows, numbers.length]), ...parts], 1)
    },
  }
}
