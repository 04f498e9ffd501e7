import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectNoLeak } from '../../testing/expect-no-leak.ts'
import { useBackend } from '../backend.ts'
import { dense } from '../dense.ts'
import { registerKernels } from './register.ts'
import { swapLeading } from './swap-leading.ts'
import { transposed, withTransposes } from './transpose.ts'

describe.each(['cpu', 'wasm'] as const)('kernels on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
    registerKernels()
  })

  it('transpose as tfjs does, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, columns) => {
          const x = tf.tensor2d(
            Float32Array.from({ length: rows * columns }, (_, i) => i),
            [rows, columns],
          )
          const [ours, theirs] = await expectNoLeak(() => [transposed(x), tf.transpose(x)])
          expect(ours.arraySync()).toEqual(theirs.arraySync())
          tf.dispose([x, ours, theirs])
        },
      ),
      { numRuns: 20 },
    )
  })

  it('swap the leading axes as tfjs does, with its gradient', async () => {
    await expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor3d(
          Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)),
          [2, 3, 5],
        )
        const weights = tf.tensor3d(
          Float32Array.from({ length: 30 }, (_, i) => i),
          [3, 2, 5],
        )
        expect(swapLeading(x).arraySync()).toEqual(tf.transpose(x, [1, 0, 2]).arraySync())
        const gradient = tf.grad((z) => tf.sum(tf.mul(swapLeading(z as tf.Tensor3D), weights)))(x)
        expect(gradient.arraySync()).toEqual(tf.transpose(weights, [1, 0, 2]).arraySync())
      }),
    )
  })

  it('transpose a matrix once within the sweeps that share a map', () => {
    const x = tf.ones<tf.Rank.R2>([2, 3])
    const transposes = new Map<object, tf.Tensor2D>()
    const [first, second, reshaped] = withTransposes(transposes, () => [
      transposed(x),
      transposed(x),
      transposed(tf.reshape(x, [6, 1])),
    ])
    expect(second).toBe(first)
    expect(reshaped.shape).toEqual([1, 6])
    tf.dispose([x, ...transposes.values()])
  })

  it('take a bias that is a reshaped tensor', async () => {
    const y = await expectNoLeak(() =>
      tf.tidy(() =>
        dense(tf.ones([2, 3]), tf.ones([3, 4]), tf.reshape(tf.tensor2d([1, 2, 3, 4], [2, 2]), [4]), 'relu'),
      ),
    )
    expect(y.arraySync()).toEqual([
      [4, 5, 6, 7],
      [4, 5, 6, 7],
    ])
    y.dispose()
  })

  it('dense layers have the gradients of their composition, wide ones too', async () => {
    const [rows, inputs, outputs] = [5, 67, 9]
    const numbers = (n: number, phase: number) =>
      Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7 + phase))
    await expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor2d(numbers(rows * inputs, 0), [rows, inputs])
        const w = tf.tensor2d(numbers(inputs * outputs, 1), [inputs, outputs])
        const b = tf.tensor1d(numbers(outputs, 2))
        for (const activation of ['linear', 'relu', 'tanh', 'elu', 'gelu', 'softplus'] as const) {
          const ours = tf.valueAndGrads((...xs) =>
            tf.sum(
              tf.square(dense(xs[0] as tf.Tensor2D, xs[1] as tf.Tensor2D, xs[2] as tf.Tensor1D, activation)),
            ),
          )
          const apply = {
            linear: tf.clone,
            relu: tf.relu,
            tanh: tf.tanh,
            elu: tf.elu,
            softplus: tf.softplus,
            gelu: (z: tf.Tensor) => tf.mul(z, tf.mul(0.5, tf.add(1, tf.erf(tf.div(z, Math.SQRT2))))),
          }
          const theirs = tf.valueAndGrads((...xs) =>
            tf.sum(tf.square(apply[activation](tf.add(tf.matMul(xs[0], xs[1]), xs[2])))),
          )
          const [mine, other] = [ours([x, w, b]), theirs([x, w, b])]
          const scale = other.value.dataSync()[0]
          expect(Math.abs(mine.value.dataSync()[0] - scale) / scale).toBeLessThan(1e-5)
          mine.grads.forEach((gradient, i) => {
            const largest = tf.max(tf.abs(other.grads[i])).dataSync()[0]
            const difference = tf.max(tf.abs(tf.sub(gradient, other.grads[i]))).dataSync()[0]
            expect(difference / largest, `${activation} ${i}`).toBeLessThan(1e-5)
          })
        }
      }),
    )
  })
})
