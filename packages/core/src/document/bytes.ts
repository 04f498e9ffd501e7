import { MtlError, check } from '../error/mtl-error.ts'
import type { Json } from '../error/types.ts'
import { checksum } from './checksum.ts'
import { arrayOn, decodeDocument, encodeDocument, isCount } from './plain.ts'
import type { TypedArray } from './plain.ts'
import type { Document } from './types.ts'

/**
 * Layout, numbers little-endian: 8 bytes of text that name the format and its version, 4 of the length of the header, 4 of
 * a checksum of all that follows; the header, JSON in UTF-8; from the next multiple of 8 on the arrays, each at one.
 */
const magic = new TextEncoder().encode('mtl-doc1')
const headerStart = 16
const alignment = 8

/**
 * The same document as one byte string: a JSON header, then the arrays, each 8-byte aligned: a quarter smaller.
 * @throws MtlError 'invalid-document' for what is not plain data
 */
export function toBytes(document: Document): Uint8Array {
  const arrays: { readonly array: TypedArray; readonly at: number }[] = []
  let end = 0
  const json = encodeDocument(document, (array) => {
    const at = aligned(end)
    arrays.push({ array, at })
    end = at + array.byteLength
    return { at, bytes: array.byteLength }
  })
  const header = new TextEncoder().encode(JSON.stringify(json))
  const start = aligned(headerStart + header.length)
  const bytes = new Uint8Array(start + end)
  bytes.set(magic)
  bytes.set(header, headerStart)
  for (const { array, at } of arrays)
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at)
  const view = new DataView(bytes.buffer)
  view.setUint32(8, header.length, true)
  view.setUint32(12, checksum(bytes.subarray(headerStart)), true)
  return bytes
}

/** Arrays are views on `bytes` where alignment allows. @throws MtlError 'invalid-document' */
export function fromBytes(bytes: Uint8Array): Document {
  check(
    bytes.length >= headerStart && magic.every((byte, i) => bytes[i] === byte),
    'invalid-document',
    'these bytes are no document of this format and version',
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerEnd = headerStart + view.getUint32(8, true)
  check(
    headerEnd <= bytes.length && view.getUint32(12, true) === checksum(bytes.subarray(headerStart)),
    'invalid-document',
    'the bytes of the document are damaged or not all there',
  )
  const start = aligned(headerEnd)
  return decodeDocument(parse(bytes.subarray(headerStart, headerEnd)), (type, { at, bytes: byteLength }) => {
    check(
      isCount(at) && isCount(byteLength) && start + at + byteLength <= bytes.length,
      'invalid-document',
      'an array lies outside the bytes of the document',
    )
    return arrayOn(type, bytes, start + at, byteLength)
  })
}

function aligned(at: number): number {
  return Math.ceil(at / alignment) * alignment
}

function parse(header: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header)) as Json
  } catch (cause) {
    throw new MtlError('invalid-document', 'the header of the document is not JSON', {}, { cause })
  }
}
