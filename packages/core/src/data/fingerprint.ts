import { contentOf } from './tables.ts'
import type { Dataset, Task } from './types.ts'

/**
 * 16 hexadecimal digits that name the content: equal for equal data, in every place and process. Whether tasks
 * share one matrix or hold equal ones is no content. Not meant against forgery.
 */
export function fingerprint({ tasks }: Dataset): string {
  const digests = new Map<object, Digest>()
  // Lists of features and inputs are often one object in many tasks: mixed once.
  const digestOf = (shared: object, content: () => Content): Digest => {
    const digest = digests.get(shared) ?? mixed(start, content())
    digests.set(shared, digest)
    return digest
  }
  let digest = start
  for (const task of tasks) {
    const { features, inputs, targets, weights, rows, descriptor } = task
    digest = mixed(digest, head(task))
    digest = mixed(digest, hexadecimal(digestOf(features, () => contentOf(features))))
    digest = mixed(digest, hexadecimal(digestOf(inputs, () => inputs.data)))
    for (const values of [targets, weights, rows, descriptor]) digest = mixed(digest, values ?? 'absent')
  }
  return hexadecimal(digest)
}

/** 16 hexadecimal digits that name the contents, one after the other; as `fingerprint` does. */
export function digest(contents: Iterable<Content>): string {
  let digest = start
  for (const content of contents) digest = mixed(digest, content)
  return hexadecimal(digest)
}

function head({ name, kind, target, classes, inputs, descriptorFeatures = [] }: Task): string {
  const { rows, columns } = inputs
  return JSON.stringify([name, kind, target, classes, rows, columns, contentOf(descriptorFeatures)])
}

export type Content = string | Float64Array | Int32Array

/** Two 32-bit words. */
type Digest = readonly [number, number]

const start: Digest = [0xdeadbeef, 0x41c6ce57]

/** Depends on every bit of the former digest and of the content: two multiplied lanes, crossed at the end. */
function mixed([first, second]: Digest, content: Content): Digest {
  const { length, word } = wordsOf(content)
  let a = first ^ length
  let b = second ^ length
  for (let i = 0; i < length; i++) {
    const next = word(i)
    a = Math.imul(rotate(a, 13) ^ next, 0x9e3779b1)
    b = Math.imul(rotate(b, 17) ^ next, 0x5f356495)
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return [(a ^ (a >>> 15)) >>> 0, (b ^ (b >>> 15)) >>> 0]
}

interface Words {
  readonly length: number
  readonly word: (i: number) => number
}

function wordsOf(content: Content): Words {
  if (typeof content === 'string') return { length: content.length, word: (i) => content.charCodeAt(i) }
  if (content instanceof Int32Array) return { length: content.length, word: (i) => content[i] }
  const bits = new Uint32Array(content.buffer, content.byteOffset, 2 * content.length)
  const word = (i: number): number => {
    const value = content[i >> 1]
    // One NaN of many, and one zero of two: equal data.
    if (value === 0) return 0
    return Number.isNaN(value) ? 0x7ff80000 : bits[i]
  }
  return { length: bits.length, word }
}

function hexadecimal(digest: Digest): string {
  return digest.map((word) => word.toString(16).padStart(8, '0')).join('')
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}
