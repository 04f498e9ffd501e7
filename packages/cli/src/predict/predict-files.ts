import { observed } from '@mtl/core'
import type { Capabilities, Dataset, Distribution, Task } from '@mtl/core'
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
  host: Host,
): Promise<PredictedFiles> {
  const { model, capabilities, description } = stored
  const { support, descriptorFile, on, missing, decimal } = request
  const read = await readLike(stored, files, { descriptorFile, on, missing, decimal, labels })
  const examples =
    support.length === 0 ? undefined : await readLike(stored, support, { missing, decimal, labels: true })
  const predictions = await predictTasks(model, read.data, {
    capabilities,
    descriptors: (description.descriptor ?? []).map((column) =>
      typeof column === 'string' ? column : column.column,
    ),
    file: files.join(' '),
    ...(examples && { support: examples.data }),
  })
  const unseen = unseenTasks(model, read.data)
  if (unseen.length > 0)
    for (const line of unseenLines(model.estimator, unseen, capabilities, examples?.data))
      host.stderr.write(`note: ${line}\n`)
  return { ...read, predictions }
}

const mostNamed = 5

/** Which tasks the model does not know, by what their predictions rest on. */
function unseenLines(
  method: string,
  unseen: readonly Task[],
  { unseenTasks: grounds }: Capabilities,
  support: Dataset | undefined,
): string[] {
  const labelled = new Set(
    support?.tasks.filter((task) => observed(task).targets.length > 0).map(({ name }) => name),
  )
  const byGround = new Map<string, string[]>()
  for (const { name, descriptor } of unseen) {
    const used = [
      ...(labelled.has(name) && grounds.includes('examples') ? ['labelled rows'] : []),
      ...(descriptor !== undefined && grounds.includes('descriptor') ? ['descriptors'] : []),
    ]
    const ground = used.length === 0 ? 'what all tasks have in common' : `${used.join(' and ')} of its own`
    byGround.set(ground, [...(byGround.get(ground) ?? []), name])
  }
  const lines = [...byGround].map(([ground, names]) => {
    const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
    return `not known to the model, and predicted from ${ground}: ${names.slice(0, mostNamed).join(', ')}${rest}`
  })
  const isUnused = labelled.size > 0 && !grounds.includes('examples')
  return isUnused ? [...lines, `${method} makes no use of labelled rows`] : lines
}
