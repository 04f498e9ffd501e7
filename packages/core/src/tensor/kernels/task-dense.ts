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

function forward(call: KernelCall<TaskAttributes>): tf.TensorInfo {
  const { x, w, b } = call.inputs
  const { taskOf, tasks } = call.attributes
  const [rows, inputs] = x.shape
  const outputs = w.shape[2]
  const result = call.allocate([rows, outputs])
  const [from, kernel, bias, to] = [x, w, b, result].map((tensor) => call.view(tensor))
  for (let r = 0; r < rows; r++) {
    const task = taskOf[r]
    const at = r * outputs
    if (task >= tasks) {
      to.fill(0, at, at + outputs)
      continue
    }
    for (let o = 0; o < outputs; o++) to[at + o] = bias[task * outputs + o]
    for (let i = 0; i < inputs; i++) {
      const value = from[r * inputs + i]
      if (value === 0) continue
      for (let o = 0, k = (task * inputs + i) * outputs; o < outputs; o++) to[at + o] += value * kernel[k + o]
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
  to.fill(0)
  for (let r = 0; r < rows; r++) {
    if (taskOf[r] >= tasks) continue
    for (let i = 0; i < inputs; i++) {
      let sum = 0
      const k = (taskOf[r] * inputs + i) * outputs
      for (let o = 0; o < outputs; o++) sum += from[r * outputs + o] * kernel[k + o]
      to[r * inputs + i] = sum
    }
  }
  return result
}

function kernelGradient(call: KernelCall<TaskAttributes>): tf.TensorInfo {
  const { dy, x } = call.inputs
  const { taskOf, tasks } = call.attributes
  const [rows, outputs] = dy.shape
  const inputs = x.shape[1]
  const result = call.allocate([tasks, inputs, outputs])
  const [gradient, from, to] = [dy, x, result].map((tensor) => call.view(tensor))
  to.fill(0)
  for (let r = 0; r < rows; r++) {
    if (taskOf[r] >= tasks) continue
    for (let i = 0; i < inputs; i++) {
      const value = from[r * inputs + i]
      if (value === 0) continue
      const k = (taskOf[r] * inputs + i) * outputs
      for (let o = 0; o < outputs; o++) to[k + o] += value * gradient[r * outputs + o]
    }
  }
  return result
}
