import * as tf from '@tensorflow/tfjs'
import { singularFactors } from '@mtl/core'
import type { Matrix, TaskInfo, View } from '@mtl/core'
import type { DataShape, Variables } from '@mtl/core/tensor'
import { groupNorms, type ColumnGroups } from './column-penalties.ts'
import { taskSimilarity } from './task-similarity.ts'

/** Singular values below this share of the largest are rounding in float32. */
const rounding = 1e-6

/** Which groups of the penalised layers are in use, how large each is, and which tasks use the same. */
export async function columnViews(
  groups: ColumnGroups,
  layers: readonly string[],
  v: Variables,
  shape: DataShape,
  infos: readonly TaskInfo[],
): Promise<readonly View[]> {
  const tasks = infos.map(({ name }) => name)
  const kernels = layers.map((layer) => v[`${layer}/kernel`] as tf.Tensor3D)
  if (groups === 'trace-norm') {
    const unfolded = await Promise.all(kernels.map(unfoldedOf))
    const values = unfolded.map(singularValues)
    return [
      usedView('directions', values),
      ...values.map((each, l) => spectrumView(l, each)),
      taskSimilarity(tasks, unfolded),
    ]
  }
  const norms = await Promise.all(
    kernels.map((kernel, l) => read(() => groupNorms(groups, kernel, v[`${layers[l]}/bias`] as tf.Tensor2D))),
  )
  const [rows, inputs] = kernels[0].shape
  const own = await read(() => groupNorms('task-rows', kernels[0], v[`${layers[0]}/bias`] as tf.Tensor2D))
  const what = { 'input-rows': 'inputs', 'task-rows': 'inputs of tasks', 'output-units': 'units of tasks' }
  return [
    usedView(what[groups], norms),
    ...norms.map((each, l) => normView(groups, l, each, tasks, inputNames(shape, infos, inputs))),
    taskSimilarity(tasks, [{ rows, columns: inputs, data: own }]),
  ]
}

async function read(make: () => tf.Tensor): Promise<Float64Array> {
  const tensor = tf.tidy(make)
  const values = Float64Array.from(await tensor.data())
  tensor.dispose()
  return values
}

/** A kernel as tasks x (in out). */
async function unfoldedOf(kernel: tf.Tensor3D): Promise<Matrix> {
  const [rows, inputs, outputs] = kernel.shape
  return { rows, columns: inputs * outputs, data: Float64Array.from(await kernel.data()) }
}

function singularValues(unfolded: Matrix): Float64Array {
  const values = singularFactors(unfolded.rows, unfolded.columns).factorise(unfolded).toSorted().toReversed()
  return values.map((value) => (value > rounding * values[0] ? value : 0))
}

function usedView(what: string, sizes: readonly Float64Array[]): View {
  return {
    kind: 'table',
    title: `How many ${what} are in use`,
    reading: 'The penalty has set all others to 0.',
    columns: ['layer', 'in use', 'of'],
    rows: sizes.map((each, l) => [l + 1, each.filter((size) => size > 0).length, each.length]),
  }
}

function spectrumView(layer: number, values: Float64Array): View {
  return {
    kind: 'bars',
    title: `Singular values of the tasks' kernels, layer ${layer + 1}`,
    reading: 'As many as are not 0 are the directions in which tasks differ or agree.',
    labels: Array.from(values, (_, k) => `${k + 1}`),
    values,
  }
}

function normView(
  groups: Exclude<ColumnGroups, 'trace-norm'>,
  layer: number,
  norms: Float64Array,
  tasks: readonly string[],
  inputs: readonly string[],
): View {
  if (groups === 'input-rows')
    return {
      kind: 'bars',
      title: 'Inputs by the norm of their weights over tasks',
      reading: 'An input of 0 is used by no task.',
      labels: inputs,
      values: norms,
      sorted: true,
    }
  const columns = norms.length / tasks.length
  const isInputs = groups === 'task-rows'
  return {
    kind: 'matrix',
    title: isInputs
      ? 'Norm of the weights of inputs by task'
      : `Norm of the weights of units, layer ${layer + 1}`,
    reading: isInputs
      ? 'An input of 0 is not used by the task.'
      : 'A unit of 0 is one that the task does without.',
    rows: tasks,
    columns: isInputs ? inputs : Array.from({ length: columns }, (_, j) => `unit ${j + 1}`),
    values: { rows: tasks.length, columns, data: norms },
  }
}

/** Names of the columns that layers read: numbers by their feature, after them the numbers that stand for level ids. */
function inputNames({ tables }: DataShape, [{ features }]: readonly TaskInfo[], count: number): string[] {
  // Tables of several widths are brought to one by layers of their own.
  const numbers = tables.length === 1 ? features.filter((_, column) => tables[0][column] === 0) : []
  return Array.from({ length: count }, (_, i) =>
    i < numbers.length ? numbers[i].name : `encoded input ${i - numbers.length + 1}`,
  )
}
