import { observed } from '@mtl/core'
import type { Distribution, Registry } from '@mtl/core'
import type { Host } from '../host.ts'
import type { StoredModel } from '../model-directory/types.ts'
import type { PredictRequest } from './options.ts'
import { predictTasks, unseenTasks } from './predict-tasks.ts'
import { readLike } from './read-like.ts'
import type { ReadAlike } from './read-like.ts'

/** New tables, and what a model predicts for the tasks in them, in order. */
export interface PredictedFiles extends ReadAlike {
  readonly predictions: readonly Distribution[]
}

/**
 * Reads new tables as the model was trained, and predicts for all their tasks; says on stderr which of them the model
 * does not know.
 * @throws MtlError of `readLike` and `predictTasks`
 */
export async function predictFiles(
  stored: StoredModel,
  files: readonly string[],
  request: PredictRequest,
  labels: boolean,
  registry: Registry,
  host: Host,
): Promise<PredictedFiles> {
  const { model, options, description } = stored
  const { support, descriptorFile, on, missing } = request
  const read = await readLike(stored, files, { descriptorFile, on, missing, labels })
  const examples =
    support.length === 0 ? undefined : await readLike(stored, support, { missing, labels: true })
  const predictions = await predictTasks(model, read.data, {
    capabilities: registry.estimator(model.estimator, options).capabilities,
    descriptors: (description.descriptor ?? []).map((column) =>
      typeof column === 'string' ? column : column.column,
    ),
    file: files.join(' '),
    ...(examples && { support: examples.data }),
  })
  const unseen = unseenTasks(model, read.data)
  if (unseen.length > 0) {
    const given = new Set(
      examples?.data.tasks.filter((task) => observed(task).targets.length > 0).map(({ name }) => name),
    )
    const supported = unseen.filter(({ name }) => given.has(name)).length
    const described = unseen.filter(({ descriptor }) => descriptor !== undefined).length
    host.stderr.write(
      `note: ${unseen.length} of ${read.data.tasks.length} tasks are unknown to the model; ${supported} of them have labelled rows in --support, ${described} descriptors\n`,
    )
  }
  return { ...read, predictions }
}
