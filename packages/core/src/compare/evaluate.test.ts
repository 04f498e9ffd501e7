import { describe, expect, it } from 'vitest'
import { meanRegularised } from '../baseline/mean-regularised.ts'
import { dataset } from '../data/dataset.ts'
import { splitData } from '../data/split-data.ts'
import { holdout } from '../data/splits.ts'
import { normal } from '../distribution/normal.ts'
import { createRandom } from '../random/generator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { fit } from '../training/fit.ts'
import { compare } from './compare.ts'
import { evaluate } from './evaluate.ts'
import { eachScore } from './score-table.ts'

describe('evaluate', () => {
  it('gives the figures of a comparison for the same predictions', async () => {
    const data = relatedTasks({
      random: createRandom('evaluate'),
      tasks: 4,
      rows: 20,
      features: 2,
      spread: 0.4,
      noise: 1,
    })
    const split = holdout(data, { random: createRandom(1), testFraction: 0.3 })
    const method = { 'mean-regularised': meanRegularised({ slopePenalty: 1, interceptPenalty: 1 }) }
    const { scores, overall } = await compare(method, data, { random: 1, splits: [split], baselines: method })
    const { train, test } = splitData(data, split)
    const model = await fit(method['mean-regularised'], train, { random: 1 })
    const predicted = await model.predict(test)
    const found = evaluate(
      test,
      test.tasks.map(({ name }) => predicted[name]),
    )
    const compared = [...eachScore(scores)].map(({ task, metric, value }) => ({ task, metric, value }))
    expect(found.scores).toHaveLength(compared.length)
    expect(found.scores).toEqual(expect.arrayContaining(compared))
    expect(found.overall).toEqual(overall.map(({ target, metric, value }) => ({ target, metric, value })))
  })

  it('leaves out a task without labels or prediction', () => {
    const inputs = [[1], [2], [3]]
    const data = dataset([
      { name: 'labelled', inputs, targets: [0, NaN, 2] },
      { name: 'unlabelled', inputs, targets: [NaN, NaN, NaN] },
      { name: 'unpredicted', inputs, targets: [1, 2, 3] },
    ])
    const zero = normal(new Float64Array(3), new Float64Array(3).fill(1))
    const { scores, overall } = evaluate(data, [zero, zero, undefined])
    expect(new Set(scores.map(({ task }) => task))).toEqual(new Set(['labelled']))
    expect(scores.find(({ metric }) => metric === 'rmse')?.value).toBeCloseTo(Math.SQRT2, 14)
    expect(overall.find(({ metric }) => metric === 'rmse')?.value).toBeCloseTo(Math.SQRT2, 14)
  })
})
