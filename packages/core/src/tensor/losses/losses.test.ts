import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Bernoulli, Categorical, Normal } from '../../distribution/types.ts'
import { matrix } from '../../linalg/matrix.ts'
import { expectNoLeak } from '../../testing/expect-no-leak.ts'
import { useBackend } from '../backend.ts'
import type { FittedTask, TaskLoss, TaskShape } from '../types.ts'
import { heteroscedasticLoss } from './heteroscedastic-loss.ts'
import { huberLoss } from './huber-loss.ts'
import { lossOfKind } from './loss-of-kind.ts'

const task: TaskShape = { name: 'a', kind: 'regression', table: 0, classShares: [] }
const fitted: FittedTask = { mean: 10, deviation: 2, noiseVariance: 3, shift: [] }

/** Losses of cells and gradient of their sum. */
function evaluate(
  loss: TaskLoss,
  outputs: number[][],
  targets: number[],
): { losses: number[]; gradient: number[] } {
  return tf.tidy(() => {
    const o = tf.tensor2d(outputs)
    const y = tf.tensor1d(targets)
    const gradient = tf.grad((x) => tf.sum(loss.cellLosses(x as tf.Tensor2D, y)))(o)
    return { losses: [...loss.cellLosses(o, y).dataSync()], gradient: [...gradient.dataSync()] }
  })
}

/** What each loss is, in float64. */
const formulas: [TaskLoss, number, (o: readonly number[], y: number) => number][] = [
  [lossOfKind('regression'), 1, ([o], y) => (o - y) ** 2],
  [lossOfKind('binary'), 1, ([o], y) => Math.log1p(Math.exp(-Math.abs(o))) + Math.max(o, 0) - o * y],
  [
    lossOfKind('multiclass'),
    3,
    (o, y) => {
      const top = Math.max(...o)
      return top + Math.log(o.reduce((sum, value) => sum + Math.exp(value - top), 0)) - o[y]
    },
  ],
  [heteroscedasticLoss(), 2, ([o, s], y) => (Math.exp(-s) * (y - o) ** 2 + s) / 2],
  [
    huberLoss({ threshold: 1 }),
    1,
    ([o], y) => (Math.abs(o - y) < 1 ? (o - y) ** 2 : 2 * Math.abs(o - y) - 1),
  ],
]

describe.each(['cpu', 'wasm'] as const)('losses on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it.each(formulas)(
    '$name is its formula, and its gradient the difference quotient',
    (loss, width, formula) => {
      const output = fc.double({ min: -6, max: 6, noNaN: true })
      fc.assert(
        fc.property(
          fc.array(output, { minLength: width, maxLength: width }),
          fc.nat(width === 3 ? 2 : 1),
          (o, y) => {
            const { losses, gradient } = evaluate(loss, [o], [y])
            expect(Math.abs(losses[0] - formula(o, y))).toBeLessThan(1e-5 * (1 + Math.abs(losses[0])))
            o.forEach((_, j) => {
              const at = (step: number) =>
                formula(
                  o.map((value, i) => (i === j ? value + step : value)),
                  y,
                )
              const difference = (at(1e-5) - at(-1e-5)) / 2e-5
              expect(Math.abs(gradient[j] - difference)).toBeLessThan(2e-4 * (1 + Math.abs(difference)))
            })
          },
        ),
        { numRuns: 40 },
      )
    },
  )

  it.each(formulas)('$name is finite for large outputs, and leaves no tensor', async (loss, width) => {
    for (const size of [-200, -100, 100, 200]) {
      const { losses, gradient } = await expectNoLeak(() =>
        evaluate(loss, [Array<number>(width).fill(size)], [0]),
      )
      expect([...losses, ...gradient].every(Number.isFinite)).toBe(true)
    }
  })
})

describe('losses', () => {
  it('start at the best constant, which the class shares tell', () => {
    expect(lossOfKind('binary').constant({ ...task, classShares: [0.75, 0.25] })[0]).toBeCloseTo(
      -Math.log(3),
      12,
    )
    const constants = lossOfKind('multiclass').constant({ ...task, classShares: [0.5, 0.5, 0] })
    expect(constants[0] - constants[1]).toBe(0)
    expect(constants.every(Number.isFinite)).toBe(true)
    expect(heteroscedasticLoss().constant(task)).toEqual([0, 0])
  })

  it('give distributions in units of the target', () => {
    const two = matrix(1, 2, Float64Array.of(1, Math.log(4)))
    const rowwise = heteroscedasticLoss().distribution(two, fitted) as Normal
    expect(rowwise.mean[0]).toBe(12)
    expect(rowwise.variance[0]).toBeCloseTo(16, 12)
    const squared = huberLoss().distribution(matrix(1, 1, Float64Array.of(1)), fitted) as Normal
    expect([squared.mean[0], squared.variance[0]]).toEqual([12, 3])
  })

  it('undo class weights by the shift of the outputs', () => {
    const one = matrix(1, 1, Float64Array.of(0))
    const yes = lossOfKind('binary').distribution(one, { ...fitted, shift: [Math.log(3)] }) as Bernoulli
    expect(yes.mean[0]).toBeCloseTo(0.75, 12)
    const shift = [Math.log(2), 0, 0]
    const three = lossOfKind('multiclass').distribution(matrix(1, 3), { ...fitted, shift }) as Categorical
    three.probabilities.data.forEach((share, i) => expect(share).toBeCloseTo([0.5, 0.25, 0.25][i], 12))
  })

  it('refuse a threshold of 0', () => {
    expect(() => huberLoss({ threshold: 0 })).toThrow('threshold must be')
  })
})
