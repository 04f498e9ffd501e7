import { createRandom, createRegistry, fit, fromBytes, fromJson, toBytes, toJson } from '@mtl/core'
import type { Dataset, Json, Model, RandomGenerator } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { below, mutated, nasty, pick } from './mutate.fixture.ts'
import { checkFinite } from './tables.fixture.ts'

const registry = createRegistry()

/** A stored model and data that it can predict. */
interface Stored {
  readonly data: Dataset
  readonly json: string
  readonly bytes: Uint8Array
}

/** A model of every method of core on every kind that it learns. */
export async function storedModels(): Promise<readonly Stored[]> {
  const kinds = ['regression', 'binary', 'multiclass'] as const
  const stored: Stored[] = []
  for (const kind of kinds)
    for (const name of registry.names.estimators) {
      const random = createRandom(`${kind} ${name}`)
      const data = relatedTasks({ random, tasks: 3, rows: 12, features: 2, kind, spread: 0.3, noise: 0.3 })
      const model: Model = await fit(registry.estimator(name), data, { random })
      const document = model.toDocument()
      stored.push({ data, json: JSON.stringify(toJson(document)), bytes: toBytes(document) })
    }
  return stored
}

/** Values that a document may hold where another was meant. */
const strange: readonly Json[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  -1e308,
  1e15,
  2 ** 53,
  '',
  [],
  {},
  [[]],
  ...nasty,
]

/** The same tree with one member replaced, taken away or renamed. */
function disturbed(random: RandomGenerator, json: Json): Json {
  if (typeof json !== 'object' || json === null || random.next() < 0.05) return pick(random, strange)
  if (Array.isArray(json)) {
    const list = json as readonly Json[]
    if (list.length === 0 || random.next() < 0.1) return [...list, pick(random, strange)]
    const at = below(random, list.length)
    return list.map((item, i) => (i === at ? disturbed(random, item) : item))
  }
  const entries = Object.entries(json)
  if (entries.length === 0) return pick(random, strange)
  const deeper = entries.findIndex(([key]) => key === 'value' || key === 'parameters')
  const at = deeper >= 0 && random.next() < 0.6 ? deeper : below(random, entries.length)
  const lot = random.next()
  return Object.fromEntries(
    entries.flatMap(([key, member], i) => {
      if (i !== at) return [[key, member]]
      if (lot < 0.1) return []
      if (lot < 0.2) return [[pick(random, nasty), member]]
      return [[key, disturbed(random, member)]]
    }),
  )
}

/** Reads a damaged document, makes its model and asks for all that a model answers. */
export async function useDocument(seed: string, stored: readonly Stored[]): Promise<void> {
  const random = createRandom(seed)
  const { data, json, bytes } = pick(random, stored)
  const document =
    random.next() < 0.2 ? fromBytes(damagedBytes(random, bytes)) : fromJson(damagedJson(random, json))
  const model = registry.load(document)
  model.views()
  checkFinite(await model.predict(data), data)
  model.toDocument()
}

function damagedBytes(random: RandomGenerator, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(0, random.next() < 0.3 ? below(random, bytes.length) : bytes.length)
  for (let flips = below(random, 4); flips > 0 && copy.length > 0; flips--)
    copy[below(random, copy.length)] ^= 1 << below(random, 8)
  return copy
}

/** A tree disturbed, or a text: what is no JSON any more counts as a tree of one text. */
function damagedJson(random: RandomGenerator, json: string): Json {
  if (random.next() < 0.8) return disturbed(random, JSON.parse(json) as Json)
  const text = mutated(random, json)
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
