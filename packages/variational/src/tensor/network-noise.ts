import * as tf from '@tensorflow/tfjs'
import { sampleGumbel, sampleNormal } from '@mtl/core'
import type { RandomGenerator } from '@mtl/core'
import type { Noise } from './bound-terms.ts'

export interface NoiseSizes {
  readonly samples: number
  readonly rows: number
  readonly latentUnits: number
  readonly outputs: number
  /** Of each cell: with none, nothing is drawn, so that a task without labels changes no draw. */
  readonly isLabelled: Uint8Array
  /** Of each task: likewise. */
  readonly teaches: Float32Array
}

/** All that a step draws. */
export function networkNoise(sizes: NoiseSizes, random: RandomGenerator): Noise {
  const { samples, rows, latentUnits, outputs, isLabelled, teaches } = sizes
  const cells = isLabelled.length
  const each = (name: string, draw: (random: RandomGenerator) => tf.Tensor2D): tf.Tensor2D[] =>
    Array.from({ length: samples }, (_, s) => draw(random.fork(name).fork(s)))
  return {
    latents: each('latents', (own) => drawn([rows, latentUnits], () => sampleNormal(own))),
    activations: each('activations', (own) =>
      drawn([cells, outputs], (c) => (isLabelled[c] === 1 ? sampleNormal(own) : 0)),
    ),
    weights: mixingNoise(teaches, teaches.length + 1, random.fork('mixing of weights')),
    latentMixing: mixingNoise(teaches, teaches.length, random.fork('mixing of latents')),
  }
}

function mixingNoise(teaches: Float32Array, columns: number, random: RandomGenerator): tf.Tensor2D {
  const isDrawn = (task: number): boolean => task === teaches.length || teaches[task] > 0
  return drawn([teaches.length, columns], (t, i) => (isDrawn(t) && isDrawn(i) ? sampleGumbel(random) : 0))
}

function drawn(shape: [number, number], draw: (row: number, column: number) => number): tf.Tensor2D {
  const [rows, columns] = shape
  const values = new Float32Array(rows * columns)
  for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < columns; c++, at++) values[at] = draw(r, c)
  return tf.tensor2d(values, shape)
}
