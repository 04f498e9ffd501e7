import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { MtlError, fromJson } from '@mtl/core'
import type { Json, Model, Registry } from '@mtl/core'

/** A stored model, and the options its method was trained with. */
export interface StoredModel {
  readonly model: Model
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * The model in a directory that `mtl train` wrote.
 * @throws MtlError 'unreadable-file' where there is none, 'invalid-document', 'unknown-name' for a method that is not installed
 */
export async function loadStoredModel(folder: string, registry: Registry): Promise<StoredModel> {
  const file = path.join(folder, 'model.json')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const message = `${folder} holds no model: there is no readable ${file}. mtl train --out ${folder} writes one`
    throw new MtlError('unreadable-file', message, { file }, { cause: error })
  })
  const document = fromJson(parsed(file, text))
  const { options = {} } = (document.value ?? {}) as Partial<StoredModel>
  return { model: registry.load(document), options }
}

function parsed(file: string, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new MtlError('invalid-document', `${file} is cut off or no JSON`, { file }, { cause: error })
  }
}
