import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MtlError } from '../error/mtl-error.ts'
import type { Json } from '../error/types.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { fromFiles, toFiles } from './files.ts'
import { fromJson, toJson } from './json.ts'
import { fromSafetensors } from './safetensors.ts'
import type { Document } from './types.ts'

const forms: readonly (readonly [string, (document: Document) => Document])[] = [
  ['JSON text', (document) => fromJson(JSON.parse(JSON.stringify(toJson(document))) as Json)],
  ['bytes', (document) => fromBytes(toBytes(document))],
  ['files', (document) => fromFiles(toFiles(document))],
  ['bytes that are not aligned', (document) => fromBytes(shifted(toBytes(document)))],
]

/** The same bytes at an odd address. */
function shifted(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 3)
  longer.set(bytes, 3)
  return longer.subarray(3)
}

const refused = new Set(['__proto__', 'constructor', 'prototype'])
const key = fc.oneof(fc.string(), fc.constantFrom('$number', '$array', '$shared', '$$', 'base64', 'toString'))
const number = fc.oneof(fc.double(), fc.constantFrom(NaN, -0, Infinity, -Infinity, 5e-324))
/** Nested at will, and some parts in several places. */
const { value: plain } = fc.letrec((tie) => ({
  leaf: fc.oneof(number, fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null)),
  array: fc.oneof(fc.float64Array(), fc.float32Array(), fc.int32Array(), fc.uint8Array()),
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('array'), tie('list'), tie('record'), tie('twice')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  record: fc
    .dictionary(
      key.filter((name) => !refused.has(name)),
      tie('value'),
      { maxKeys: 4 },
    )
    .map((record) => ({ ...record })),
  twice: tie('value').map((value) => [value, { again: value }]),
}))

describe.each(forms)('a document in %s', (_, there) => {
  const back = (value: unknown): unknown => there({ type: 'model', version: 3, value }).value

  it('comes back with every number, text and array exact', () => {
    fc.assert(
      fc.property(plain, (value) => {
        // `toEqual` tells -0 from 0 and takes NaN for NaN.
        expect(there({ type: 'model', version: 3, value })).toStrictEqual({
          type: 'model',
          version: 3,
          value,
        })
      }),
    )
  })

  it('keeps the bits of a NaN and of a part of a longer array', () => {
    const bits = new Float64Array(new BigUint64Array([0x7ff8dead0000beefn, 1n, 0x8000000000000000n]).buffer)
    const again = back(bits.subarray(0, 3)) as Float64Array
    expect(new BigUint64Array(again.slice().buffer)).toEqual(new BigUint64Array(bits.buffer))
    expect(back(Float64Array.of(1, 2, 3, 4).subarray(1, 3))).toEqual(Float64Array.of(2, 3))
  })

  it('leaves out members that are undefined', () => {
    expect(back({ a: undefined, b: [{ c: undefined, d: 1 }] })).toStrictEqual({ b: [{ d: 1 }] })
  })

  it('gives back one object for what stood in several places', () => {
    const inputs = { rows: 1, columns: 2, data: Float64Array.of(1, 2) }
    const list = [inputs]
    const value = { a: { inputs }, b: { inputs, raw: inputs.data, list }, list }
    const again = back(value) as typeof value
    expect(again).toStrictEqual(value)
    expect(again.a.inputs).toBe(again.b.inputs)
    expect(again.b.raw).toBe(again.a.inputs.data)
    expect(again.b.list).toBe(again.list)
    expect(again.list[0]).toBe(again.a.inputs)
  })

  it('refuses what is not plain data', () => {
    const loop: Record<string, unknown> = {}
    loop.again = loop
    const key = JSON.parse('{"__proto__": 1}') as unknown
    for (const value of [loop, () => 1, 1n, new Date(0), new Map(), new Uint16Array(1), [undefined], key])
      expect(() => back(value)).toThrow(expect.objectContaining({ code: 'invalid-document' }))
  })
})

const document: Document = {
  type: 'model',
  version: 1,
  value: { weights: Float64Array.of(1, 2, NaN), ids: Int32Array.of(1), name: 'ä', missing: Infinity },
}
const invalid = expect.objectContaining({ code: 'invalid-document' }) as Error

describe('fromJson', () => {
  it('refuse what is nested too deeply for any stack, by name', () => {
    const nested = (levels: number): unknown =>
      Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1)
    const stored = (levels: number): Json => toJson({ type: 'model', version: 1, value: nested(levels) })
    expect(fromJson(stored(400)).value).toEqual(nested(400))
    const read = (levels: number): unknown =>
      fromJson({ type: 'model', version: 1, value: nested(levels) as Json })
    expect(() => read(5000)).toThrow('nested at most 500 levels deep')
    for (const levels of [502, 5000]) expect(() => stored(levels)).toThrow('nested more than 500 levels deep')
  })

  it('refuses what toJson cannot have made', () => {
    const value = (item: string): Json => JSON.parse(`{"type":"model","version":1,"value":${item}}`) as Json
    for (const json of [
      null,
      [],
      'text',
      {},
      { type: 'model', version: 1 },
      { type: 1, version: 1, value: 0 },
      { type: 'model', version: 0, value: 0 },
      { type: 'model', version: 1.5, value: 0 },
      { type: 'model', version: '1', value: 0 },
      { type: 'model', version: 1, shared: 3, value: 0 },
      value('{"$number": "12"}'),
      value('{"$number": 12}'),
      value('{"$shared": 0}'),
      value('{"$shared": "length"}'),
      value('{"$other": 1}'),
      value('{"$array": 1}'),
      value('{"$array": "Float64Array"}'),
      value('{"$array": "Float64Array", "base64": "*"}'),
      value('{"$array": "Float64Array", "base64": "AAAA"}'),
      value('{"$array": "toString", "base64": "AAAA"}'),
      value('{"$array": "constructor", "base64": "AAAA"}'),
      value('{"__proto__": {"polluted": true}}'),
      value('{"a": [{"constructor": {"prototype": {"polluted": true}}}]}'),
      value('{"prototype": 1}'),
    ])
      expect(() => fromJson(json), JSON.stringify(json)).toThrow(invalid)
    expect('polluted' in {}).toBe(false)
  })
})

describe('fromBytes', () => {
  it('refuses bytes cut short anywhere, made longer, or changed in any place', () => {
    const bytes = toBytes(document)
    for (let at = 0; at < bytes.length; at++) {
      expect(() => fromBytes(bytes.slice(0, at))).toThrow(invalid)
      const changed = bytes.slice()
      changed[at] ^= 0x20
      expect(() => fromBytes(changed)).toThrow(invalid)
    }
    expect(() => fromBytes(new Uint8Array(bytes.length + 1))).toThrow(invalid)
    const longer = new Uint8Array(bytes.length + 8)
    longer.set(bytes)
    expect(() => fromBytes(longer)).toThrow(invalid)
  })

  it('refuses any other bytes with its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        expect(() => fromBytes(noise)).toThrow(MtlError)
      }),
    )
  })

  it('refuses a member that reaches a prototype, with a checksum that is right', () => {
    const bytes = toBytes({ type: 'model', version: 1, value: { protoproto: 1 } })
    const text = new TextDecoder().decode(bytes)
    expect(text).toContain('protoproto')
    const renamed = withHeader(bytes, (header) => header.replace('"protoproto"', '"__proto__" '))
    expect(() => fromBytes(renamed)).toThrow('a member cannot be named __proto__')
    expect(() => fromBytes(withHeader(bytes, (header) => header.replace('{', '[')))).toThrow('not JSON')
  })

  it('refuses an array that lies outside', () => {
    const bytes = toBytes({ type: 'model', version: 1, value: Float64Array.of(1) })
    const moved = withHeader(bytes, (header) => header.replace('"at":0', '"at":8'))
    expect(() => fromBytes(moved)).toThrow('outside')
  })

  it('gives views on the bytes, each aligned, and is smaller than JSON', () => {
    const bytes = toBytes({
      type: 'model',
      version: 1,
      value: { a: Uint8Array.of(1), b: new Float64Array(999) },
    })
    const { a, b } = fromBytes(bytes).value as { a: Uint8Array; b: Float64Array }
    expect(a.buffer).toBe(bytes.buffer)
    expect(b.buffer).toBe(bytes.buffer)
    expect(b.byteOffset % 8).toBe(0)
    const text = JSON.stringify(toJson({ type: 'model', version: 1, value: { a, b } }))
    expect(bytes.length).toBeLessThan(0.77 * text.length)
  })
})

/** The bytes with another header of the same length, and a checksum that fits. */
function withHeader(bytes: Uint8Array, change: (header: string) => string): Uint8Array {
  const view = new DataView(bytes.buffer)
  const end = 16 + view.getUint32(8, true)
  const header = new TextEncoder().encode(change(new TextDecoder().decode(bytes.subarray(16, end))))
  expect(header).toHaveLength(end - 16)
  const changed = bytes.slice()
  changed.set(header, 16)
  let hash = 0x811c9dc5
  for (const byte of changed.subarray(16)) hash = Math.imul(hash ^ byte, 0x01000193)
  new DataView(changed.buffer).setUint32(12, hash >>> 0, true)
  return changed
}

describe('a document as files', () => {
  const value = {
    weights: { 'shared/trunk/0/kernel': { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) } },
    slopes: { rows: 1, columns: 2, data: Float64Array.of(0.5, NaN) },
    counts: Int32Array.of(3),
  }
  const files = toFiles({ type: 'model', version: 1, value })
  const codeOf = (changed: Partial<Record<string, Uint8Array>>): unknown => {
    try {
      fromFiles({ ...files, ...changed })
      return undefined
    } catch (error) {
      return (error as MtlError).code
    }
  }

  it('has its arrays in safetensors, by path and shape, each aligned', () => {
    const tensors = fromSafetensors(files['weights.safetensors'])
    expect(Object.fromEntries(tensors)).toEqual({
      'weights.shared/trunk/0/kernel': value.weights['shared/trunk/0/kernel'],
      slopes: { shape: [1, 2], values: value.slopes.data },
      counts: { shape: [1], values: value.counts },
    })
    const view = new DataView(files['weights.safetensors'].buffer)
    expect(view.getBigUint64(0, true) % 8n).toBe(0n)
  })

  it.each(['config.json', 'weights.safetensors'] as const)(
    'is refused where %s is cut or missing',
    (name) => {
      for (let length = 0; length < files[name].length; length++)
        expect(codeOf({ [name]: files[name].slice(0, length) })).toBe('invalid-document')
      expect(codeOf({ [name]: undefined })).toBe('invalid-document')
    },
  )

  it('is refused with the weights of another, and with any byte of them changed', () => {
    const other = toFiles({ type: 'model', version: 1, value: { ...value, counts: Int32Array.of(4) } })
    expect(codeOf({ 'weights.safetensors': other['weights.safetensors'] })).toBe('invalid-document')
    for (let i = 0; i < files['weights.safetensors'].length; i++) {
      const changed = files['weights.safetensors'].slice()
      changed[i] ^= 1
      expect(codeOf({ 'weights.safetensors': changed })).toBe('invalid-document')
    }
  })

  it.each([
    ['a type', '{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}'],
    ['a shape', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}'],
    ['a place', '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'],
    ['a place in order', '{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}'],
    ['an entry', '{"a":null}'],
    ['names', '3'],
    ['JSON', '{"a"'],
  ])('no safetensors are read without %s that is right', (_, text) => {
    const bytes = new Uint8Array(8 + text.length + 8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
    bytes.set(new TextEncoder().encode(text), 8)
    expect(() => fromSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'invalid-document' }))
  })
})
