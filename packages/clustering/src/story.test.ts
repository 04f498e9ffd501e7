import { createRandom, dataset, fit, interval, isReal, pooled, sampleNormal } from '@mtl/core'
import type { Checkpoint, Dataset, Estimator, Model, RealDistribution, TaskInit } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { adjustedRandIndex, labelsOf } from './fit-problem.fixture.ts'
import type { TaskClusteringParameters } from './parameters.ts'
import { taskClustering } from './task-clustering.ts'

interface Kinds {
  readonly tasks: number
  readonly rows: number
  readonly seed: number
  /** Which of two kinds each is. */
  readonly kind: (task: number) => number
  /** Log-odds in the place of numbers. */
  readonly classes?: boolean
}

/** Tasks around two lines, 2 + x and -2 - x, with their kind as descriptor, blurred. */
function kindsOf({ tasks, rows, seed, kind, classes = false }: Kinds): Dataset {
  const random = createRandom(`story ${seed}`)
  return dataset(
    Array.from({ length: tasks }, (_, i): TaskInit => {
      const sign = 1 - 2 * kind(i)
      const [level, slope] = [2 * sign + 0.4 * sampleNormal(random), sign + 0.3 * sampleNormal(random)]
      const inputs = Array.from({ length: rows }, () => [sampleNormal(random)])
      const values = inputs.map(([x]) => level + slope * x)
      return {
        name: `task ${i}`,
        kind: classes ? 'binary' : 'regression',
        ...(classes && { classes: ['no', 'yes'] }),
        descriptor: [kind(i) + 0.2 * sampleNormal(random)],
        inputs,
        targets: classes
          ? values.map((eta) => Number(random.next() < 1 / (1 + Math.exp(-eta))))
          : values.map((mean) => mean + 0.5 * sampleNormal(random)),
      }
    }),
  )
}

async function ask(
  model: Model<string, TaskClusteringParameters>,
  task: Parameters<typeof model.predictTask>[0],
): Promise<RealDistribution> {
  const prediction = await model.predictTask(task, { rows: 1, columns: 1, data: Float64Array.of(0) })
  if (!isReal(prediction)) throw new Error('not a number')
  return prediction
}

describe('taskClustering', () => {
  // Two of three tasks are of the first kind.
  const kind = (i: number): number => Number(i % 3 === 0)

  it('finds kinds of tasks, tells how sure it is, and predicts tasks never seen by what is known of them', async () => {
    const data = kindsOf({ tasks: 45, rows: 5, seed: 1, kind })
    const estimator = taskClustering({ activation: 'identity', clusters: [1, 2, 3], gating: 'descriptor' })
    const model = await fit(estimator, data, { random: 7 })
    const { choice, outputs } = model.parameters
    expect(choice.candidates[choice.chosen].clusters).toBe(2)
    const [{ responsibilities }] = outputs
    expect(
      adjustedRandIndex(
        labelsOf(outputs[0]),
        data.tasks.map((_, i) => kind(i)),
      ),
    ).toBe(1)
    // The larger comes first.
    const shares = [0, 1].map((a) =>
      responsibilities.data.filter((_, at) => at % 2 === a).reduce((s, z) => s + z, 0),
    )
    expect(shares[0]).toBeGreaterThan(shares[1])
    // Whatever the clusters began with, they come out in the same order.
    const again = await fit(estimator, data, { random: 8 })
    expect(labelsOf(again.parameters.outputs[0])).toEqual(labelsOf(outputs[0]))
    // By descriptor: 2 for the kind 0, -2 for the kind 1; between them either, so that the density has two tops.
    const [near, far, between] = await Promise.all(
      [0, 1, 0.5].map((traits) => ask(model, { descriptor: Float64Array.of(traits) })),
    )
    expect(near.mean[0]).toBeCloseTo(2, 0)
    expect(far.mean[0]).toBeCloseTo(-2, 0)
    expect(between.variance[0]).toBeGreaterThan(2 * near.variance[0])
    const [middle] = between.logDensity(Float64Array.of(0))
    expect(middle).toBeLessThan(between.logDensity(Float64Array.of(2))[0])
    // A few rows say which kind it is whatever the descriptor.
    const examples = {
      inputs: { rows: 3, columns: 1, data: Float64Array.of(0, 1, -1) },
      targets: Float64Array.of(-2, -3, -1),
    }
    const told = await ask(model, { descriptor: Float64Array.of(0.5), examples })
    expect(told.mean[0]).toBeLessThan(-1.5)
    expect(told.variance[0]).toBeLessThan(near.variance[0])
    const views = model.views()
    expect(views.map(({ kind: picture }) => picture)).toEqual([
      'table',
      'table',
      'matrix',
      'matrix',
      'points',
      'bars',
      'matrix',
      'lines',
      'lines',
    ])
    const [table] = views
    if (table.kind !== 'table') throw new Error('the first picture is a table')
    expect(table.columns).toEqual(['cluster', 'tasks', 'intercept', 'x1', 'noise deviation'])
    expect(table.rows.map((row) => row[1])).toEqual([30, 15])
    expect(Number(table.rows[0][2])).toBeCloseTo(2, 0)
    expect(Number(table.rows[1][3])).toBeCloseTo(-1, 0)
    expect(Number(table.rows[0][4])).toBeCloseTo(0.5, 1)
    const spread = views[1]
    if (spread.kind !== 'table') throw new Error('the second picture is a table')
    expect(spread.columns).toEqual(['cluster', 'intercept', 'x1'])
    expect(Number(spread.rows[0][1])).toBeCloseTo(0.4, 1)
    expect(Number(spread.rows[0][2])).toBeCloseTo(0.3, 1)
  })

  it('covers with its 90 % intervals 85 to 95 % of rows drawn from the model', async () => {
    let [covered, all] = [0, 0]
    for (let seed = 1; seed <= 4; seed++) {
      const whole = kindsOf({ tasks: 60, rows: 28, seed: 10 + seed, kind: () => 0 })
      const part = (from: number, to: number): Dataset =>
        dataset(
          whole.tasks.map(({ name, inputs, targets }) => ({
            name,
            inputs: { rows: to - from, columns: 1, data: inputs.data.slice(from, to) },
            targets: targets.slice(from, to),
          })),
        )
      const model = await fit(taskClustering({ activation: 'identity' }), part(0, 8), { random: seed })
      const test = part(8, 28)
      const predictions = await model.predict(test)
      for (const { name, targets } of test.tasks) {
        const prediction = predictions[name]
        if (!isReal(prediction)) throw new Error('not a number')
        const { lower, upper } = interval(prediction, 0.9)
        targets.forEach((y, i) => (covered += Number(y >= lower[i] && y <= upper[i])))
        all += targets.length
      }
    }
    expect(covered / all).toBeGreaterThan(0.85)
    expect(covered / all).toBeLessThan(0.95)
  })

  it('finds kinds of tasks of classes too', async () => {
    const data = kindsOf({ tasks: 40, rows: 15, seed: 3, kind: (i) => i % 2, classes: true })
    const model = await fit(taskClustering({ activation: 'identity', clusters: 2, restarts: 1 }), data, {
      random: 7,
    })
    const labels = labelsOf(model.parameters.outputs[0])
    expect(
      adjustedRandIndex(
        labels,
        data.tasks.map((_, i) => i % 2),
      ),
    ).toBeGreaterThan(0.9)
  })

  it('predicts several classes better than one model for all tasks, and those of a task never seen from its rows', async () => {
    const random = createRandom('classes')
    const whole = Array.from({ length: 24 }, (_, i): TaskInit => {
      // Each class has its own direction in all tasks; how common it is differs from task to task.
      const levels = [0, 1, 2].map(() => 1.5 * sampleNormal(random))
      const inputs = Array.from({ length: 30 }, () => [sampleNormal(random), sampleNormal(random)])
      const targets = inputs.map(([x, z]) => {
        const gumbel = (): number => -Math.log(-Math.log(random.next()))
        const scores = [levels[0] + x, levels[1] + z, levels[2] - x].map((score) => score + gumbel())
        return scores.indexOf(Math.max(...scores))
      })
      return { name: `task ${i}`, kind: 'multiclass', classes: ['a', 'b', 'c'], inputs, targets }
    })
    const part = (tasks: readonly TaskInit[], from: number, to: number): Dataset =>
      dataset(
        tasks.map((task) => ({
          ...task,
          inputs: (task.inputs as number[][]).slice(from, to),
          targets: Array.from(task.targets as number[]).slice(from, to),
        })),
      )
    const [train, test] = [part(whole.slice(0, 20), 0, 15), part(whole.slice(0, 20), 15, 30)]
    const lossOf = async (estimator: Estimator): Promise<number> => {
      const predictions = await (await fit(estimator, train, { random: 1 })).predict(test)
      const losses = test.tasks.flatMap(({ name, targets }) => [...predictions[name].logDensity(targets)])
      return -losses.reduce((sum, loss) => sum + loss, 0) / losses.length
    }
    const estimator = taskClustering({ activation: 'identity' })
    expect(await lossOf(estimator)).toBeLessThan((await lossOf(pooled())) - 0.05)

    const model = await fit(estimator, train, { random: 1 })
    const [shown, asked] = [part(whole.slice(20), 0, 15), part(whole.slice(20), 15, 30)]
    const gains = await Promise.all(
      asked.tasks.map(async ({ inputs, targets }, k) => {
        const examples = { inputs: shown.tasks[k].inputs, targets: shown.tasks[k].targets }
        const [told, blind] = [
          await model.predictTask({ examples }, inputs),
          await model.predictTask({}, inputs),
        ]
        const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
        return sum(told.logDensity(targets)) - sum(blind.logDensity(targets))
      }),
    )
    expect(gains.reduce((sum, gain) => sum + gain, 0)).toBeGreaterThan(0)
  })

  it('goes on from the middle of EM to the very same model', async () => {
    const data = kindsOf({ tasks: 20, rows: 5, seed: 8, kind: (i) => i % 2 })
    const estimator = taskClustering({ activation: 'identity', clusters: 2, restarts: 2 })
    const checkpoints: { checkpoint: Checkpoint; phase?: string }[] = []
    let phase: string | undefined
    const whole = await fit(estimator, data, {
      random: 7,
      checkpointEvery: 1,
      onEvent: (event) => {
        if (event.type === 'step') ({ phase } = event)
        if (event.type === 'checkpoint') checkpoints.push({ checkpoint: event.checkpoint, phase })
      },
    })
    const within = checkpoints.filter((entry) => entry.phase === 'identity, 2 clusters, start 2 / em')
    expect(within.length).toBeGreaterThan(4)
    const resume = within[Math.floor(within.length / 2)].checkpoint
    const resumed = await fit(estimator, data, { random: 'another', resume })
    expect(resumed.parameters).toEqual(whole.parameters)
    expect(resumed.diagnostics).toEqual(whole.diagnostics)
  })

  it('does not take clusters where there are none', async () => {
    const data = kindsOf({ tasks: 40, rows: 6, seed: 4, kind: () => 0 })
    for (const criterion of ['bic', 'held-out-tasks'] as const) {
      const options = { activation: 'identity', clusters: [1, 2], criterion, folds: 4 } as const
      const { parameters } = await fit(taskClustering(options), data, { random: 7 })
      const { candidates, chosen } = parameters.choice
      // Held-out scores of the two are close; BIC is sure.
      if (criterion === 'bic') expect(candidates[chosen].clusters).toBe(1)
      else
        expect(candidates[0].heldOutLogLikelihood).toBeGreaterThan(candidates[1].heldOutLogLikelihood - 0.05)
    }
  })

  it('takes clusters by the likelihood of tasks left out where there are some', async () => {
    const data = kindsOf({ tasks: 40, rows: 6, seed: 5, kind })
    const options = {
      activation: 'identity',
      clusters: [1, 2],
      criterion: 'held-out-tasks',
      folds: 4,
    } as const
    const { parameters, diagnostics } = await fit(taskClustering(options), data, { random: 7 })
    const { candidates, chosen, margin } = parameters.choice
    expect(candidates[chosen].clusters).toBe(2)
    expect(margin).toBeGreaterThan(0.1)
    expect(diagnostics.phases?.[0].name).toBe('fold 1 / identity, 1 cluster, start 1 / em')
  })

  it('follows with its prior mean what descriptors say', async () => {
    const data = kindsOf({ tasks: 40, rows: 3, seed: 6, kind })
    const by = async (priorMean: 'constant' | 'descriptor'): Promise<number> => {
      const { parameters } = await fit(taskClustering({ activation: 'identity', priorMean }), data, {
        random: 7,
      })
      return parameters.choice.candidates[0].bic
    }
    expect(await by('descriptor')).toBeLessThan((await by('constant')) - 20)
  })
})
