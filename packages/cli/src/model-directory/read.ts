import { readFile, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { MtlError, check, fromJson, nearest } from '@mtl/core'
import type { Json, TableDescription } from '@mtl/core'
import { z } from 'zod'
import { createCliRegistry, pluginsWith } from '../registry.ts'
import type { NamedPlugin } from '../registry.ts'
import { modelFiles, placesOf, trainingFiles } from './places.ts'
import type { RunRecord, StoredModel } from './types.ts'

/** Layout of model.json and of the directory that this program writes. */
const latest = 1

const columns = z.array(
  z.union([z.string(), z.object({ column: z.string(), as: z.enum(['number', 'levels', 'ids']).optional() })]),
)
const tableSchema: z.ZodType<TableDescription> = z.object({
  task: z.string().optional(),
  targets: z.record(z.string(), z.enum(['regression', 'binary', 'multiclass'])),
  inputs: columns,
  descriptor: columns.optional(),
  weight: z.string().optional(),
  missingMarkers: z.array(z.string()).optional(),
  missing: z.enum(['refuse', 'mean']).optional(),
  classes: z.record(z.string(), z.array(z.string())).optional(),
})
const runSchema: z.ZodType<RunRecord> = z.object({
  version: z.literal(latest),
  command: z.string(),
  seed: z.number(),
  versions: z.record(z.string(), z.string()),
  fingerprint: z.string(),
  layout: z.enum(['long', 'wide', 'list']),
  taskNoun: z.string(),
  comparison: z
    .object({
      decision: z.string(),
      recommended: z.string(),
      verdict: z.string(),
      splits: z.number(),
      methods: z.array(z.string()),
    })
    .optional(),
})

/** What a model's document holds of its method. */
interface Stored {
  readonly estimator?: string
  readonly options?: StoredModel['options']
}

/**
 * The model in a directory that `mtl train` wrote; its method is installed or comes with one of these plugins.
 * @throws MtlError 'unreadable-file' for a directory that lacks one of its files, 'invalid-document' for a file that was
 *   cut or changed or is of a later version, 'unknown-name' for a method that is not installed
 */
export async function readModel(folder: string, plugins: readonly NamedPlugin[]): Promise<StoredModel> {
  const place = await placeOfModel(folder)
  const [modelText, table, run] = await Promise.all(
    modelFiles.map(async (name) => parsed(path.join(folder, name), await textIn(folder, place, name))),
  )
  const found = (run as { version?: unknown } | null)?.version
  refuseLater(path.join(folder, 'run.json'), found)
  const document = fromJson(modelText)
  refuseLater(path.join(folder, 'model.json'), document.version)
  const description = shaped(path.join(folder, 'table.json'), tableSchema, table)
  const record = shaped(path.join(folder, 'run.json'), runSchema, run)
  const { estimator, options = {} } = (document.value ?? {}) as Stored
  const methods = estimator === undefined ? [] : [estimator]
  const registry = await createCliRegistry(await pluginsWith(plugins, methods))
  const model = registry.load(document)
  const { capabilities } = registry.estimator(model.estimator, options)
  return { model, capabilities, options, description, run: record }
}

/** The directory, or where it is missing what was about to take its place. */
async function placeOfModel(folder: string): Promise<string> {
  const places = placesOf(folder)
  for (const place of [places.folder, places.next]) {
    const found = await stat(place).catch(() => undefined)
    if (found?.isDirectory()) return place
    const parent = path.dirname(folder)
    const isWithin = modelFiles.some((name) => name === path.basename(folder))
    const message = `${folder} is a file; a model is a directory that mtl train wrote${isWithin ? `: give ${parent}` : ''}`
    check(found === undefined, 'unreadable-file', message, { folder })
  }
  const parent = path.dirname(folder)
  const beside = await readdir(parent, { withFileTypes: true }).catch(() => [])
  const folders = beside.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const meant = nearest(path.basename(folder), folders).at(0)
  const hint = meant === undefined ? '' : ` Did you mean ${path.join(parent, meant)}?`
  throw new MtlError('unreadable-file', `there is no directory ${folder}.${hint}`, { folder })
}

async function textIn(folder: string, place: string, name: string): Promise<string> {
  try {
    return await readFile(path.join(place, name), 'utf8')
  } catch (error) {
    throw new MtlError(
      'unreadable-file',
      await whyLacking(folder, place, name, error),
      { folder },
      { cause: error },
    )
  }
}

async function whyLacking(folder: string, place: string, name: string, error: unknown): Promise<string> {
  const there: readonly string[] = await readdir(place).catch(() => [])
  if (there.includes(name)) return `${path.join(folder, name)} could not be read: ${String(error)}`
  if (modelFiles.some((file) => there.includes(file)))
    return `${folder} holds no whole model: ${name} is missing, which mtl train --out ${folder} writes`
  if (Object.values(trainingFiles).some((file) => there.includes(file)))
    return `${folder} holds a training that was interrupted, and no model yet: the same mtl train with --resume goes on`
  return `${folder} holds no model; mtl train --out ${folder} writes one`
}

function parsed(file: string, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new MtlError('invalid-document', `${file} is cut off or no JSON`, { file }, { cause: error })
  }
}

function refuseLater(file: string, version: unknown): void {
  const message = `${file} is of a later version, ${String(version)}, than this program reads, ${latest}: npm install @mtl/cli@latest`
  check(!(typeof version === 'number' && version > latest), 'invalid-document', message, { file })
}

function shaped<Value>(file: string, schema: z.ZodType<Value>, value: unknown): Value {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const [{ path: where, message }] = error.issues
  const text = `${file} was changed or is none of mtl train: ${where.join('.') || 'the whole'}: ${message}`
  throw new MtlError('invalid-document', text, { file })
}
