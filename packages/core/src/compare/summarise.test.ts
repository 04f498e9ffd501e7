import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { sampleNormal } from '../random/sample.ts'
import { gain, relativeGain } from './gains.ts'
import { summarise, verdictOn } from './summarise.ts'
import { evidence, metric } from './evidence.fixture.ts'

const error = metric('error')
const share = metric('share', { better: 'higher' })
const likelihood = metric('likelihood', { ratio: false })

/** Two tasks, two splits; metrics error and share. */
const byHand = evidence({
  metrics: [error, share, likelihood],
  scores: {
    sharing: [
      [
        [8, 0.6, 1],
        [9, 0.5, 1],
      ],
      [
        [3, NaN, 1],
        [2, 0.4, 1],
      ],
    ],
    alone: [
      [
        [10, 0.5, 5],
        [10, 0.5, 5],
      ],
      [
        [2, 0.5, 5],
        [4, 0, 5],
      ],
    ],
  },
  together: { sharing: [[6], [7]], alone: [[8], [8]] },
})

describe('summarise', () => {
  const [summary] = summarise(byHand, ['alone'])

  it('gives gains on each task in the units of its first metric', () => {
    expect([...summary.gains.mean]).toEqual([1.5, 0.5])
    // Mean gain over mean baseline: 1.5 / 10 and 0.5 / 3.
    expect(summary.gains.relative[0]).toBeCloseTo(0.15, 12)
    expect(summary.gains.relative[1]).toBeCloseTo(1 / 6, 12)
    expect(summary.gains.metrics).toEqual(['error', 'error'])
  })

  it('gives overall from rows together and balanced from sums over tasks, in per cent', () => {
    // Splits: (8 - 6) / 8 = 25 %, (8 - 7) / 8 = 12.5 %.
    expect(summary.overall.mean).toBeCloseTo(18.75, 12)
    // Splits: (2 - 1) / 12, (1 + 2) / 14.
    expect(summary.balanced.mean).toBeCloseTo((100 / 12 + 300 / 14) / 2, 12)
  })

  it('gives delta-m of both kinds from metrics with a true zero, pairs of a baseline of 0 left out', () => {
    // Split 0: task 0 error 20 %, share 20 %; task 1 error -50 %, share undefined.
    // Split 1: task 0 error 10 %, share 0 %; task 1 error 50 %, share has a baseline of 0.
    expect(summary.deltaM.perTask.mean).toBeCloseTo(((20 - 50) / 2 + (5 + 50) / 2) / 2, 12)
    expect(summary.deltaM.perMetric.mean).toBeCloseTo(((20 + 20 - 50) / 3 + (10 + 0 + 50) / 3) / 2, 12)
  })

  it('compares each estimator, the other baselines included, with each baseline', () => {
    const pairs = summarise(byHand, ['alone', 'sharing']).map(({ estimator, baseline }) => [
      estimator,
      baseline,
    ])
    expect(pairs).toEqual([
      ['sharing', 'alone'],
      ['alone', 'sharing'],
    ])
  })

  it('takes the mean over targets, so units do not matter', () => {
    const scores = {
      sharing: [
        [[8], [8], [8]],
        [[900], [1000], [1100]],
      ],
      alone: [
        [[10], [10], [10]],
        [[1000], [1000], [1000]],
      ],
    }
    const twoTargets = evidence({ metrics: [error], scores, targets: [[0], [1]] })
    const [first] = summarise(twoTargets, ['alone'])
    expect(first.overall.mean).toBeCloseTo((15 + 10 + 5) / 3, 12)
    expect(first.balanced.mean).toBeCloseTo(10, 12)
  })

  it('is over the splits in which both were fitted', () => {
    const scores = {
      sharing: [[[8], [NaN], [6]]],
      alone: [[[10], [10], [12]]],
    }
    const [first] = summarise(evidence({ metrics: [error], scores }), ['alone'])
    expect(first.gains.mean[0]).toBe(4)
    expect(first.overall.mean).toBeCloseTo((20 + 50) / 2, 12)
    expect(first.gains.relative[0]).toBeCloseTo(4 / 11, 12)
  })

  it('has no bounds and no verdict on one split', () => {
    const scores = { sharing: [[[8]], [[7]]], alone: [[[10]], [[10]]] }
    const [first] = summarise(evidence({ metrics: [error], scores }), ['alone'])
    expect(first.overall).toEqual({ mean: 25, lower: NaN, upper: NaN })
    expect([first.verdict, first.hurtTasks, first.helpedTasks]).toEqual(['undecided', [], []])
    expect(first.beyond).toEqual({ below: 0, above: 0, expectedByChance: 0 })
  })

  it('turns helped into hurt when the better side turns', () => {
    const cell = fc.double({ min: 1, max: 10, noNaN: true })
    const table = fc.array(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 1 }), { minLength: 4, maxLength: 4 }),
      {
        minLength: 6,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(table, table, (sharing, alone) => {
        const of = (first: ReturnType<typeof metric>): ReturnType<typeof summarise>[number] =>
          summarise(evidence({ metrics: [first], scores: { sharing, alone } }), ['alone'])[0]
        const [lower, higher] = [of(error), of(metric('error', { better: 'higher' }))]
        expect(higher.hurtTasks).toEqual(lower.helpedTasks)
        expect(higher.helpedTasks).toEqual(lower.hurtTasks)
        expect(higher.beyond).toEqual({
          ...lower.beyond,
          above: lower.beyond.below,
          below: lower.beyond.above,
        })
        expect(higher.overall.mean).toBe(-lower.overall.mean)
        expect(higher.balanced.upper).toBe(-lower.balanced.lower)
      }),
    )
  })

  it('shows no gain where scores differ by rounding alone', () => {
    const scores = {
      same: [[[0.1 + 0.2], [0.7]]],
      alone: [[[0.3], [0.7]]],
    }
    const [first] = summarise(evidence({ metrics: [error], scores }), ['alone'])
    expect([first.overall.mean, first.verdict]).toEqual([0, 'undecided'])
  })

  it('calls no task hurt or helped that a split tests by fewer than 5 rows', () => {
    const scores = {
      sharing: [0, 1, 2].map((t) => [9.01, 9.02, 9.03, 9.02, 9.01].map((score) => [t === 2 ? 10 : score])),
      alone: [0, 1, 2].map(() => Array.from({ length: 5 }, () => [10])),
    }
    const base = evidence({ metrics: [error], scores })
    const helped = (...testRows: number[]): readonly string[] =>
      summarise({ ...base, sizes: { ...base.sizes, testRows: Float64Array.from(testRows) } }, ['alone'])[0]
        .helpedTasks
    expect(helped(10, 5, 10)).toEqual(['task-0', 'task-1'])
    expect(helped(10, 4.8, 10)).toEqual(['task-0'])
    expect(helped(1, 1, 1)).toEqual([])
  })

  it('finds the tasks that are hurt among many that are not, and says what chance gives', () => {
    const random = createRandom('tasks')
    const shift = (t: number): number => (t < 10 ? 3 : 0)
    const table = (effect: (t: number) => number): number[][][] =>
      Array.from({ length: 200 }, (_, t) =>
        Array.from({ length: 5 }, () => [10 + effect(t) + 0.3 * sampleNormal(random)]),
      )
    const scores = { sharing: table(shift), alone: table(() => 0) }
    const [first] = summarise(evidence({ metrics: [error], scores, testedByTrained: 0 }), ['alone'])
    expect(first.hurtTasks.length).toBeGreaterThanOrEqual(10)
    expect(first.hurtTasks.slice(0, 10)).toEqual(first.gains.metrics.slice(0, 10).map((_, t) => `task-${t}`))
    // At most a tenth of the shown are false in the mean; three more would be far from it.
    expect(first.hurtTasks.length + first.helpedTasks.length).toBeLessThan(14)
    expect(first.beyond.expectedByChance).toBeCloseTo(5, 12)
    // Binomial(190, 0.025): sd 2.2; 4 sd.
    expect(first.beyond.above).toBeLessThan(14)
  })
})

describe('the verdict of one method', () => {
  const at = (lower: number, upper: number): { mean: number; lower: number; upper: number } => ({
    mean: (lower + upper) / 2,
    lower,
    upper,
  })

  it('is of rows, unless tasks exclude zero on the other side', () => {
    expect(verdictOn(at(1, 2), at(-1, 2))).toBe('helps')
    expect(verdictOn(at(1, 2), at(-3, -2))).toBe('mixed')
    expect(verdictOn(at(-2, -1), at(2, 3))).toBe('mixed')
    expect(verdictOn(at(-2, -1), at(-3, 3))).toBe('hurts')
    expect(verdictOn(at(-2, 1), at(2, 3))).toBe('undecided')
    expect(verdictOn(at(0, 1), at(2, 3))).toBe('undecided')
  })
})

describe('a gain', () => {
  it('is 0 where scores differ by rounding alone, and not where one is infinite', () => {
    expect(gain(error, 1 + 1e-14, 1)).toBe(0)
    expect(gain(error, 0, 0)).toBe(0)
    expect(gain(error, Infinity, 1)).toBe(-Infinity)
  })
})

describe('two scales of gain', () => {
  it('an improvement of squared error by g is one of 1 - sqrt(1 - g) of its root', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -3, max: 0.99, noNaN: true }),
        (mse, g) => {
          const gain = relativeGain(error, Math.sqrt(mse * (1 - g)), Math.sqrt(mse))
          expect(gain).toBeCloseTo(100 * (1 - Math.sqrt(1 - g)), 8)
        },
      ),
    )
    // School, mean-regularised: 6.8 % of the squared error is 3.5 % of its root.
    expect(relativeGain(error, Math.sqrt(1 - 0.068), 1)).toBeCloseTo(3.46, 2)
  })
})
