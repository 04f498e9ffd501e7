import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { brokenBy, changed, modelled, predictLines, sound } from './descent.fixture.ts'

describe('the law of tensors', () => {
  it('holds where none is left, and is asked once tensors are there', async () => {
    tf.scalar(1).dispose()
    expect(await brokenBy(sound)).toEqual([])
  })

  it('finds a prediction that leaves one', async () => {
    const leaking = (): ReturnType<typeof changed> =>
      changed({
        predict: (parameters, queries) => {
          tf.scalar(1)
          return predictLines(parameters, queries)
        },
      })
    expect(await brokenBy(leaking)).toEqual(['no tensor is left'])
  })

  it('finds a training that leaves one', async () => {
    const leaking = (): ReturnType<typeof modelled> =>
      modelled((model) => {
        tf.scalar(1)
        return model
      })
    expect(await brokenBy(leaking)).toEqual(['no tensor is left'])
  })
})
