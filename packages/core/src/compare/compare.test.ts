import { describe, expect, it } from 'vitest'
import { meanRegularised } from '../baseline/mean-regularised.ts'
import { pooled } from '../baseline/pooled.ts'
import { singleTask } from '../baseline/single-task.ts'
import { selectTaskRows } from '../data/rows.ts'
import { splitData } from '../data/split-data.ts'
import type { Dataset, Split } from '../data/types.ts'
import { fromJson, toJson } from '../document/json.ts'
import { MtlError } from '../error/mtl-error.ts'
import { r2, rmse } from '../metric/regression.ts'
import { logLoss } from '../metric/classes.ts'
import type { Metric } from '../metric/types.ts'
import { createRandom } from '../random/generator.ts'
import { elsewhere } from '../testing/elsewhere.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { compare } from './compare.ts'
import { makeSplits } from './plan.ts'
import { eachScore, scoreAt } from './score-table.ts'
import { constant, everything } from './constant.fixture.ts'
import type { CompareEvent, Comparison, FitResult } from './types.ts'

const data = relatedTasks({
  random: createRandom('related'),
  tasks: 12,
  rows: 24,
  features: 6,
  spread: 0.4,
  noise: 2,
})

/** Without what a clock says. */
function timeless({ seconds, ...rest }: Comparison): unknown {
  return { labels: Object.keys(seconds), ...rest, toDocument: undefined }
}

function fitsOf(events: readonly CompareEvent[]): FitResult[] {
  return events.flatMap((event) => (event.type === 'fit' ? [event.fit] : []))
}

const shared = { 'mean-regularised': meanRegularised() }

describe('compare', () => {
  it('finds that related tasks are learnt better together, and says so', async () => {
    const result = await compare(shared, data, { random: 7 })
    expect(result.decision).toBe('together')
    expect(result.recommended).toBe('mean-regularised')
    expect(result.verdict).toMatch(/^Learn these 12 tasks together: yes, with mean-regularised\./)
    expect(result.scores.estimators).toEqual(['mean-regularised', 'single-task', 'pooled'])
    expect(result.summaries.map(({ estimator, baseline }) => `${estimator} / ${baseline}`)).toEqual([
      'mean-regularised / single-task',
      'mean-regularised / pooled',
      'single-task / pooled',
      'pooled / single-task',
    ])
    expect(result.failures).toEqual([])
    expect(result.pareto).toContain('mean-regularised')
    expect(result.views['mean-regularised'].length).toBeGreaterThan(0)
    expect(result.seconds.pooled).toBeGreaterThanOrEqual(0)
  })

  it('gives each fit the stream that is named after estimator and split, and the rows of the split', async () => {
    const [{ scores, overall }, splits] = [
      await compare({}, data, { random: 7, baselines: { alone: singleTask() }, metrics: [rmse] }),
      await makeSplits(data, undefined, createRandom(7).fork(0)),
    ]
    const { train, test } = splitData(data, splits[2])
    const training = singleTask().train(train, { random: createRandom(7).fork('alone').fork(2) })
    let step = await training.next()
    while (!step.done) step = await training.next()
    const predictions = await step.value.predict(test)
    const third = test.tasks[3]
    const own = rmse.evaluate(predictions[third.name], third.targets)
    expect(scores.values[scoreAt(scores, 0, 3, 2, 0)]).toBe(own)
    const squares = test.tasks.reduce(
      (sum, { name, targets }) => sum + targets.length * rmse.evaluate(predictions[name], targets) ** 2,
      0,
    )
    const rows = test.tasks.reduce((sum, { targets }) => sum + targets.length, 0)
    const together = overall.find(({ split, metric }) => split === 2 && metric === 'rmse')
    expect(together?.value).toBeCloseTo(Math.sqrt(squares / rows), 12)
    const mean = overall.find(({ split, metric }) => split === 2 && metric === 'rmse-task-mean')
    const each = test.tasks.map(({ name, targets }) => rmse.evaluate(predictions[name], targets))
    expect(mean?.value).toBeCloseTo(each.reduce((sum, value) => sum + value) / each.length, 12)
  })

  it('hears an interrupt while it still draws splits', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 100)
    const heard: string[] = []
    const splits = { repeats: 1_000_000, testFraction: 0.25 }
    const asked = compare(shared, data, {
      ...{ random: 0, splits, signal: stop.signal },
      onEvent: ({ type }) => heard.push(type),
    })
    await expect(asked).rejects.toThrow('enough')
    expect(heard).toEqual([])
  })

  it('gives the same bits wherever fits run, and in whatever order they come back', async () => {
    const here = await compare(shared, data, { random: 'bits' })
    const there = await compare(shared, data, { random: 'bits', executor: elsewhere() })
    expect(timeless(there)).toEqual(timeless(here))
  })

  it('takes up a comparison that was stopped, to the same bits, and runs no finished fit again', async () => {
    const whole: CompareEvent[] = []
    const uninterrupted = await compare(shared, data, { random: 7, onEvent: (event) => whole.push(event) })
    const stop = new AbortController()
    const before: CompareEvent[] = []
    const stopped = compare(shared, data, {
      random: 7,
      signal: stop.signal,
      onEvent(event) {
        before.push(event)
        if (event.type === 'fit' && event.done === 4) stop.abort(new Error('enough'))
      },
    })
    await expect(stopped).rejects.toThrow('enough')
    expect(fitsOf(before)).toHaveLength(4)
    const after: CompareEvent[] = []
    const resumed = await compare(shared, data, {
      random: 7,
      finished: fitsOf(before),
      onEvent: (event) => after.push(event),
    })
    expect(timeless(resumed)).toEqual(timeless(uninterrupted))
    expect(
      after.flatMap((event) => (event.type === 'fit' ? [`${event.done} of ${event.total}`] : [])),
    ).toEqual(Array.from({ length: 11 }, (_, i) => `${i + 5} of 15`))
    expect([...fitsOf(before), ...fitsOf(after)].map(({ key }) => key)).toEqual(
      fitsOf(whole).map(({ key }) => key),
    )
  })

  it('runs a fit again when data, splits, metrics, options or seed are others', async () => {
    const keys = async (
      given: Dataset,
      value: number,
      options: { random: number; metrics?: readonly Metric[]; splits?: { folds: number } },
    ): Promise<string[]> => {
      const events: CompareEvent[] = []
      const baselines = { constant: constant(value) }
      await compare({}, given, { baselines, onEvent: (event) => events.push(event), ...options })
      return fitsOf(events).map(({ key }) => key)
    }
    const fewer = { tasks: data.tasks.slice(1) }
    const all = [
      ...(await keys(data, 1, { random: 1 })),
      ...(await keys(fewer, 1, { random: 1 })),
      ...(await keys(data, 2, { random: 1 })),
      ...(await keys(data, 1, { random: 2 })),
      ...(await keys(data, 1, { random: 1, metrics: [rmse] })),
      ...(await keys(data, 1, { random: 1, splits: { folds: 3 } })),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(await keys(data, 1, { random: 1 })).toEqual(all.slice(0, 5))
  })

  it('keeps what other fits gave when one throws', async () => {
    let fits = 0
    const failing = constant(0, {
      name: 'failing',
      train() {
        fits += 1
        if (fits === 2) throw new MtlError('not-finite', 'the objective is NaN after step 3')
        return 0
      },
    })
    const result = await compare({ failing }, data, { random: 7, baselines: { other: constant(0) } })
    expect(result.failures).toEqual([
      { estimator: 'failing', split: 1, code: 'not-finite', message: 'the objective is NaN after step 3' },
    ])
    const cells = [...eachScore(result.scores)].filter(({ metric }) => metric === 'rmse')
    expect(cells.filter(({ estimator }) => estimator === 'other')).toHaveLength(60)
    expect(cells.filter(({ estimator }) => estimator === 'failing')).toHaveLength(48)
    expect(result.summaries[0].overall.mean).toBe(0)
  })

  it('tries no fit of an estimator that cannot learn such data', async () => {
    const classesOnly = constant(0, { capabilities: { ...everything, kinds: ['binary'] } })
    const events: CompareEvent[] = []
    const result = await compare({ classesOnly }, data, {
      random: 7,
      baselines: { other: constant(1) },
      onEvent: (event) => events.push(event),
    })
    expect(result.failures).toEqual([
      {
        estimator: 'classesOnly',
        code: 'unsupported',
        message: 'constant cannot learn regression tasks ("task-0")',
      },
    ])
    expect(new Set(fitsOf(events).map(({ estimator }) => estimator))).toEqual(new Set(['other']))
    expect(result.summaries[0]).toMatchObject({ estimator: 'classesOnly', verdict: 'undecided' })
    expect(result.summaries[0].overall.mean).toBeNaN()
    expect(result.seconds.classesOnly).toBeNaN()
    expect(result.verdict).toBe('There is nothing to compare with other.')
  })

  it('reports the events of trainings with estimator and split', async () => {
    const events: CompareEvent[] = []
    await compare(shared, data, { random: 7, splits: { folds: 3 }, onEvent: (event) => events.push(event) })
    const trained = events.flatMap((event) => (event.type === 'training' ? [event] : []))
    expect(
      new Set(trained.map(({ estimator, split }) => `${estimator} ${split}`)).size,
    ).toBeGreaterThanOrEqual(3)
    expect(trained.every(({ event }) => event.type !== 'checkpoint')).toBe(true)
  })

  it('names what sharing is held against where that is no model of its own for each task', async () => {
    const baselines = { pooled: pooled() }
    const { verdict } = await compare(shared, data, { random: 7, baselines })
    expect(verdict).toContain('below that of pooled.')
    expect(verdict).not.toContain('one model per')
  })

  it('holds methods against the first baseline that can predict tasks left out, where single-task cannot', async () => {
    const options = { random: 7, splits: { taskFolds: 4 } }
    const { failures, verdict, recommended } = await compare(shared, data, options)
    expect(failures.map(({ estimator }) => estimator)).toEqual(['single-task'])
    expect(verdict).toMatch(/^Learn these 12 tasks together: .* pooled\b/)
    expect(recommended).not.toBe('single-task')
    const nobody = await compare({}, data, { ...options, baselines: { 'single-task': singleTask() } })
    expect([nobody.recommended, nobody.verdict]).toEqual([
      'single-task',
      'There is nothing to compare with single-task.',
    ])
  })

  it('calls tasks what they are called', async () => {
    const { verdict } = await compare(shared, data, { random: 7, taskNoun: 'city' })
    expect(verdict).toMatch(/^Learn these 12 cities together: .* one model per city\. /)
  })

  it('says how many rows are needed where whole tasks are left out, all of whose rows are tested', async () => {
    const few = { tasks: data.tasks.map((task) => selectTaskRows(task, [0, 1, 2])) }
    const { verdict } = await compare({}, few, { random: 7, splits: { taskFolds: 4 } })
    expect(verdict).toContain('Median 3 rows per task; 5 would be needed for a test.')
  })

  it('names an estimator once that is a baseline too', async () => {
    const mine = { 'single-task': singleTask({ penalty: 3 }), ...shared }
    const { scores, summaries } = await compare(mine, data, { random: 7 })
    expect(scores.estimators).toEqual(['single-task', 'mean-regularised', 'pooled'])
    expect(summaries.filter(({ baseline }) => baseline === 'single-task')).toHaveLength(2)
  })

  it('stores itself exactly', async () => {
    const result = await compare(shared, data, { random: 7, splits: { folds: 3 } })
    const document = result.toDocument()
    expect(document.type).toBe('comparison')
    const read = fromJson(JSON.parse(JSON.stringify(toJson(document))) as ReturnType<typeof toJson>)
    expect(read).toEqual(document)
    expect(document.value).toMatchObject({
      scores: result.scores,
      decision: result.decision,
      verdict: result.verdict,
      summaries: result.summaries,
    })
  })

  it('refuses what makes no comparison', async () => {
    const refused = (options: object, given: Dataset = data): Promise<unknown> =>
      compare({}, given, { random: 1, ...options })
    await expect(refused({}, { tasks: [] })).rejects.toThrow('at least one task')
    await expect(refused({ baselines: {} })).rejects.toThrow('at least one baseline')
    await expect(refused({ confidence: 1 })).rejects.toThrow('confidence must be')
    await expect(refused({ splits: [] })).rejects.toThrow('at least one split')
    await expect(refused({ splits: [{ test: [] }] satisfies Split[] })).rejects.toThrow('does not fit')
    const ready = (rows: readonly number[], unseen: readonly number[] = []): Promise<unknown> =>
      refused({ splits: [{ test: data.tasks.map(() => Int32Array.from(rows)), unseen }] })
    await expect(ready([5, 3])).rejects.toThrow('the test rows of task "task-0" do not ascend')
    await expect(ready([3, 3])).rejects.toThrow('the test rows of task "task-0" do not ascend')
    await expect(ready([24])).rejects.toThrow('position 24 of task "task-0", which has 24 rows')
    await expect(ready([3], [12])).rejects.toThrow('leaves out the task at position 12')
    await expect(refused({ metrics: [logLoss] })).rejects.toThrow('must have one for regression tasks')
    await expect(refused({ metrics: [r2] })).rejects.toThrow('r2 cannot be the first metric')
    await expect(refused({ metrics: [rmse, rmse] })).rejects.toThrow('two metrics are named "rmse"')
    await expect(refused({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
  })
})
