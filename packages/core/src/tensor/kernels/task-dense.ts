import * as tf from '@tensorflow/tfjs'
import type { KernelCall } from './memory.ts'
import { defineKernel, runKernel } from './memory.ts'

interface TaskAttributes {
  /** Of each row; one past the last task gives zeros. */
  readonly taskOf: Int32Array
  readonly tasks: number
}

/** y[r] = b[t] + x[r] w[t], t the task of row r; x [rows, in], w [tasks, in, out], b [tasks, out]. */
export function defineTaskDense(): void {
  defineKernel('MtlTaskDense', forward)
  defineKernel('MtlTaskDenseX', inputGradient)
  defineKernel('MtlTaskDenseW', kernelGradient)
  tf.registerGradient({
    kernelName: 'MtlTaskDense',
    inputsToSave: ['x', 'w'],
    gradFunc: (gradient, [x, w], attributes) => {
      const dy = gradient as tf.Tensor
      const { taskOf, tasks } = attributes as unknown as TaskAttributes
      return {
        x: () => runKernel('MtlTaskDenseX', { dy, w }, { taskOf, tasks }),
        w: () => runKernel('MtlTaskDenseW', { dy, x }, { taskOf, tasks }),
        b: () => runKernel('MtlRowsGradient', { dy }, { ids: taskOf, rows: tasks }),
      }
    },
  })
}

/** Sums are kept in float64 until they are whole, of four outputs at a time: stores to float32 would cost more than the sums. */
function forward(call: KernelCall<TaskAttributes>): tf.TensorInfo {
  const { x, w, b } = call.inputs
  const { taskOf, tasks } = call.attributes
  const [rows, inputs] = x.shape
  const outputs = w.shape[2]
  const result = call.allocate([rows, outputs])
  const [from, kernel, bias, to] = [x, w, b, result].map((tensor) => call.view(tensor))
  const blocks = outputs - (outputs % 4)
  for (let r = 0; r < rows; r++) {
    const task = taskOf[r]
    const at = r * outputs
    if (task >= tasks) {
      to.fill(0, at, at + outputs)
      continue
    }
    const row = r * inputs
    const first = task * inputs * outputs
    const biases = task * outputs
    for (let o = 0; o < blocks; o += 4) {
      let s0 = bias[biases + o]
      let s1 = bias[biases + o + 1]
      let s2 = bias[biases + o + 2]
      let s3 = bias[biases + o + 3]
      for (let i = 0, k = first + o; i < inputs; i++, k += outputs) {
        const value = from[row + i]
        s0 += value * kernel[k]
        s1 += value * kernel[k + 1]
        s2 += value * kernel[k + 2]
        s3 += value * kernel[k + 3]
      }
      to[at + o] = s0
      to[at + o + 1] = s1
      to[at + o + 2] = s2
      to[at + o + 3] = s3
    }
    for (let o = blocks; o < outputs; o++) {
      let sum = bias[biases + o]
      for (let i = 0, k = first + o; i < inputs; i++, k += outputs) sum += from[row + i] * kernel[k]
      to[at + o] = sum
    }
  }
  return result
}

function inputGradient(call: KernelCall<TaskAttributes>): tf.TensorInfo {
  const { dy, w } = call.inputs
  const { taskOf, tasks } = call.attributes
  const [rows, outputs] = dy.shape
  const inputs = w.shape[1]
  const result = call.allocate([rows, inputs])
  const [from, kernel, to] = [dy, w, result].map((tensor) => call.view(tensor))
  for (let r = 0; r < rows; r++) {
    const at = r * inputs
    if (taskOf[r] >= tasks) {
      to.fill(0, at, at + inputs)
      continue
    }
    const row = r * outputs
    for (let i = 0, k = taskOf[r] * inputs * outputs; i < inputs; i++, k += outputs) {
      let sum = 0
      for (let o = 0; o < outputs; o++) sum += from[row + o] * kernel[k + o]
      to[at + i] = sum
    }
  }
  return result
}

function kernelGradient(call: KernelCall<TaskAttributes>): tf.TensorInfo {
  const { dy, x } = call.inputs
  const { taskOf, tasks } = call.attributes
  const outputs = dy.shape[1]
  const inputs = x.shape[1]
  const result = call.allocate([tasks, inputs, outputs])
  const [gradient, from, to] = [dy, x, result].map((tensor) => call.view(tensor))
  const { order, starts } = rowsByTask(taskOf, tasks)
  const blocks = outputs - (outputs % 4)
  for (let task = 0; task < tasks; task++) {
    const [begin, end] = [starts[task], starts[task + 1]]
    const first = task * inputs * outputs
    if (begin === end) {
      to.fill(0, first, first + inputs * outputs)
      continue
    }
    for (let i = 0; i < inputs; i++) {
      const at = first + i * outputs
      for (let o = 0; o < blocks; o += 4) {
        let s0 = 0
        let s1 = 0
        let s2 = 0
        let s3 = 0
        for (let n = begin; n < end; n++) {
          const value = from[order[n] * inputs + i]
          const g = order[n] * outputs + o
          s0 += value * gradient[g]
          s1 += value * gradient[g + 1]
          s2 += value * gradient[g + 2]
          s3 += value * gradient[g + 3]
        }
        to[at + o] = s0
        to[at + o + 1] = s1
        to[at + o + 2] = s2
        to[at + o + 3] = s3
      }
      for (let o = blocks; o < outputs; o++) {
        let sum = 0
        for (let n = begin; n < end; n++)
          sum += from[order[n] * inputs + i] * gradient[order[n] * outputs + o]
        to[at + o] = sum
      }
    }
  }
  return result
}

/** Rows in the order of their tasks; those of task t are `order[starts[t]]` to `order[starts[t + 1] - 1]`. */
function rowsByTask(
  taskOf: Int32Array,
  tasks: number,
): { readonly order: Int32Array; readonly starts: Int32Array } {
  const starts = new Int32Array(tasks + 1)
  for (const task of taskOf) if (task < tasks) starts[task + 1]++
  for (let task = 0; task < tasks; task++) starts[task + 1] += starts[task]
  const next = starts.slice()
  const order = new Int32Array(starts[tasks])
  for (let r = 0; r < taskOf.length; r++) if (taskOf[r] < tasks) order[next[taskOf[r]]++] = r
  return { order, starts }
}
