/**
 * The file format safetensors, which programs of other languages read as well: 8 bytes of the length of the header, little-
 * endian; the header, JSON from names to type, shape and place; the numbers, little-endian, one tensor after the other.
 *
 * https://huggingface.co/docs/safetensors, section Format.
 */
import { MtlError, check } from '../error/mtl-error.ts'
import { arrayOn, isCount } from './plain.ts'
import type { TypedArray } from './plain.ts'

export interface StoredTensor {
  readonly shape: readonly number[]
  readonly values: TypedArray
}

const typeNames = { Float64Array: 'F64', Float32Array: 'F32', Int32Array: 'I32', Uint8Array: 'U8' }
const lengthBytes = 8
const alignment = 8

/** Larger numbers stand first, so that all are aligned without gaps, which the format forbids. */
export function toSafetensors(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT)
  let end = 0
  const places = ordered.map(([name, { shape, values }]) => {
    const begin = end
    end += values.byteLength
    const dtype = typeNames[values.constructor.name as keyof typeof typeNames]
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const
  })
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(places)))
  const start = lengthBytes + Math.ceil(text.length / alignment) * alignment
  const bytes = new Uint8Array(start + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - lengthBytes), true)
  bytes.fill(0x20, lengthBytes, start).set(text, lengthBytes)
  ordered.forEach(([, { values }], i) =>
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      start + places[i][1].data_offsets[0],
    ),
  )
  return bytes
}

/** Arrays are views on `bytes` where alignment allows. @throws MtlError 'invalid-document' */
export function fromSafetensors(bytes: Uint8Array): ReadonlyMap<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length < lengthBytes ? Infinity : Number(view.getBigUint64(0, true))
  const start = lengthBytes + length
  check(start <= bytes.length, 'invalid-document', 'these bytes are no safetensors, or not all there')
  const entries = Object.entries(header(bytes.subarray(lengthBytes, start)))
  return new Map(
    entries
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]) => [name, tensor(name, entry, bytes.subarray(start))]),
  )
}

function header(text: Uint8Array): object {
  try {
    const found: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    if (typeof found === 'object' && found !== null) return found
  } catch (cause) {
    throw new MtlError('invalid-document', 'the header of the safetensors is not JSON', {}, { cause })
  }
  throw new MtlError('invalid-document', 'the header of the safetensors names no tensors')
}

function tensor(name: string, entry: unknown, data: Uint8Array): StoredTensor {
  const { dtype, shape, data_offsets: place } = (entry ?? {}) as Partial<Record<string, unknown>>
  const type = Object.entries(typeNames).find(([, code]) => code === dtype)?.[0]
  check(type !== undefined, 'invalid-document', `the tensor "${name}" has a type that is not read here`, {
    name,
    dtype: String(dtype),
  })
  const isWhole =
    Array.isArray(shape) &&
    shape.every(isCount) &&
    Array.isArray(place) &&
    place.length === 2 &&
    place.every(isCount) &&
    place[0] <= place[1] &&
    place[1] <= data.length
  check(isWhole, 'invalid-document', `the tensor "${name}" lies outside the safetensors`, { name })
  const values = arrayOn(type, data, place[0], place[1] - place[0])
  const size = shape.reduce((product: number, side: number) => product * side, 1)
  check(size === values.length, 'invalid-document', `the tensor "${name}" is not of its shape`, { name })
  return { shape, values }
}
