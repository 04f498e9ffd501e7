import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { MtlError, check, toJson } from '@mtl/core'
import type { Model, TableDescription } from '@mtl/core'
import { modelFiles, placesOf, trainingFiles } from './places.ts'
import type { Places } from './places.ts'
import type { RunRecord } from './types.ts'

const ownFiles: ReadonlySet<string> = new Set([
  ...modelFiles,
  ...Object.values(trainingFiles).flatMap((file) => [file, `${file}.tmp`]),
])

/**
 * Makes sure that the directory can take a model, which will replace it whole: it is made where there is none, and what
 * a killed process left of an exchange is finished or taken away.
 * @throws MtlError 'invalid-option' for one that holds other files, is a file, or is the working directory or above it;
 *   'unreadable-file' where it cannot be written
 */
export function claimFolder(folder: string): void {
  const places = placesOf(folder)
  check(
    !process.cwd().startsWith(places.folder + path.sep) && process.cwd() !== places.folder,
    'invalid-option',
    `--out ${folder} is the working directory or above it; name a directory within, which the model has for itself`,
  )
  writing(folder, () => {
    settle(places)
    const found = statSync(places.folder, { throwIfNoEntry: false })
    check(found?.isDirectory() !== false, 'invalid-option', `--out ${folder} is a file; name a directory`)
    mkdirSync(places.folder, { recursive: true })
    const others = readdirSync(places.folder).filter((name) => !ownFiles.has(name))
    const message = `--out ${folder} holds other files (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}), which a new model would replace; name a directory of its own`
    check(others.length === 0, 'invalid-option', message, { folder })
  })
}

/** Takes a directory away in which nothing was kept. */
export function leaveFolder(folder: string): void {
  writing(folder, () => {
    const { folder: place } = placesOf(folder)
    if (readdirSync(place).length === 0) rmdirSync(place)
  })
}

/**
 * Puts a model in the place of what the directory holds. Whenever the process is killed, a reader finds the former model
 * or this one.
 * @throws MtlError 'unreadable-file' where it cannot be written
 */
export function writeModel(
  folder: string,
  content: { readonly model: Model; readonly description: TableDescription; readonly run: RunRecord },
): void {
  const places = placesOf(folder)
  const { model, description, run } = content
  const texts = {
    'model.json': JSON.stringify(toJson(model.toDocument())),
    'table.json': JSON.stringify(description, null, 2),
    'run.json': JSON.stringify(run, null, 2),
  }
  writing(folder, () => {
    settle(places)
    mkdirSync(places.writing, { recursive: true })
    for (const name of modelFiles)
      writeFileSync(path.join(places.writing, name), `${texts[name]}\n`, { flush: true })
    renameSync(places.writing, places.next)
    if (statSync(places.folder, { throwIfNoEntry: false }) !== undefined)
      renameSync(places.folder, places.previous)
    settle(places)
  })
}

/** Finishes an exchange that was broken off after its model was whole, and takes away what else is left of one. */
function settle({ folder, writing: unfinished, next, previous }: Places): void {
  const exists = (place: string): boolean => statSync(place, { throwIfNoEntry: false }) !== undefined
  if (!exists(folder) && exists(next)) renameSync(next, folder)
  for (const place of [unfinished, next, previous]) rmSync(place, { recursive: true, force: true })
}

function writing(folder: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    if (error instanceof MtlError) throw error
    const message = `${folder} could not be written: ${error instanceof Error ? error.message : String(error)}`
    throw new MtlError('unreadable-file', message, { folder }, { cause: error })
  }
}
