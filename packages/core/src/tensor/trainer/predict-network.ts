import * as tf from '@tensorflow/tfjs'
import { memoised } from '../../data/memoised.ts'
import { scaleInputs } from '../../data/scaling.ts'
import type { TaskInfo } from '../../data/types.ts'
import type { Distribution } from '../../distribution/types.ts'
import { check } from '../../error/mtl-error.ts'
import type { Matrix } from '../../linalg/types.ts'
import type { Query, UnseenTask } from '../../model/types.ts'
import { standIn } from '../../model/unseen-task.ts'
import { ensureBackend } from '../backend.ts'
import type { Architecture } from '../types.ts'
import { loadVariables } from '../variables.ts'
import { rawOutputs, type Asked } from './raw-outputs.ts'
import type { NetworkParameters } from './types.ts'

/**
 * One forward pass for the queries of each table; those that share `inputs` run once. An unseen task takes the scale of
 * the first trained one of its kind, and what tasks own counts as 0 for it.
 * @throws MtlError 'unsupported' (an unseen task of a network whose tasks differ in loss or heads), 'unknown-name' (no
 *   trained task is of its kind), 'not-finite'
 */
export async function predictNetwork(
  architecture: Architecture,
  parameters: NetworkParameters,
  queries: readonly Query[],
): Promise<readonly Distribution[]> {
  const { tasks } = parameters.shape
  const likes = queries.map(({ task }) =>
    typeof task === 'number' ? task : tasks.findIndex(({ kind }) => kind === (task.kind ?? tasks[0].kind)),
  )
  return predictLike(architecture, parameters, queries, likes)
}

/** With the scale of unseen tasks known from what the trained ones measure. */
export async function predictQueries(
  architecture: Architecture,
  parameters: NetworkParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
): Promise<readonly Distribution[]> {
  const likes = queries.map(({ task }) => standIn(tasks, task))
  return predictLike(architecture, parameters, queries, likes)
}

/** `likes`: of each query the trained task whose table and scale it has. */
async function predictLike(
  architecture: Architecture,
  parameters: NetworkParameters,
  queries: readonly Query[],
  likes: readonly number[],
): Promise<readonly Distribution[]> {
  const { shape, tables, weights, tasks } = parameters
  check(!likes.includes(-1), 'unknown-name', 'no trained task is of the kind of the unseen one')
  const network = architecture.build(shape)
  const unseen = queries.flatMap(({ task }) => (typeof task === 'number' ? [] : [task]))
  check(
    unseen.length === 0 || network.groups.length === 1,
    'unsupported',
    'an unseen task needs trained tasks of one loss, with heads of one size: these differ',
  )
  const scale = tables.map((table) =>
    memoised((inputs: Matrix) => Float32Array.from(scaleInputs(inputs, table).data)),
  )
  const places = new Map(unseen.map((task, u) => [task, shape.tasks.length + u]))
  const asked = queries.map(({ task, inputs }, q): Asked => {
    const { table } = shape.tasks[likes[q]]
    return {
      task: typeof task === 'number' ? task : (places.get(task) ?? 0),
      table,
      inputs: scale[table](inputs),
      rows: inputs.rows,
    }
  })
  await ensureBackend()
  const variables = loadVariables(weights)
  try {
    const descriptors = descriptorsOf(parameters, unseen)
    const outputs = await rawOutputs({ network, variables, shape, descriptors }, asked)
    const losses = new Map(
      network.groups.flatMap(({ tasks: members, loss }) => members.map((k) => [k, loss] as const)),
    )
    return outputs.map((output, q) => {
      const loss = losses.get(likes[q]) ?? network.groups[0].loss
      return loss.distribution(output, tasks[likes[q]])
    })
  } finally {
    tf.dispose({ ...variables })
  }
}

/** Scaled, of the trained tasks and after them of the unseen ones; one that is not given is the mean. */
function descriptorsOf(
  { descriptor: scaling, descriptors }: NetworkParameters,
  unseen: readonly UnseenTask[],
): Float32Array {
  const { means, deviations } = scaling
  const further = unseen.flatMap(({ descriptor = means }) =>
    Array.from(descriptor, (value, j) => (value - means[j]) / deviations[j]),
  )
  return Float32Array.from([...(descriptors ?? []), ...further])
}
