import * as tf from '@tensorflow/tfjs'
import { matrix, svd } from '@mtl/core'
import type { Matrix, TaskInfo, View } from '@mtl/core'
import { byTask, unfoldingSpectra, type KernelStack } from './factorise.ts'
import { taskSimilarity } from './task-similarity.ts'

/** Where tasks lie by their kernels, how many directions these have, and which tasks have like ones. */
export async function tensorViews(
  kernels: readonly (() => tf.Tensor3D)[],
  infos: readonly TaskInfo[],
): Promise<readonly View[]> {
  const tasks = infos.map(({ name }) => name)
  const stacks = await Promise.all(kernels.map(stackOf))
  const unfolded = stacks.map(byTask)
  const [x, y] = coordinates(unfolded, tasks.length)
  return [
    {
      kind: 'points',
      title: 'Tasks by their kernels',
      reading:
        'The two directions in which the kernels of tasks differ most: near each other are tasks of like networks.',
      labels: tasks,
      x,
      y,
    },
    ...stacks.map((stack, l) => spectrumView(stack, l)),
    taskSimilarity(tasks, unfolded),
  ]
}

/** The kernels of a layer as they are composed. */
async function stackOf(compose: () => tf.Tensor3D): Promise<KernelStack> {
  const kernel = tf.tidy(compose)
  const [tasks, inputs, units] = kernel.shape
  const data = Float64Array.from(await kernel.data())
  kernel.dispose()
  return { tasks, inputs, units, data }
}

/** Of tasks on the first two principal directions of their kernels in all layers; 0 where there is no such direction. */
function coordinates(layers: readonly Matrix[], tasks: number): readonly [Float64Array, Float64Array] {
  const columns = layers.reduce((sum, layer) => sum + layer.columns, 0)
  const joined = matrix(tasks, columns)
  let from = 0
  for (const layer of layers) {
    for (let j = 0; j < layer.columns; j++, from++) {
      let mean = 0
      for (let t = 0; t < tasks; t++) mean += layer.data[t * layer.columns + j] / tasks
      for (let t = 0; t < tasks; t++)
        joined.data[t * columns + from] = layer.data[t * layer.columns + j] - mean
    }
  }
  const { u, values } = svd(joined)
  const axis = (k: number): Float64Array =>
    Float64Array.from({ length: tasks }, (_, t) =>
      k < u.columns ? u.data[t * u.columns + k] * values[k] : 0,
    )
  return [axis(0), axis(1)]
}

function spectrumView(stack: KernelStack, layer: number): View {
  const spectra = unfoldingSpectra(stack)
  const length = Math.max(...spectra.map((values) => values.length))
  return {
    kind: 'lines',
    title: `Singular values of the kernels, layer ${layer + 1}`,
    reading: 'As many as are not near 0 are the directions that inputs, units and tasks need.',
    x: Float64Array.from({ length }, (_, k) => k + 1),
    series: ['inputs', 'units', 'tasks'].map((name, n) => ({
      name,
      values: Float64Array.from({ length }, (_, k) => spectra[n][k] ?? NaN),
    })),
  }
}
