import { check } from '../error/mtl-error.ts'
import type { Json } from '../error/types.ts'
import type { Document } from './types.ts'

export type TypedArray = Float64Array | Float32Array | Int32Array | Uint8Array
const arrayTypes = { Float64Array, Float32Array, Int32Array, Uint8Array }

/** Where the bytes of a typed array are: what stands beside `$array` in JSON. */
type Place = Readonly<Record<string, Json>>
type JsonRecord = Readonly<Record<string, Json>>

/** Keys that would reach an object's prototype in careless hands. */
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A document as JSON values: `{ $number }` for what JSON has no number for, `{ $array, ...place }` for typed arrays,
 * `{ $shared }` for what stands in several places, which moves to the list `shared`. A member's own leading $ is doubled.
 * @throws MtlError 'invalid-document' for what is not plain data
 */
export function encodeDocument(
  { type, version, value }: Document,
  store: (array: TypedArray) => Place,
): JsonRecord {
  const repeated = findRepeated(value)
  const positions = new Map<object, number>()
  const shared: Json[] = []

  function encode(item: unknown): Json {
    if (typeof item !== 'object' || item === null) return encodeScalar(item)
    if (!repeated.has(item)) return encodeObject(item)
    let position = positions.get(item)
    if (position === undefined) {
      positions.set(item, -1)
      position = shared.push(encodeObject(item)) - 1 // after what it contains
      positions.set(item, position)
    }
    check(position >= 0, 'invalid-document', 'cannot store an object that contains itself')
    return { $shared: position }
  }

  function encodeObject(item: object): Json {
    if (Array.isArray(item)) return Array.from(item, encode)
    if (isTypedArray(item)) return { $array: item.constructor.name, ...store(item) }
    check(isRecord(item), 'invalid-document', `cannot store a ${item.constructor.name}`)
    const members = Object.entries(item).filter(([, member]) => member !== undefined)
    return Object.fromEntries(members.map(([key, member]) => [encodeKey(key), encode(member)]))
  }

  const encoded = encode(value)
  return { type, version, ...(shared.length > 0 && { shared }), value: encoded }
}

/** The document that `encodeDocument` made JSON of; `read` makes a typed array. @throws MtlError 'invalid-document' */
export function decodeDocument(json: Json, read: (type: string, place: Place) => TypedArray): Document {
  check(
    isJsonRecord(json) && 'value' in json,
    'invalid-document',
    'a document needs a type, a version and a value',
  )
  const { type, version, value, shared: stored = [] } = json
  check(typeof type === 'string', 'invalid-document', 'a document needs a type, a text')
  check(isCount(version) && version > 0, 'invalid-document', 'a document needs a version, a whole number > 0')
  check(isList(stored), 'invalid-document', 'what a document shares is a list')
  const shared: unknown[] = []

  function decode(item: Json, depth: number): unknown {
    check(depth <= deepest, 'invalid-document', `a document is nested at most ${deepest} levels deep`)
    if (isList(item)) return item.map((member) => decode(member, depth + 1))
    if (!isJsonRecord(item)) return item
    if ('$number' in item) return decodeNumber(item.$number)
    if ('$array' in item) return decodeArray(item)
    if ('$shared' in item) {
      const position = item.$shared
      check(isCount(position) && position < shared.length, 'invalid-document', 'a shared value is missing')
      return shared[position]
    }
    return Object.fromEntries(
      Object.entries(item).map(([key, member]) => [decodeKey(key), decode(member, depth + 1)]),
    )
  }

  function decodeArray(item: JsonRecord): TypedArray {
    const { $array: name, ...place } = item
    check(typeof name === 'string', 'invalid-document', 'the type of an array is a text')
    return read(name, place)
  }

  for (const item of stored) shared.push(decode(item, 0))
  return { type, version, value: decode(value, 0) }
}

/** A view of that type on the bytes from `at`, or on a copy where they are not aligned. @throws MtlError 'invalid-document' */
export function arrayOn(type: string, bytes: Uint8Array, at: number, byteLength: number): TypedArray {
  check(isArrayType(type), 'invalid-document', `cannot read an array of type ${type}`)
  const { BYTES_PER_ELEMENT: unit } = arrayTypes[type]
  check(byteLength % unit === 0, 'invalid-document', `${byteLength} bytes are no whole ${type}`)
  const aligned = (bytes.byteOffset + at) % unit === 0
  const from = aligned ? bytes.subarray(at, at + byteLength) : bytes.slice(at, at + byteLength)
  return new arrayTypes[type](from.buffer as ArrayBuffer, from.byteOffset, byteLength / unit)
}

/** Whether it is a whole number from 0 on, as positions and lengths are. */
export function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Levels of lists and records within one another; each takes a few frames of the stack, which deeper ones would overflow. */
const deepest = 500

function findRepeated(value: unknown): Set<object> {
  const met = new Set<object>()
  const repeated = new Set<object>()
  const visit = (item: unknown, depth: number): void => {
    if (typeof item !== 'object' || item === null) return
    check(
      depth <= deepest,
      'invalid-document',
      `cannot store what is nested more than ${deepest} levels deep`,
    )
    if (met.has(item)) {
      repeated.add(item)
      return
    }
    met.add(item)
    if (!ArrayBuffer.isView(item)) for (const member of Object.values(item)) visit(member, depth + 1)
  }
  visit(value, 0)
  return repeated
}

function encodeScalar(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  check(typeof value === 'number', 'invalid-document', `cannot store a ${typeof value}`)
  if (Object.is(value, -0)) return { $number: '-0' }
  return Number.isFinite(value) ? value : { $number: String(value) }
}

function decodeNumber(text: Json): number {
  const value = ['NaN', 'Infinity', '-Infinity', '-0'].find((known) => known === text)
  check(value !== undefined, 'invalid-document', 'a number that JSON lacks is NaN, infinite or -0')
  return Number(value)
}

function encodeKey(key: string): string {
  check(!refusedKeys.has(key), 'invalid-document', `a member cannot be named ${key}`)
  return key.startsWith('$') ? `$${key}` : key
}

function decodeKey(key: string): string {
  check(!refusedKeys.has(key), 'invalid-document', `a member cannot be named ${key}`)
  check(!key.startsWith('$') || key.startsWith('$$'), 'invalid-document', `no meaning is known of ${key}`)
  return key.startsWith('$') ? key.slice(1) : key
}

function isArrayType(name: string): name is keyof typeof arrayTypes {
  return Object.hasOwn(arrayTypes, name)
}

function isTypedArray(item: object): item is TypedArray {
  return ArrayBuffer.isView(item) && isArrayType(item.constructor.name)
}

/** An object literal, of whatever realm: nothing but Object's prototype above it. */
function isRecord(item: object): boolean {
  const prototype = Object.getPrototypeOf(item) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && !ArrayBuffer.isView(item))
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}

function isJsonRecord(json: Json): json is JsonRecord {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
