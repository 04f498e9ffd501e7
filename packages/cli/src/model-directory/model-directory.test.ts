import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fit, pooled, taskMean } from '@mtl/core'
import type { Model } from '@mtl/core'
import { sleepStudy } from '@mtl/datasets'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { placesOf } from './places.ts'
import { readModel } from './read.ts'
import type { RunRecord } from './types.ts'
import { claimFolder, leaveFolder, writeModel } from './write.ts'

const run: RunRecord = {
  version: 1,
  command: 'mtl train',
  seed: 0,
  versions: {},
  fingerprint: '0',
  layout: 'long',
  taskNoun: 'person',
}
const { description } = sleepStudy

describe('the directory of a model', () => {
  const models: Record<string, Model> = {}
  let parent = ''
  let folder = ''
  const write = (name: string): void => writeModel(folder, { model: models[name], description, run })
  const stored = async (): Promise<string> => (await readModel(folder, [])).model.estimator

  beforeAll(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'mtl-model-'))
    models['task-mean'] = await fit(taskMean(), sleepStudy.data(), { random: 0 })
    models.pooled = await fit(pooled(), sleepStudy.data(), { random: 0 })
  })
  let count = 0
  beforeEach(() => (folder = path.join(parent, `model-${count++}`)))
  afterAll(() => rm(parent, { recursive: true }))

  it('gives the model back, and how its table was read', async () => {
    claimFolder(folder)
    write('pooled')
    const found = await readModel(folder, [])
    expect(found.description).toEqual(description)
    expect(found.run).toEqual(run)
    expect(found.options).toEqual(pooled().options)
    expect(found.model.toDocument()).toEqual(models.pooled.toDocument())
    expect(readdirSync(parent).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('holds the former model or the next at every step of their exchange, and no step is left behind', async () => {
    write('task-mean')
    const other = placesOf(path.join(parent, `other-${count}`))
    writeModel(other.folder, { model: models.pooled, description, run })
    const { writing, next, previous, folder: place } = placesOf(folder)
    // Killed while it was written: half of it is there.
    mkdirSync(writing)
    writeFileSync(path.join(writing, 'model.json'), '{"type":')
    expect(await stored()).toBe('task-mean')
    // Killed when it was whole.
    renameSync(other.folder, next)
    expect(await stored()).toBe('task-mean')
    // Killed between the two renamings.
    renameSync(place, previous)
    expect(await stored()).toBe('pooled')
    claimFolder(folder)
    expect(await stored()).toBe('pooled')
    expect([writing, next, previous].filter((name) => existsSync(name))).toEqual([])
  })

  it('is taken for itself: other files are never replaced', () => {
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'notes.txt'), 'mine')
    expect(() => claimFolder(folder)).toThrow(/holds other files \(notes\.txt\).*name a directory of its own/)
    expect(() => claimFolder('.')).toThrow('is the working directory or above it')
    const file = path.join(folder, 'notes.txt')
    expect(() => claimFolder(file)).toThrow('is a file; name a directory')
    leaveFolder(folder)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('is taken away again where nothing came into it', () => {
    claimFolder(folder)
    leaveFolder(folder)
    expect(existsSync(folder)).toBe(false)
  })

  it('is refused without one of its files', async () => {
    write('pooled')
    await rm(path.join(folder, 'table.json'))
    await expect(stored()).rejects.toThrow(/holds no whole model: table\.json is missing/)
    await expect(readModel(path.join(folder, 'model.json'), [])).rejects.toThrow(`give ${folder}`)
    await expect(readModel(`${folder}x`, [])).rejects.toThrow(`Did you mean ${folder}?`)
    mkdirSync(`${folder}-empty`)
    await expect(readModel(`${folder}-empty`, [])).rejects.toThrow('holds no model; mtl train --out')
    writeFileSync(path.join(`${folder}-empty`, 'checkpoint.json'), '')
    await expect(readModel(`${folder}-empty`, [])).rejects.toThrow('a training that was interrupted')
  })

  it.each([
    [
      'model.json',
      (text: string) => text.replace('"version":1', '"version":2'),
      /model\.json.* later version/,
    ],
    ['run.json', (text: string) => text.replace('"version": 1', '"version": 7'), /later version, 7, than/],
    ['run.json', (text: string) => text.slice(0, 40), /run\.json is cut off or no JSON/],
    [
      'table.json',
      (text: string) => text.replace('"regression"', '"regresion"'),
      /table\.json was changed.*reaction/,
    ],
  ])('is refused by name where %s is not what it must be', async (name, change, message) => {
    write('pooled')
    const file = path.join(folder, name)
    const text = readFileSync(file, 'utf8')
    expect(change(text)).not.toBe(text)
    writeFileSync(file, change(text))
    await expect(stored()).rejects.toThrow(message)
  })
})
