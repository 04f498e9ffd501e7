import { MtlError, check } from '../error/mtl-error.ts'
import type { Json } from '../error/types.ts'
import { checksum } from './checksum.ts'
import { decodeDocument, encodeDocument } from './plain.ts'
import type { TypedArray } from './plain.ts'
import { fromSafetensors, toSafetensors } from './safetensors.ts'
import type { StoredTensor } from './safetensors.ts'
import type { Document } from './types.ts'

/** A document as the files of a directory, by name: 'config.json' and 'weights.safetensors'. */
export type DocumentFiles = Readonly<Record<'config.json' | 'weights.safetensors', Uint8Array<ArrayBuffer>>>

/** Layout of config.json. */
const latest = 1

/**
 * The document as two files, in memory, so that Node writes them to a directory and a page keeps them where it likes: all
 * typed arrays in safetensors, which other programs read, under the path at which they stand in the document
 * ('parameters.weights.shared/trunk/0/kernel'); the rest, and a checksum of those, as JSON.
 * @throws MtlError 'invalid-document' for what is not plain data
 */
export function toFiles(document: Document): DocumentFiles {
  const named = namesOf(document.value)
  const tensors = new Map<string, StoredTensor>()
  const json = encodeDocument(document, (values) => {
    const { name, shape } = named.get(values) as Named
    tensors.set(name, { shape, values })
    return { tensor: name }
  })
  const weights = toSafetensors(tensors)
  const config = { files: latest, checksum: checksum(weights), document: json }
  return {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'weights.safetensors': weights,
  }
}

/** @throws MtlError 'invalid-document' for files that are missing, damaged, cut off or not of one document */
export function fromFiles(files: Partial<Readonly<Record<string, Uint8Array>>>): Document {
  const { 'config.json': config, 'weights.safetensors': weights } = files
  check(config !== undefined, 'invalid-document', 'config.json is missing')
  check(weights !== undefined, 'invalid-document', 'weights.safetensors is missing')
  const { files: version, checksum: sum, document } = parsed(config)
  check(version === latest, 'invalid-document', `config.json has another layout than ${latest}`)
  const message = 'weights.safetensors is damaged, not all there, or of another model than config.json'
  check(sum === checksum(weights), 'invalid-document', message)
  const tensors = fromSafetensors(weights)
  return decodeDocument(document ?? null, (type, { tensor }) => {
    const name = typeof tensor === 'string' ? tensor : ''
    const found = tensors.get(name)
    const text = `config.json needs a tensor "${name}", which weights.safetensors lacks`
    check(found?.values.constructor.name === type, 'invalid-document', text, { name })
    return found.values
  })
}

function parsed(config: Uint8Array): Readonly<Partial<Record<string, Json>>> {
  try {
    const found: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(config))
    return (found ?? {}) as Readonly<Record<string, Json>>
  } catch (cause) {
    throw new MtlError('invalid-document', 'config.json is cut off or no JSON', {}, { cause })
  }
}

interface Named {
  readonly name: string
  readonly shape: readonly number[]
}

/** Each typed array by the path of its first place; shaped, where what holds it says its shape. */
function namesOf(value: unknown): ReadonlyMap<TypedArray, Named> {
  const found = new Map<TypedArray, Named>()
  // A name that the format has for something else.
  const taken = new Set(['__metadata__'])
  const met = new Set<object>()
  const add = (values: TypedArray, path: string, shape: readonly number[]): void => {
    if (found.has(values)) return
    let name = path
    for (let again = 2; taken.has(name); again++) name = `${path}#${again}`
    taken.add(name)
    found.set(values, { name, shape })
  }
  const visit = (item: unknown, path: readonly string[]): void => {
    if (typeof item !== 'object' || item === null || met.has(item)) return
    met.add(item)
    const shaped = shapeIn(item)
    if (shaped) add(shaped.values, path.join('.') || 'value', shaped.shape)
    if (ArrayBuffer.isView(item)) {
      const values = item as TypedArray
      add(values, path.join('.') || 'value', [values.length])
    } else for (const [key, member] of Object.entries(item)) visit(member, [...path, key])
  }
  visit(value, [])
  return found
}

/** Of named weights, { shape, values }, and of a matrix, { rows, columns, data }. */
function shapeIn(item: object): StoredTensor | undefined {
  const { shape, values, rows, columns, data } = item as Partial<Record<string, unknown>>
  const candidate = shape === undefined ? { shape: [rows, columns], values: data } : { shape, values }
  if (!ArrayBuffer.isView(candidate.values) || !Array.isArray(candidate.shape)) return undefined
  const sides = candidate.shape as readonly unknown[]
  if (!sides.every((side): side is number => Number.isSafeInteger(side) && (side as number) >= 0))
    return undefined
  const array = candidate.values as TypedArray
  const size = sides.reduce((product, side) => product * side, 1)
  return size === array.length ? { shape: sides, values: array } : undefined
}
