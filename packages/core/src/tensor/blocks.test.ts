import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { expectNoLeak } from '../testing/expect-no-leak.ts'
import { useBackend } from './backend.ts'
import { dropout } from './dropout.ts'
import golden from './goldens/blocks.json' with { type: 'json' }
import { composedRows, composedTaskDense } from './kernels/composed.ts'
import { layers } from './layers.ts'
import { disposeAll, distance } from './networks.fixture.ts'
import { batchNorm, layerNorm } from './normalisation.ts'
import { record } from './record.ts'
import { takeRows } from './take-rows.ts'
import { taskDense } from './task-dense.ts'
import type { TrainingPass, Variables } from './types.ts'

const numbers = (shape: number[], phase: number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(1.3 * i + phase)),
    shape,
  )
const passOf = (seed: number, state: Record<string, tf.Tensor> = {}): TrainingPass => ({
  random: createRandom(seed),
  progress: 0,
  taskShare: new Float32Array(1),
  penalise: () => undefined,
  update: (name, value) => void (state[name] = value),
})
const batch = { inputs: [] }

/** Value and gradients of the sum of squares of what a function gives. */
function evaluate(f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]): number[][] {
  const { value, grads } = tf.valueAndGrads((...each) => tf.sum(tf.square(f(...each))))(xs)
  return [value, ...grads].map((tensor) => [...tensor.dataSync()])
}

describe.each(['cpu', 'wasm'] as const)('blocks on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it('take rows with zeros past the end, and give their gradient to the table, repeated ones twice', async () => {
    const { table, ids, upstream, expected } = golden.embedding
    await expectNoLeak(() =>
      tf.tidy(() => {
        const t = tf.tensor2d(table)
        expect(
          distance(takeRows(t, Int32Array.from(ids)).dataSync(), expected.id.output.flat()),
        ).toBeLessThan(1e-6)
        const gradient = tf.grad((x) =>
          tf.sum(tf.mul(takeRows(x as tf.Tensor2D, Int32Array.from(ids)), upstream)),
        )(t)
        expect(distance(gradient.dataSync(), expected.id.gradient.flat())).toBeLessThan(1e-6)
        expect(takeRows(t, Int32Array.of(99)).arraySync()).toEqual([[0, 0, 0]])
      }),
    )
  })

  it.each([true, false])('apply the kernel of each task, own rows: %s', async (own) => {
    await expectNoLeak(() =>
      tf.tidy(() => {
        const taskOf = Int32Array.of(2, 0, 2, 3, 1)
        const [w, b] = [numbers([3, 4, 2], 1), numbers([3, 2], 2)] as [tf.Tensor3D, tf.Tensor2D]
        const x = own ? numbers([5, 4], 0) : numbers([5, 3, 4], 0)
        const ours = evaluate(
          (...xs) => taskDense(xs[0], xs[1] as tf.Tensor3D, xs[2] as tf.Tensor2D, own ? taskOf : undefined),
          [x, w, b],
        )
        // Row by row, task by task, in plain arrays.
        const apply = (values: number[], task: number): number[] =>
          task > 2
            ? [0, 0]
            : [0, 1].map((o) =>
                values.reduce(
                  (sum, value, i) => sum + value * w.arraySync()[task][i][o],
                  b.arraySync()[task][o],
                ),
              )
        const plain = own
          ? (x.arraySync() as number[][]).map((values, r) => apply(values, taskOf[r]))
          : (x.arraySync() as number[][][]).map((row) => row.map((values, k) => apply(values, k)))
        const y = taskDense(x, w, b, own ? taskOf : undefined)
        expect(distance(y.dataSync(), plain.flat(2))).toBeLessThan(1e-5)
        // Difference quotients of every value of x, kernel and bias.
        const loss = (...xs: tf.Tensor[]): number =>
          tf
            .sum(
              tf.square(
                taskDense(xs[0], xs[1] as tf.Tensor3D, xs[2] as tf.Tensor2D, own ? taskOf : undefined),
              ),
            )
            .dataSync()[0]
        const xs = [x, w, b]
        xs.forEach((tensor, j) => {
          const values = tensor.dataSync()
          const moved = (i: number, step: number): tf.Tensor[] =>
            xs.map((each, k) =>
              k === j
                ? tf.tensor(
                    values.map((value, at) => (at === i ? value + step : value)),
                    tensor.shape,
                  )
                : each,
            )
          const quotients = Array.from(
            values,
            (_, i) => (loss(...moved(i, 0.05)) - loss(...moved(i, -0.05))) / 0.1,
          )
          expect(distance(ours[1 + j], quotients)).toBeLessThan(2e-3)
        })
      }),
    )
  })

  it('apply the same kernels where all tasks read one row', async () => {
    await expectNoLeak(() =>
      tf.tidy(() => {
        const [x, w, b] = [numbers([5, 4], 0), numbers([3, 4, 2], 1), numbers([3, 2], 2)]
        const repeated = (each: tf.Tensor): tf.Tensor => tf.tile(tf.expandDims(each, 1), [1, 3, 1])
        const run = (f: (each: tf.Tensor) => tf.Tensor) =>
          evaluate(
            (...xs) => taskDense(f(xs[0]), xs[1] as tf.Tensor3D, xs[2] as tf.Tensor2D, undefined, 'tanh'),
            [x, w, b],
          )
        const [one, all] = [run((each) => each), run(repeated)]
        one.forEach((values, i) => expect(distance(values, all[i])).toBeLessThan(1e-4))
      }),
    )
  })

  it('normalise rows and batches as the golden file', async () => {
    await expectNoLeak(() =>
      tf.tidy(() => {
        const { batch_norm: b, layer_norm: l } = golden
        const v: Variables = {
          'shared/a/scale': tf.tensor1d(b.gamma),
          'shared/a/offset': tf.tensor1d(b.beta),
          'state/a/mean': tf.tensor1d(b.moving_mean),
          'state/a/variance': tf.tensor1d(b.moving_variance),
        }
        const state: Record<string, tf.Tensor> = {}
        const near = (x: tf.Tensor, expected: number[] | number[][]) =>
          expect(distance(x.dataSync(), expected.flat())).toBeLessThan(1e-5)
        near(batchNorm('shared/a', v, tf.tensor2d(b.x), passOf(1, state)), b.expected.train_output)
        near(state['state/a/mean'], b.expected.new_moving_mean)
        near(state['state/a/variance'], b.expected.new_moving_variance)
        near(batchNorm('shared/a', v, tf.tensor2d(b.x), undefined), b.expected.evaluation_output)
        near(layerNorm('shared/a', v, tf.tensor2d(l.x), batch), l.expected)
        expect(() => batchNorm('shared/a', v, tf.ones([1, 3]), passOf(1))).toThrow("'layer' does not")
      }),
    )
  })

  it('give layers of every kind a gradient for all that is trained', async () => {
    for (const normalise of ['none', 'layer', 'batch'] as const)
      for (const tasks of normalise === 'batch' ? [undefined] : [undefined, 3])
        await expectNoLeak(() => {
          const name = tasks ? 'tasks/t' : 'shared/t'
          const own = tasks ? { taskOf: Int32Array.of(0, 1, 2, 0, 2) } : {}
          const block = layers(name, [4, 3, 2], {
            normalise,
            activation: 'gelu',
            dropout: 0.1,
            ...(tasks && { tasks }),
          })
          const v = block.init(createRandom(3))
          const x = numbers([5, 4], 0)
          const trained = Object.keys(v).filter((each) => !each.startsWith('state/'))
          const pass = record(() => tf.sum(tf.square(block.apply(v, x, { ...batch, ...own }, passOf(1)))))
          const one = tf.scalar(1)
          const gradients = pass.gradients(
            [[pass.value, one]],
            trained.map((each) => v[each]),
          )
          gradients.forEach((gradient, i) => {
            expect(gradient?.shape, trained[i]).toEqual(v[trained[i]].shape)
            expect(gradient?.dataSync().every(Number.isFinite)).toBe(true)
          })
          pass[Symbol.dispose]()
          disposeAll(v)
          tf.dispose([x, one, ...gradients.filter((each) => each !== undefined)])
        })
  })

  it('record as tf.grads differentiates, to the bit', async () => {
    await expectNoLeak(() => {
      const f = (x: tf.Tensor, y: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.tanh(tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D)), 2))
      const [x, y, unused, one] = [numbers([3, 4], 0), numbers([4, 2], 1), tf.ones([2]), tf.scalar(1)]
      const theirs = tf.grads(f)([x, y])
      const recording = record(() => f(x, y))
      const ours = recording.gradients([[recording.value, one]], [x, y, unused])
      expect(ours[2]).toBeUndefined()
      theirs.forEach((gradient, i) => expect(ours[i]?.dataSync()).toEqual(gradient.dataSync()))
      recording[Symbol.dispose]()
      expect(() =>
        record(() => {
          tf.ones([3])
          throw new Error('body')
        }),
      ).toThrow('body')
      const without = record(() => tf.topk(x, 1).values)
      expect(() => without.gradients([[without.value, without.value]], [x])).toThrow('has no gradient')
      without[Symbol.dispose]()
      tf.dispose([x, y, unused, one, ...theirs, ...ours.filter((each) => each !== undefined)])
    })
  })

  it('drop the stated share, by the generator alone, and nothing outside training', async () => {
    await expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.ones([100, 100])
        const values = dropout(x, 0.3, passOf(1)).dataSync()
        const zeros = values.filter((value) => value === 0).length
        // Standard deviation of the count is 46; five of them.
        expect(Math.abs(zeros - 3000)).toBeLessThan(230)
        expect(Math.max(...values)).toBeCloseTo(1 / 0.7, 5)
        expect(dropout(x, 0.3, passOf(1)).dataSync()).toEqual(values)
        expect(dropout(x, 0.3, passOf(2)).dataSync()).not.toEqual(values)
        expect(dropout(x, 0.3, undefined)).toBe(x)
        expect(() => dropout(x, 1, undefined)).toThrow('dropout must be')
      }),
    )
  })
})

describe('blocks of whole operations', () => {
  it('are those of the loops', async () => {
    await useBackend(['cpu'])
    await expectNoLeak(() =>
      tf.tidy(() => {
        const taskOf = Int32Array.of(2, 0, 2, 3, 1)
        const xs = [numbers([5, 4], 0), numbers([3, 4, 2], 1), numbers([3, 2], 2)]
        const [ours, theirs] = [taskDense, composedTaskDense].map((f) =>
          evaluate((x, w, b) => f(x as tf.Tensor2D, w as tf.Tensor3D, b as tf.Tensor2D, taskOf), xs),
        )
        ours.forEach((values, i) => expect(distance(values, theirs[i])).toBeLessThan(1e-5))
        const [mine, other] = [takeRows, composedRows].map((f) =>
          evaluate((x) => f(x as tf.Tensor2D, taskOf), [xs[2]]),
        )
        mine.forEach((values, i) => expect(distance(values, other[i])).toBeLessThan(1e-5))
      }),
    )
  })

  it('refuse batch statistics of what tasks own', () => {
    expect(() => layers('tasks/t', [2, 2], { tasks: 2, normalise: 'batch' })).toThrow("'layer' can be used")
    expect(() => layers('shared/t', [2, 0])).toThrow('width of shared/t/0 must be')
  })
})
