import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import type { Task } from '../data/types.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { matrix, row } from '../linalg/matrix.ts'
import { dot, gram, transposeMultiplyVector } from '../linalg/product.ts'
import { createRandom } from '../random/generator.ts'
import { coupledCoefficients, eliminateSlopes, solveShared } from './coupled-ridge.ts'
import { designOf, statisticsOf } from './statistics.ts'

const inputs = 2
const size = inputs + 1

/** Tasks with levels of their own, far from 0 in inputs and targets; some have one row, one none that counts. */
function tasksOf(seed: number): readonly Task[] {
  const random = createRandom(seed)
  return dataset(
    [4, 1, 7, 2].map((rows, t) => {
      const level = 40 * random.next()
      return {
        name: `t${t}`,
        inputs: Array.from({ length: rows }, () => [level + random.next(), 2 * random.next() - 1]),
        targets: Array.from({ length: rows }, () => 3 * level + random.next()),
        weights: Array.from({ length: rows }, () => (t === 3 ? 0 : 0.5 + random.next())),
      }
    }),
  ).tasks
}

interface Penalties {
  readonly slopePenalty: number
  readonly interceptPenalty: number
  readonly meanPenalty: number
}

/** All of u and v_t at once, by the normal equations of the whole design. */
function solveWhole(
  tasks: readonly Task[],
  penalties: Penalties,
): Record<'squares' | 'freedom', number> & {
  readonly shared: Float64Array
  readonly own: readonly Float64Array[]
} {
  const wide = (tasks.length + 1) * size
  const rows = tasks.flatMap((task, t) =>
    Array.from(task.targets, (y, i) => {
      const z = new Float64Array(wide)
      const own = row(designOf(task.inputs), i)
      z.set(own)
      z.set(own, (t + 1) * size)
      return { z, y, weight: task.weights?.[i] ?? 1 }
    }),
  )
  const design = matrix(rows.length, wide, Float64Array.from(rows.flatMap(({ z }) => [...z])))
  const weights = Float64Array.from(rows, ({ weight }) => weight)
  const gramian = gram(design, weights)
  const penalised = matrix(wide, wide, gramian.data.slice())
  for (let j = 0; j < wide; j++) {
    const slope = j < size ? penalties.meanPenalty : penalties.slopePenalty
    const intercept = j < size ? 0 : penalties.interceptPenalty
    penalised.data[j * (wide + 1)] += j % size === 0 ? intercept : slope
  }
  const factor = cholesky(penalised)
  const found = factor.solve(
    transposeMultiplyVector(
      design,
      weights.map((weight, i) => weight * rows[i].y),
    ),
  )
  const smoother = factor.solveMatrix(gramian)
  const shared = found.slice(0, size)
  return {
    shared,
    own: tasks.map((_, t) => shared.map((value, j) => value + found[(t + 1) * size + j])),
    squares: rows.reduce((total, { z, y, weight }) => total + weight * (y - dot(z, found)) ** 2, 0),
    freedom: smoother.data.reduce((total, value, at) => (at % (wide + 1) === 0 ? total + value : total), 0),
  }
}

it('is the joint least squares of all tasks, with its residuals and the trace of its smoother', () => {
  const penalty = fc.integer({ min: -2, max: 5 }).map((k) => 10 ** k)
  fc.assert(
    fc.property(
      fc.integer(),
      penalty,
      penalty,
      penalty,
      (seed, slopePenalty, interceptPenalty, meanPenalty) => {
        const tasks = tasksOf(seed)
        const penalties = { slopePenalty, interceptPenalty, meanPenalty }
        const statistics = tasks.map(statisticsOf)
        const { shared, squares, freedom } = solveShared(
          eliminateSlopes(statistics, slopePenalty),
          interceptPenalty,
          meanPenalty,
        )
        const whole = solveWhole(tasks, penalties)
        const expectNear = (actual: number, expected: number): void =>
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(expected)))
        shared.forEach((value, j) => expectNear(value, whole.shared[j]))
        coupledCoefficients(statistics, shared, penalties).forEach((own, t) =>
          own.forEach((value, j) => expectNear(value, whole.own[t][j])),
        )
        expectNear(squares, whole.squares)
        expectNear(freedom, whole.freedom)
      },
    ),
  )
})

it('keeps small differences within a task beside its level', () => {
  // y = 1e6 + 3 (x - 1e6): sums around 0 would leave no digit of the slope.
  const x = [0, 1, 2, 3].map((k) => 1e6 + k * 1e-3)
  const { tasks } = dataset([
    { name: 'far', inputs: x.map((value) => [value]), targets: x.map((value) => 1e6 + 3 * (value - 1e6)) },
  ])
  const { gramian, moment } = statisticsOf(tasks[0])
  expect(moment[0] / gramian.data[0]).toBeCloseTo(3, 6)
})
