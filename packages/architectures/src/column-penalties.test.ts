import * as tf from '@tensorflow/tfjs'
import { matrix, svd } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { groupNorms, shrunkLayer, type ColumnGroups } from './column-penalties.ts'
import blocks from './goldens/blocks.json' with { type: 'json' }

const penalties = blocks.penalties
const { group_lasso: groupGoldens, trace_norm: traceGoldens, ...maps } = penalties.expected

/** The file's kernels are [in, out, tasks]. */
const stacked = (kernels: number[][][]): number[][][] =>
  kernels[0][0].map((_, t) => kernels.map((row) => row.map((unit) => unit[t])))

const layer = (): Record<string, tf.Tensor> => ({
  'a/kernel': tf.tensor3d(stacked(penalties.kernels)),
  'a/bias': tf.tensor2d(penalties.biases),
})

const near = (found: ArrayLike<number>, expected: readonly number[], digits = 5): void => {
  expect(found).toHaveLength(expected.length)
  Array.from(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits))
}

describe.each(['cpu', 'wasm'] as const)('penalties on columns on goldens, %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it.each(['input_rows', 'task_rows', 'output_units'] as const)('norms of groups: %s', (name) => {
    tf.tidy(() => {
      const { 'a/kernel': kernel, 'a/bias': bias } = layer()
      const groups = name.replace('_', '-') as Exclude<ColumnGroups, 'trace-norm'>
      const norms = groupNorms(groups, kernel as tf.Tensor3D, bias as tf.Tensor2D)
      near(norms.dataSync(), groupGoldens[name].group_norms)
    })
  })

  it('shrinks rows of inputs as the file says', () => {
    tf.tidy(() => {
      const { tau, kernels } = maps.prox_input_rows
      const shrunk = shrunkLayer('input-rows', 'a', layer(), tau / Math.sqrt(3 * 4))['a/kernel']
      near(shrunk.dataSync(), stacked(kernels).flat(2))
    })
  })

  it('shrinks singular values as the file says', () => {
    tf.tidy(() => {
      const { tau, kernels } = maps.prox_trace_task
      const { 'a/kernel': kernel, ...others } = shrunkLayer('trace-norm', 'a', layer(), tau)
      expect(others).toEqual({})
      near(kernel.dataSync(), stacked(kernels).flat(2))
    })
  })

  it('takes the sum of singular values down by the threshold for each', () => {
    const unfolded = (values: ArrayLike<number>) => svd(matrix(3, 20, Float64Array.from(values))).values
    tf.tidy(() => {
      const before = unfolded(layer()['a/kernel'].dataSync())
      near([before.reduce((sum, value) => sum + value, 0)], [traceGoldens.task])
      const after = unfolded(shrunkLayer('trace-norm', 'a', layer(), 0.5)['a/kernel'].dataSync())
      near(
        after,
        Array.from(before, (value) => Math.max(0, value - 0.5)),
      )
    })
  })
})
