import * as tf from '@tensorflow/tfjs'
import { createRandom } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { TrainingPass } from '@mtl/core/tensor'
import { expectNoLeak } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { noisyTop } from './noisy-top.ts'

const pass: TrainingPass = {
  random: createRandom(1),
  progress: 0,
  taskShare: new Float32Array(0),
  penalise: () => undefined,
  update: () => undefined,
}
const scores = [
  [
    [0.5, 2, -1, 1],
    [0, 0, 0, 0],
  ],
  [
    [3, -2, 3.5, 0],
    [-4, -3, -2, -1],
  ],
]

describe.each(['cpu', 'wasm'] as const)('the largest scores, %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it('keep a softmax over themselves alone, as many as asked where some are equal too', async () => {
    await expectNoLeak(() => {
      const shares = tf.tidy(() => tf.softmax(noisyTop(tf.tensor3d(scores), 2)).arraySync()) as number[][][]
      shares.flat().forEach((row, i) => {
        const given = scores.flat()[i]
        const kept = row.flatMap((share, e) => (share > 0 ? [e] : []))
        expect(kept).toHaveLength(2)
        const total = kept.reduce((sum, e) => sum + Math.exp(given[e]), 0)
        for (const e of kept) expect(row[e]).toBeCloseTo(Math.exp(given[e]) / total, 5)
        const left = given.filter((_, e) => !kept.includes(e))
        expect(Math.min(...kept.map((e) => given[e]))).toBeGreaterThanOrEqual(Math.max(...left))
      })
    })
  })

  it('pass gradients to the kept scores and to the scale of the noise, none to the others', async () => {
    await expectNoLeak(() => {
      const gradients = tf.tidy(() => {
        const given = tf.tensor2d([[0.5, 2, -1, 1]])
        const scale = tf.fill([1, 4], 1e-4) // too little to change the order
        const first = (s: tf.Tensor, n: tf.Tensor): tf.Scalar =>
          tf.sum(tf.slice(tf.softmax(noisyTop(s, 2, { scale: n, pass })), [0, 1], [1, 1]))
        return tf
          .grads(first)([given, scale])
          .map((gradient) => Array.from(gradient.dataSync()))
      })
      const p = 1 / (1 + Math.exp(-1))
      const expected = [0, p * (1 - p), 0, -p * (1 - p)]
      gradients[0].forEach((value, e) => expect(value).toBeCloseTo(expected[e], 3))
      expect(gradients[1].map((value) => value !== 0)).toEqual([false, true, false, true])
    })
  })
})
