import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it } from 'vitest'
import { expectNoLeak } from '../testing/expect-no-leak.ts'
import { ensureBackend, useBackend } from './backend.ts'

afterEach(async () => {
  await tf.setBackend('cpu')
})

describe('useBackend', () => {
  it('takes wasm by default, and leaves the handlers of the process as they were', async () => {
    const listeners = () =>
      ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event))
    const before = listeners()
    expect(await useBackend()).toBe('wasm')
    expect(listeners()).toEqual(before)
  })

  it('goes on to the next backend where one cannot be started', async () => {
    expect(await useBackend(['webgpu', 'cpu'])).toBe('cpu')
    await expectNoLeak(() => useBackend(['cpu']))
  })

  it('leaves the backend that an application chose', async () => {
    await tf.setBackend('cpu')
    expect(await ensureBackend()).toEqual({ backend: 'cpu', refused: {} })
  })

  it('starts once for all who ask at the same time, and none computes before', async () => {
    tf.engine().reset()
    const product = async (): Promise<number> => {
      await ensureBackend()
      return tf.tidy(() => tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])).dataSync()[0])
    }
    expect(await Promise.all([product(), product(), product()])).toEqual([31, 31, 31])
    expect(tf.getBackend()).toBe('wasm')
  })

  it('refuses a backend whose gradients are wrong', async () => {
    const right = tf.getKernel('_FusedMatMul', 'cpu')
    tf.unregisterKernel('_FusedMatMul', 'cpu')
    tf.registerKernel({
      ...right,
      kernelFunc: ({ inputs, backend, attrs }) => {
        const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
        return right.kernelFunc({ inputs: { a, b }, backend, attrs })
      },
    })
    await expect(useBackend(['cpu'])).rejects.toMatchObject({ code: 'unsupported' })
    await expect(useBackend(['cpu'])).rejects.toThrow(/cpu: its self-test is wrong by/)
    tf.unregisterKernel('_FusedMatMul', 'cpu')
    tf.registerKernel(right)
    expect(await useBackend(['cpu'])).toBe('cpu')
  })

  it('says of each backend why none works', async () => {
    await expect(useBackend([])).rejects.toThrow('none was named')
    await expect(useBackend(['webgpu'])).rejects.toThrow(/webgpu: not registered/)
  })
})
