import * as tf from '@tensorflow/tfjs'
import { sampleNormal } from '../random/sample.ts'
import { lossOfKind } from './losses/loss-of-kind.ts'
import { takeRows } from './take-rows.ts'
import type { Architecture, Batch, Network, Variables } from './types.ts'

/**
 * The smallest network that has all of a network: output = x w + b + c_t of its task, w and b shared, c_t the task's own,
 * one group for each kind of task. Of one table; several outputs differ by b and c alone.
 */
export function linearNetwork(options: { readonly dropout?: number } = {}): Architecture {
  return {
    name: 'linear',
    options: { ...options },
    capabilities: { unseenTasks: ['nothing'], inputs: 'same-features' },
    build({ tables: [columns], tasks }) {
      const kinds = [...new Set(tasks.map(({ kind }) => kind))]
      const groups: Network['groups'] = kinds.map((kind) => ({
        loss: lossOfKind(kind),
        tasks: [...tasks.keys()].filter((k) => tasks[k].kind === kind),
      }))
      const widths = groups.map(({ loss, tasks: [first] }) => loss.constant(tasks[first]).length)
      return {
        groups,
        init: (random) =>
          Object.fromEntries<tf.Tensor>([
            ...groups.map((_, g) => {
              const own = random.fork(g)
              const values = Float32Array.from(
                { length: columns.length * widths[g] },
                () => 0.1 * sampleNormal(own),
              )
              return [`shared/${g}/kernel`, tf.tensor2d(values, [columns.length, widths[g]])] as const
            }),
            ...groups.map((_, g) => [`shared/${g}/bias`, tf.zeros([widths[g]])] as const),
            ...groups.map(
              ({ tasks: own }, g) => [`tasks:${g}/bias`, tf.zeros([own.length, widths[g]])] as const,
            ),
          ]),
        forward(variables, batch, pass) {
          const keep = pass && options.dropout ? 1 - options.dropout : 1
          const mask = batch.inputs[0].shape[0] * columns.length
          const drawn = Float32Array.from({ length: mask }, () =>
            pass && pass.random.next() < keep ? 1 / keep : 0,
          )
          const x =
            pass && keep < 1
              ? tf.mul(batch.inputs[0], tf.tensor2d(drawn, batch.inputs[0].shape))
              : batch.inputs[0]
          const outputs = groups.map((group, g) =>
            outputsOf(variables, x as tf.Tensor2D, batch, group.tasks, g, tasks.length),
          )
          return { outputs, ...(!batch.taskOf && { shared: x }) }
        },
      }
    },
  }
}

function outputsOf(
  variables: Variables,
  x: tf.Tensor2D,
  { taskOf }: Batch,
  tasks: readonly number[],
  g: number,
  known: number,
): tf.Tensor2D {
  const kernel = variables[`shared/${g}/kernel`] as tf.Tensor2D
  const own = variables[`tasks:${g}/bias`] as tf.Tensor2D
  const common = tf.add(tf.matMul(x, kernel), variables[`shared/${g}/bias`])
  const width = kernel.shape[1]
  if (!taskOf) {
    const cells = tf.add(tf.expandDims(common, 1), tf.expandDims(own, 0))
    return tf.reshape(cells, [x.shape[0] * tasks.length, width])
  }
  const rows = [...taskOf.keys()].filter((i) => tasks.includes(taskOf[i]) || taskOf[i] >= known)
  if (rows.length === 0) return tf.zeros([0, width])
  // Zeros past the end stand for tasks that training did not contain.
  const places = rows.map((i) => (tasks.includes(taskOf[i]) ? tasks.indexOf(taskOf[i]) : tasks.length))
  return tf.add(
    takeRows(common as tf.Tensor2D, Int32Array.from(rows)),
    takeRows(own, Int32Array.from(places)),
  )
}
