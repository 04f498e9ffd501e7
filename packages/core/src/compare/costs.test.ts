import { describe, expect, it } from 'vitest'
import { check } from '../error/mtl-error.ts'
import { normal } from '../distribution/normal.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator, EstimatorDefinition } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { iterate } from '../training/iterate.ts'
import { estimateCosts } from './costs.ts'

const data = relatedTasks({
  random: createRandom('costs'),
  tasks: 64,
  rows: 10,
  features: 2,
  spread: 1,
  noise: 1,
})

/** Keeps the processor busy. */
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

/** Takes a tenth of a millisecond for each row. */
function slow(definition: Partial<EstimatorDefinition<number>> = {}): Estimator {
  return defineEstimator<number>({
    name: 'slow',
    version: 1,
    options: {},
    capabilities: {
      kinds: ['regression'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: [],
      parameterUncertainty: false,
    },
    train({ tasks }) {
      work(tasks.reduce((sum, { inputs }) => sum + inputs.rows, 0) / 10)
      return 0
    },
    predict: (_, queries) =>
      queries.map(({ inputs: { rows } }) => normal(new Float64Array(rows), new Float64Array(rows).fill(1))),
    ...definition,
  })
}

describe('estimateCosts', () => {
  it('scales the time of a sample by rows, or by the cost that is stated', async () => {
    const squared = slow({
      name: 'squared',
      train({ tasks }) {
        work(tasks.length ** 2 / 20)
        return 0
      },
      cost: ({ tasks }) => ({ parameters: 3, operations: tasks.length ** 2, bytes: 80 }),
    })
    const [byRows, byCost] = await estimateCosts({ slow: slow(), squared }, data, { random: 1 })
    // 64 tasks of 10 rows take 0.064 s; within a factor of 3, as is promised.
    expect(byRows.seconds).toBeGreaterThan(0.064 / 3)
    expect(byRows.seconds).toBeLessThan(0.064 * 3)
    expect([byRows.parameters, byRows.bytes]).toEqual([NaN, NaN])
    expect(byCost.seconds).toBeGreaterThan(0.205 / 3)
    expect(byCost.seconds).toBeLessThan(0.205 * 3)
    expect(byCost).toMatchObject({ estimator: 'squared', parameters: 3, bytes: 80 })
  })

  it('cuts a training that would take long, and goes by the share that is behind', async () => {
    const long = slow({
      name: 'long',
      train: (_, context) =>
        iterate(
          {
            init: () => 0,
            step(state) {
              work(20)
              return state + 1
            },
            objective: () => 0,
            finish: () => 0,
            maxSteps: 5000,
          },
          context,
        ),
      cost: () => ({ parameters: 1, operations: 1, bytes: 1 }),
    })
    const started = performance.now()
    const [{ seconds }] = await estimateCosts({ long }, data, { random: 1 })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(seconds).toBeGreaterThan(100 / 3)
    expect(seconds).toBeLessThan(300)
  })

  it('says nothing of the time of an estimator that cannot learn such data', async () => {
    const classes = slow({ capabilities: { ...slow().capabilities, kinds: ['binary'] } })
    const [{ seconds }] = await estimateCosts({ classes }, data, { random: 1 })
    expect(seconds).toBeNaN()
  })

  it('stops with the reason of its signal, between estimators too', async () => {
    const stop = new AbortController()
    const stepping = slow({
      train: (_, context) =>
        iterate(
          {
            init: () => 0,
            step(state) {
              stop.abort(new Error('enough'))
              return state
            },
            objective: () => 0,
            finish: () => 0,
            maxSteps: 50,
          },
          context,
        ),
    })
    await expect(estimateCosts({ stepping }, data, { random: 1, signal: stop.signal })).rejects.toThrow(
      'enough',
    )
    await expect(estimateCosts({ quick: slow() }, data, { random: 1, signal: stop.signal })).rejects.toThrow(
      'enough',
    )
  })

  it('says nothing of the time of an estimator that fails on a few tasks, and goes on with others', async () => {
    const picky = slow({
      train({ tasks }) {
        check(tasks.length > 8, 'unsupported', 'needs nine tasks')
        return 0
      },
    })
    const [first, second] = await estimateCosts({ picky, quick: slow() }, data, { random: 1 })
    expect(first.seconds).toBeNaN()
    expect(second.seconds).toBeGreaterThan(0)
  })
})
