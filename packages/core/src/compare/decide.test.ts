import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'
import { verdictOn } from './summarise.ts'
import { metric, evidence } from './evidence.fixture.ts'
import type { Estimate, EstimatorSummary } from './types.ts'
import { verdictSentences } from './verdict.ts'

const roles = { separate: 'single-task', perTask: true, pooled: 'pooled' }

function around(mean: number, reach: number): Estimate {
  return { mean, lower: mean - reach, upper: mean + reach }
}

function summary(
  estimator: string,
  overall: Estimate,
  others: Partial<EstimatorSummary> = {},
): EstimatorSummary {
  const nothing = new Float64Array(0)
  const balanced = others.balanced ?? overall
  return {
    estimator,
    baseline: 'single-task',
    overall,
    balanced,
    verdict: verdictOn(overall, balanced),
    gains: { metrics: [], mean: nothing, lower: nothing, upper: nothing, relative: nothing },
    deltaM: { perTask: overall, perMetric: overall },
    hurtTasks: [],
    helpedTasks: [],
    beyond: { below: 3, above: 40, expectedByChance: 4 },
    ...others,
  }
}

const sizes = { splits: 5, testRows: Float64Array.of(10, 10, 4) }

interface Case extends Decision {
  readonly verdict: string
}

function decided(summaries: readonly EstimatorSummary[], given: Partial<typeof sizes> = {}): Case {
  const { splits, testRows } = { ...sizes, ...given }
  const decision = decide(summaries, roles, { splits, testRows })
  const table = Array.from(testRows, () => Array.from({ length: splits }, () => [1]))
  const base = evidence({ metrics: [metric('rmse')], scores: { 'single-task': table } })
  const told = { ...base, sizes: { ...base.sizes, testRows, rows: testRows.map((rows) => 4 * rows) } }
  return { ...decision, verdict: verdictSentences(told, summaries, roles, decision, 'school') }
}

describe('decide', () => {
  it('says together with the best of those that help', () => {
    const { decision, recommended, verdict } = decided([
      summary('clustered', around(3, 1), { helpedTasks: ['task-0', 'task-1'] }),
      summary('wild', around(5, 6)),
      summary('regularised', around(2.5, 1)),
      summary('pooled', around(-4, 2)),
    ])
    expect([decision, recommended]).toEqual(['together', 'clustered'])
    expect(verdict).toBe(
      'Learn these 3 schools together: yes, with clustered. On the same held-out rows its error (RMSE) is ' +
        '3.0\u202f% [2.0, 4.0] below that of one model per school. 2 schools are shown to gain and none to be hurt ' +
        '(3 lie below zero by their own interval; chance alone gives about 4). ' +
        'A single pooled model would make predictions worse, by 4.0\u202f% [2.0, 6.0].',
    )
  })

  it('says some where tasks are shown to be hurt, and names them', () => {
    const hurtTasks = ['a', 'b', 'c', 'd', 'e', 'f']
    const { decision, verdict } = decided([
      summary('clustered', around(3, 1), { hurtTasks }),
      summary('pooled', around(1.5, 1), { baseline: 'single-task' }),
    ])
    expect(decision).toBe('some')
    expect(verdict).toContain('6 schools are shown to be hurt: a, b, c, d, e and 1 more (3 lie below zero')
    expect(verdict).toContain(
      'Keep separate models for those. One pooled model gets you 50.0\u202f% of that gain.',
    )
  })

  it('says one model where pooled helps most, or the best is surely less than 1 % ahead of it', () => {
    const pooled = summary('pooled', around(3, 1))
    const best = summary('clustered', around(3.4, 1))
    expect(decided([pooled])).toMatchObject({ decision: 'one-model', recommended: 'pooled' })
    const near = summary('clustered', around(0.4, 0.3), { baseline: 'pooled' })
    const equal = decided([pooled, best, near])
    expect(equal).toMatchObject({ decision: 'one-model', recommended: 'pooled' })
    expect(equal.verdict).toBe(
      'Yes, one model for all will do. pooled predicts as well as the best method, clustered (difference ' +
        '0.4\u202f% [0.1, 0.7]), and is simpler; its error (RMSE) is 3.0\u202f% [2.0, 4.0] below that of one model per school.',
    )
    const unsure = summary('clustered', around(0.4, 2), { baseline: 'pooled' })
    expect(decided([pooled, best, unsure])).toMatchObject({ decision: 'together', recommended: 'clustered' })
    const hurting = { ...pooled, hurtTasks: ['task-1'] }
    expect(decided([hurting, best, near])).toMatchObject({ decision: 'together', recommended: 'clustered' })
    expect(decided([hurting])).toMatchObject({ decision: 'some', recommended: 'pooled' })
  })

  it('says separate where the best hurts', () => {
    const { decision, recommended, verdict } = decided([
      summary('clustered', around(-3, 1)),
      summary('pooled', around(-8, 20)),
    ])
    expect([decision, recommended]).toEqual(['separate', 'single-task'])
    expect(verdict).toBe(
      'Learn these 3 schools together: no. The best method, clustered, predicts worse than one model per school: ' +
        'the error (RMSE) rises by 3.0\u202f% [2.0, 4.0]. Keep separate models.',
    )
  })

  it('says undecided where no interval excludes zero, or rows and tasks disagree', () => {
    const open = decided([summary('clustered', around(0.8, 0.84))])
    expect(open).toMatchObject({ decision: 'undecided', recommended: 'single-task' })
    // A bound never rounds to zero.
    expect(open.verdict).toContain('differs by 0.8\u202f% [−0.04, 1.6], which includes zero.')
    const behind = decided([summary('clustered', around(-0.8, 0.9))])
    expect(behind.verdict).toContain(
      'None does better than one model per school; the closest, clustered, differs by −0.8\u202f% [−1.7, 0.1], which includes zero.',
    )
    const mixed = decided([summary('clustered', around(3, 1), { balanced: around(-2, 1) })])
    expect(mixed.decision).toBe('undecided')
    expect(mixed.verdict).toContain(
      'over all rows the error (RMSE) falls by 3.0\u202f% [2.0, 4.0], but with schools counted alike it ' +
        'rises by 2.0\u202f% [1.0, 3.0]: the answer depends on what counts.',
    )
    const turned = decided([summary('clustered', around(-3, 1), { balanced: around(2, 1) })])
    expect(turned.verdict).toContain(
      'rises by 3.0\u202f% [2.0, 4.0], but with schools counted alike it falls by',
    )
  })

  it('says too little with fewer than 3 splits or half of the tasks under 5 test rows, and still says who helps', () => {
    const helping = [summary('clustered', around(3, 1))]
    const few = decided(helping, { splits: 2 })
    expect(few).toMatchObject({ decision: 'too-little-data', recommended: 'clustered' })
    expect(few.verdict).toBe(
      'Too little data to tell: 2 splits, where 3 are needed for a test. What follows describes, it does not decide.',
    )
    const thin = decided(helping, { testRows: Float64Array.of(10, 10, 4, 3) })
    expect(thin.decision).toBe('too-little-data')
    expect(thin.verdict).toBe(
      'Too little data to tell. Median 16 rows per school; 20 would be needed for a test. ' +
        'What follows describes, it does not decide.',
    )
    expect(decided(helping, { testRows: Float64Array.of(10, 10, 10, 3) }).decision).toBe('together')
  })

  it('has nothing to say of one task, of no labels, or of nobody fitted', () => {
    const helping = [summary('clustered', around(3, 1))]
    const lone = decided(helping, { testRows: Float64Array.of(10) })
    expect([lone.decision, lone.verdict]).toEqual([
      'undecided',
      'There is one school: nothing to learn together.',
    ])
    const empty = decided(helping, { testRows: Float64Array.of(0, 0) })
    expect(empty.verdict).toBe('There is nothing to compare: no test row has a label.')
    const nobody = decided([summary('clustered', { mean: NaN, lower: NaN, upper: NaN })])
    expect(nobody.verdict).toBe('There is nothing to compare with single-task.')
  })
})
