import type { RandomGenerator } from '@mtl/core'

/** A whole number from 0 to n - 1. */
export function below(random: RandomGenerator, n: number): number {
  return Math.floor(random.next() * n)
}

/** One of a list. */
export function pick<T>(random: RandomGenerator, list: readonly T[]): T {
  return list[below(random, list.length)]
}

/** Texts that have broken programs before. */
export const nasty: readonly string[] = [
  '',
  ' ',
  '"',
  '""',
  ',',
  ';',
  '\n',
  '\r',
  '\u0000',
  '\uFEFF',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e308',
  '-1e308',
  '1e-324',
  '1e999',
  '9007199254740993',
  '1,5',
  '0x10',
  '=1+1',
  '😀',
  '\ud800',
]

/** The text with a few pieces cut, doubled, replaced or swapped. */
export function mutated(random: RandomGenerator, text: string): string {
  let result = text
  for (let edits = 1 + below(random, 4); edits > 0; edits--) {
    const from = below(random, result.length + 1)
    const to = Math.min(result.length, from + below(random, 12))
    const piece = pick(random, [
      '',
      result.slice(from, to).repeat(2),
      pick(random, nasty),
      String.fromCharCode(below(random, 256)),
    ])
    result = result.slice(0, from) + piece + result.slice(to)
  }
  return random.next() < 0.1 ? result.slice(0, below(random, result.length + 1)) : result
}
