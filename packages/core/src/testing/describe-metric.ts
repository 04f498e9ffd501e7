import { describe, expect, it } from 'vitest'
import type { TaskKind } from '../data/types.ts'
import { bernoulli } from '../distribution/bernoulli.ts'
import { categorical } from '../distribution/categorical.ts'
import { concatenate } from '../distribution/concatenate.ts'
import { mixture } from '../distribution/mixture.ts'
import { normal } from '../distribution/normal.ts'
import type { Distribution, RealDistribution } from '../distribution/types.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Metric } from '../metric/types.ts'
import { createRandom } from '../random/generator.ts'
import { permutation, sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'

/** Sums in another order differ by rounding. */
const rounding = 1e-12

/**
 * Rows without a target are left out; the order of rows does not matter; weight 2 is a row given twice; no
 * rows give NaN. Registers vitest tests.
 */
export function describeMetric(metric: Metric): void {
  describe(`${metric.name} keeps the laws of metrics:`, () => {
    for (const [title, law] of Object.entries(metricLaws)) it(title, () => law(metric))
  })
}

/** By title; each throws where the metric breaks it. */
export const metricLaws: Readonly<Record<string, (metric: Metric) => void>> = {
  'rows without a target are left out': (metric) => {
    for (const { prediction, targets } of casesOf(metric)) {
      const kept = [...targets.keys()].filter((i) => i % 3 !== 0)
      const marked = targets.map((target, i) => (i % 3 === 0 ? NaN : target))
      expectSame(
        metric.evaluate(prediction, marked),
        metric.evaluate(prediction.select(kept), pick(targets, kept)),
      )
    }
  },

  'the order of rows does not matter': (metric) => {
    for (const { prediction, targets } of casesOf(metric)) {
      const order = permutation(createRandom(2), targets.length)
      expectSame(
        metric.evaluate(prediction.select(order), pick(targets, order)),
        metric.evaluate(prediction, targets),
      )
    }
  },

  'weight 2 is a row given twice, weight 0 an absent one': (metric) => {
    for (const { prediction, targets } of casesOf(metric)) {
      const weights = targets.map((_, i) => i % 3)
      const repeated = [...targets.keys()].flatMap((i) => Array.from({ length: i % 3 }, () => i))
      expectSame(
        metric.evaluate(prediction, targets, weights),
        metric.evaluate(prediction.select(repeated), pick(targets, repeated)),
      )
    }
  },

  'no rows give NaN': (metric) => {
    for (const { prediction, targets } of casesOf(metric)) {
      expect(metric.evaluate(prediction.select([]), new Float64Array(0))).toBeNaN()
      expect(metric.evaluate(prediction, new Float64Array(targets.length).fill(NaN))).toBeNaN()
      expect(metric.evaluate(prediction, targets, new Float64Array(targets.length))).toBeNaN()
    }
  },

  'arguments are left as they were': (metric) => {
    for (const { prediction, targets } of casesOf(metric)) {
      const before = [prediction.point.slice(), targets.slice()]
      metric.evaluate(prediction, targets)
      expect([prediction.point, targets]).toEqual(before)
    }
  },

  'predictions of other kinds are refused': (metric) => {
    const numbers: readonly TaskKind[] = ['regression']
    const classes: readonly TaskKind[] = ['binary', 'multiclass']
    for (const kinds of [numbers, classes]) {
      if (kinds.some((kind) => metric.kinds.includes(kind))) continue
      for (const { prediction, targets } of kinds.flatMap((kind) => cases[kind]()))
        expect(() => metric.evaluate(prediction, targets)).toThrow(
          expect.objectContaining({ code: 'unsupported' }),
        )
    }
  },
}

interface Case {
  readonly prediction: Distribution
  readonly targets: Float64Array
}

const casesOf = ({ kinds }: Metric): Case[] => kinds.flatMap((kind) => cases[kind]())

const rows = 12

/** Every form in which predictions of a kind come; targets of all classes. */
const cases: Readonly<Record<TaskKind, () => Case[]>> = {
  regression() {
    const random = createRandom(1)
    const targets = normals(random.fork('targets'))
    const one = normalAround(random.fork('one'))
    const mixed = mixture(
      matrix(
        rows,
        2,
        Float64Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 0.3 : 0.7)),
      ),
      [one, normalAround(random.fork('other'))],
    )
    const [first, second] = [one.select([0, 1, 2, 3, 4]), mixed.select([5, 6, 7, 8, 9, 10, 11])]
    return [one, mixed, concatenate([first, second])].map((prediction) => ({ prediction, targets }))
  },
  binary() {
    const random = createRandom(3)
    // Rounded, so that some are equal.
    const prediction = bernoulli(
      Float64Array.from({ length: rows }, () => Math.round(8 * random.next() + 0.5) / 10),
    )
    return [{ prediction, targets: prediction.point.map((_, i) => Number(i % 5 < 2)) }]
  },
  multiclass() {
    const random = createRandom(4)
    const prediction = categorical(
      matrix(rows, 3, Float64Array.from(Array.from({ length: rows }, () => shares(random)).flat())),
    )
    return [{ prediction, targets: prediction.point.map((_, i) => i % 3) }]
  },
}

function normals(random: RandomGenerator): Float64Array {
  return Float64Array.from({ length: rows }, () => sampleNormal(random))
}

function normalAround(random: RandomGenerator): RealDistribution {
  return normal(
    normals(random),
    normals(random).map((z) => 0.5 + z * z),
  )
}

function shares(random: RandomGenerator): number[] {
  const drawn = [random.next(), random.next(), random.next()]
  const sum = drawn[0] + drawn[1] + drawn[2]
  return drawn.map((value) => value / sum)
}

function pick(values: Float64Array, indices: ArrayLike<number>): Float64Array {
  return Float64Array.from(indices, (i) => values[i])
}

function expectSame(actual: number, expected: number): void {
  expect(expected).not.toBeNaN()
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(rounding * (1 + Math.abs(expected)))
}
