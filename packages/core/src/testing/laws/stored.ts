import { expect } from 'vitest'
import { fromBytes, toBytes } from '../../document/bytes.ts'
import { fromJson, toJson } from '../../document/json.ts'
import type { Document } from '../../document/types.ts'
import type { Json } from '../../error/types.ts'
import type { Estimator, Model } from '../../model/types.ts'
import type { LawName } from '../types.ts'
import type { Bench, Law } from './bench.ts'
import { expectRefusal, outcomeOf } from './outcome.ts'
import { checkView } from './views.ts'

export const storedLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'a stored model predicts the same bits': { run: sameBits },
  'parameters are plain data': { run: plainParameters },
  'refuses a document of another estimator': { run: otherEstimator },
  'refuses a document of a later version': { run: laterVersion },
  'options are plain JSON and make the same estimator': { run: plainOptions },
  'views are finite and of matching lengths': { run: soundViews },
}

/** Through the text of a file. */
function throughText(model: Model): Document {
  return fromJson(JSON.parse(JSON.stringify(toJson(model.toDocument()))) as Json)
}

async function sameBits({ make, data, course }: Bench): Promise<void> {
  const { model } = await course()
  for (const document of [throughText(model), fromBytes(toBytes(model.toDocument()))]) {
    const loaded = make().restore(document)
    expect(await outcomeOf(loaded, data)).toEqual(await outcomeOf(model, data))
    expect(loaded.diagnostics).toEqual(model.diagnostics)
    expect(loaded.tasks).toEqual(model.tasks)
    expect(loaded.views()).toEqual(model.views())
  }
}

async function plainParameters({ course }: Bench): Promise<void> {
  const { model } = await course()
  expect(notPlain(model.parameters, 'parameters')).toEqual([])
}

/** Where the value is neither a JSON value nor an array that documents store. */
function notPlain(value: unknown, place: string): string[] {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return []
  if (value === null || value === undefined) return []
  const stored = [Float64Array, Float32Array, Int32Array, Uint8Array]
  if (stored.some((array) => value instanceof array)) return []
  const isRecord = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (typeof value !== 'object' || !isRecord) return [place]
  return Object.entries(value).flatMap(([key, member]) => notPlain(member, `${place}.${key}`))
}

async function otherEstimator({ make, course }: Bench): Promise<void> {
  const document = (await course()).model.toDocument()
  const renamed = { ...document, value: { ...(document.value as object), estimator: 'another' } }
  await expectRefusal(() => make().restore(renamed), 'invalid-document')
  await expectRefusal(() => make().restore({ ...document, type: 'comparison' }), 'invalid-document')
}

async function laterVersion({ make, course }: Bench): Promise<void> {
  const document = (await course()).model.toDocument()
  const later = { ...(document.value as object), version: make().version + 1 }
  await expectRefusal(() => make().restore({ ...document, value: later }), 'invalid-document')
}

/** A factory that is handed on as it is takes options; one in an arrow function has chosen them. */
function plainOptions({ make }: Bench): void {
  const { name, options } = make()
  const read = JSON.parse(JSON.stringify(options)) as Record<string, unknown>
  expect(read).toEqual(options)
  const again = (make as (options: Readonly<Record<string, unknown>>) => Estimator)(read)
  expect(again.name).toBe(name)
  expect(again.options).toEqual(options)
}

async function soundViews({ course }: Bench): Promise<void> {
  const { model } = await course()
  for (const view of model.views()) expect(checkView(view), view.title).toEqual([])
}
