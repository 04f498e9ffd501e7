import { describe, expect, it } from 'vitest'
import { taskMean } from '../baseline/task-mean.ts'
import { meanRegularised } from '../baseline/mean-regularised.ts'
import { dataset } from '../data/dataset.ts'
import type { Dataset } from '../data/types.ts'
import { normal } from '../distribution/normal.ts'
import { accuracy } from '../metric/classes.ts'
import { rmse } from '../metric/regression.ts'
import { createRandom } from '../random/generator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { compare } from './compare.ts'
import { eachScore } from './score-table.ts'
import { constant, everything } from './constant.fixture.ts'
import type { Comparison } from './types.ts'

const data = relatedTasks({
  random: createRandom('related'),
  tasks: 12,
  rows: 24,
  features: 6,
  spread: 0.4,
  noise: 2,
})

describe('the data that compare takes', () => {
  it('predicts whole tasks as unseen ones, inputs aligned by feature, and leaves out who cannot', async () => {
    const seen: unknown[] = []
    const curious = constant(0, {
      name: 'curious',
      capabilities: { ...everything, descriptors: 'used', unseenTasks: ['examples'] },
      predict(_, queries) {
        seen.push(...queries.map(({ task }) => task))
        return queries.map(({ inputs }) =>
          normal(
            inputs.data.filter((_, at) => at % 2 === 0),
            new Float64Array(inputs.rows).fill(1),
          ),
        )
      },
    })
    const blind = constant(1, { name: 'blind', capabilities: { ...everything, unseenTasks: [] } })
    const rows = Array.from({ length: 8 }, (_, i) => [i, -i])
    const turned = rows.map(([a, b]) => [b, a])
    const tasks = dataset(
      ['a', 'b', 'c', 'd'].map((name, k) => ({
        name,
        features: k === 3 ? ['v', 'u'] : ['u', 'v'],
        inputs: k === 3 ? turned : rows,
        targets: rows.map(([a]) => a),
        descriptor: [k],
      })),
    )
    const result = await compare({ curious, blind }, tasks, {
      random: 3,
      splits: { taskFolds: 4, examples: 2 },
      baselines: { zero: constant(0) },
      metrics: [rmse],
    })
    expect(result.failures).toEqual([
      { estimator: 'blind', code: 'unsupported', message: 'blind cannot predict for an unseen task at all' },
    ])
    // The first column of the training tasks is the target itself, in whichever order the unseen task has its columns.
    const scores = [...eachScore(result.scores)].filter(({ estimator }) => estimator === 'curious')
    expect(scores.map(({ value }) => value)).toEqual([0, 0, 0, 0])
    expect(seen).toHaveLength(4)
    expect(seen[0]).toMatchObject({ kind: 'regression', target: 'target' })
    expect(
      seen.every((task) => (task as { examples: { targets: Float64Array } }).examples.targets.length === 2),
    ).toBe(true)
    expect(result.summaries[0].gains.lower.every(Number.isNaN)).toBe(true)
  })

  it('judges tasks of several kinds and targets, each by its own first metric', async () => {
    const mixed = dataset([
      ...[0, 1, 2].map((k) => ({
        name: `grade-${k}`,
        target: 'grade',
        inputs: Array.from({ length: 24 }, (_, i) => [i]),
        targets: Array.from({ length: 24 }, (_, i) => i + k),
      })),
      ...[0, 1].map((k) => ({
        name: `passed-${k}`,
        target: 'passed',
        kind: 'binary' as const,
        inputs: Array.from({ length: 24 }, (_, i) => [i]),
        targets: Array.from({ length: 24 }, (_, i) => Number((i * 7) % 24 > 11)),
      })),
    ])
    const result = await compare({}, mixed, {
      random: 3,
      baselines: { 'task-mean': taskMean(), again: taskMean() },
    })
    expect(result.summaries[0].gains.metrics).toEqual(['rmse', 'rmse', 'rmse', 'log-loss', 'log-loss'])
    expect(result.scores.metrics.slice(0, 2)).toEqual(['rmse', 'log-loss'])
    const of = (target: string): string[] => [
      ...new Set(result.overall.filter((score) => score.target === target).map(({ metric }) => metric)),
    ]
    expect(of('grade')).toContain('explained-variance-within')
    expect(of('passed')).toContain('auc-task-mean')
    expect(of('passed')).not.toContain('explained-variance-pooled')
    const scored = [...eachScore(result.scores)]
    expect(scored.some(({ task, metric }) => task === 'grade-0' && metric === 'auc')).toBe(false)
    expect(result.summaries[0].overall).toEqual({ mean: 0, lower: 0, upper: 0 })
  })

  it('leaves a task without test rows out of everything, and all else stands', async () => {
    const few = {
      tasks: data.tasks.map((task, k) =>
        k === 2 ? { ...task, targets: task.targets.map(() => NaN) } : task,
      ),
    }
    const result = await compare({ 'mean-regularised': meanRegularised() }, few, { random: 7 })
    expect([...eachScore(result.scores)].some(({ task }) => task === 'task-2')).toBe(false)
    expect(result.summaries[0].gains.mean[2]).toBeNaN()
    expect(result.summaries[0].beyond.expectedByChance).toBeCloseTo(11 * 0.025, 12)
    expect(result.summaries[0].overall.lower).toBeLessThan(result.summaries[0].overall.upper)
    expect(result.decision).not.toBe('too-little-data')
  })

  it('counts test rows by their case weights', async () => {
    const weighted = {
      tasks: data.tasks.map((task) => ({ ...task, weights: task.targets.map((_, i) => i % 3) })),
    }
    const repeated = {
      tasks: data.tasks.map((task) => ({
        ...task,
        targets: task.targets.map((y, i) => (i % 3 === 0 ? NaN : y)),
      })),
    }
    const test = data.tasks.map(() => Int32Array.of(1, 3, 4, 5, 7, 8))
    const of = async (given: Dataset): Promise<Comparison> =>
      compare({}, given, { random: 1, splits: [{ test }], baselines: { zero: constant(0) } })
    const [a, b] = [await of(weighted), await of(repeated)]
    const value = ({ overall }: Comparison, name: string): number =>
      overall.find(({ metric }) => metric === name)?.value ?? NaN
    const squares = (weigh: (i: number) => number): number => {
      let [sum, total] = [0, 0]
      for (const { targets } of data.tasks)
        for (const i of [1, 3, 4, 5, 7, 8]) {
          sum += weigh(i) * targets[i] ** 2
          total += weigh(i)
        }
      return Math.sqrt(sum / total)
    }
    expect(value(a, 'rmse')).toBeCloseTo(
      squares((i) => i % 3),
      12,
    )
    expect(value(b, 'rmse')).toBeCloseTo(
      squares((i) => Number(i % 3 > 0)),
      12,
    )
  })

  it('judges tasks of one target apart whose classes are of different number', async () => {
    const labels = [
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 'd'],
    ]
    const tasks = dataset(
      [0, 1, 0, 1].map((type, t) => ({
        name: `task-${t}`,
        target: 'y',
        kind: 'multiclass' as const,
        classes: labels[type],
        inputs: Array.from({ length: 24 }, (_, i) => [i]),
        targets: Array.from({ length: 24 }, (_, i) => i % labels[type].length),
      })),
    )
    const baselines = { 'task-mean': taskMean() }
    const { failures, overall } = await compare({}, tasks, { random: 1, baselines, metrics: [accuracy] })
    expect(failures).toEqual([])
    expect(overall.filter(({ split, metric }) => split === 0 && metric === 'accuracy')).toHaveLength(2)
  })
})
