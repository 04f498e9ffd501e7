import * as tf from '@tensorflow/tfjs'
import { checkNumber } from '../error/check-number.ts'
import type { TrainingPass } from './types.ts'

/** Words of 32 bits. */
const words = 2 ** 32

/**
 * In training: each value 0 with probability `rate`, the others divided by 1 - rate; x itself outside training.
 * The mask depends on two numbers drawn from the pass alone.
 * @throws MtlError 'invalid-option' (a rate outside 0..1)
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, pass: TrainingPass | undefined): T {
  checkNumber('dropout', rate, { min: 0, below: 1 })
  if (!pass || rate === 0) return x
  const kept = 1 - rate
  const [first, second] = [pass.random.next(), pass.random.next()].map((u) => Math.floor(u * words))
  const mask = new Float32Array(x.size)
  for (let i = 0; i < mask.length; i++) mask[i] = mixed(i, first, second) < kept * words ? 1 / kept : 0
  return tf.mul<T>(x, tf.tensor(mask, x.shape))
}

/** A word that depends on a counter and two keys; an integer mixer, good enough for masks and three times faster. */
function mixed(counter: number, first: number, second: number): number {
  let word = Math.imul(counter ^ first, 0x9e3779b1)
  word ^= word >>> 16
  word = Math.imul(word ^ second, 0x21f0aaad)
  word ^= word >>> 15
  word = Math.imul(word, 0x735a2d97)
  return (word ^ (word >>> 15)) >>> 0
}
