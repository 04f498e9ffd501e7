import { createRandom, dataset, fit, isReal, matrix, sampleNormal } from '@mtl/core'
import type { Dataset, MixtureRule } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { componentsOf } from './components.ts'
import { differenceOf } from './golden.fixture.ts'
import { settingsOf } from './options.ts'
import { newtonDirection } from './newton-direction.ts'
import { taskAscent } from './task-ascent.ts'
import { taskRowsOf, type TaskRows } from './task-rows.ts'
import { unseenPosterior } from './task-state.ts'
import { variational } from './variational.ts'

const rules: readonly MixtureRule[] = ['match', 'spread', 'convex', 'log-sum-exp', 'linear']
const kinds = ['regression', 'binary', 'multiclass'] as const
const seeds = fc.integer({ min: 0, max: 2 ** 31 })

function tasksOf(seed: number, kind: (typeof kinds)[number], tasks = 3, rows = 6): Dataset {
  return relatedTasks({ random: createRandom(seed), tasks, rows, features: 2, spread: 1, noise: 0.5, kind })
}

describe('the ascent', () => {
  it('never lowers the objective of a task, by any rule', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...rules), fc.constantFrom(...kinds), (seed, priorRule, kind) => {
        const random = createRandom(seed)
        const [own, ...others] = tasksOf(seed, kind).tasks.map(taskRowsOf)
        const size = own.outputs.length * own.design.columns
        const teachers = others.map(({ outputs }, i) => ({
          task: i + 1,
          outputs,
          posterior: {
            means: Float64Array.from({ length: size }, () => 2 * sampleNormal(random)),
            logDeviations: Float64Array.from({ length: size }, () => 0.5 * sampleNormal(random) - 1),
            noiseVariance: 1,
          },
        }))
        const settings = {
          ...settingsOf({ transferVariance: seed % 3 === 0 ? 'learn' : 0 }),
          priorRule,
          priorVariance: 1,
        }
        const ascent = taskAscent(
          own,
          componentsOf(own.outputs, teachers, own.design.columns, settings),
          settings,
        )
        let state = ascent.begin(unseenPosterior(size, 1, 1))
        for (let sweep = 0; sweep < 15; sweep++) {
          const next = ascent.sweep(state)
          expect(next.objective).toBeGreaterThanOrEqual(state.objective - 1e-10 * Math.abs(state.objective))
          // A sweep from the same state is the same, whatever came between.
          expect(ascent.sweep(state)).toEqual(next)
          const sum = next.mixing.reduce((total, share) => total + share, 0)
          expect(Math.abs(sum - 1)).toBeLessThan(1e-10)
          state = next
        }
      }),
      { numRuns: 40 },
    )
  })

  it('takes the same Newton step by rows as by columns', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, rows, size) => {
          const random = createRandom(seed)
          const normals = (length: number): Float64Array =>
            Float64Array.from({ length }, () => sampleNormal(random))
          const data = normals(rows * size)
          const task = { outputs: ['a', 'b'], design: matrix(rows, size, data) } as unknown as TaskRows
          // More rows of no curvature change nothing but the way.
          const padded = new Float64Array((rows + size) * size)
          padded.set(data)
          const long = { ...task, design: matrix(rows + size, size, padded) }
          const slopes = normals(rows * 2).map((value) => -Math.abs(value))
          const byVariance = new Float64Array((rows + size) * 2)
          byVariance.set(slopes)
          const precision = normals(2 * size).map(Math.exp)
          const slope = normals(2 * size)
          const along = (of: TaskRows, curved: Float64Array): Float64Array => {
            const direction = new Float64Array(2 * size)
            const none = new Float64Array(curved.length)
            newtonDirection(of)(
              direction,
              { means: none, variances: none, byMean: none, byVariance: curved },
              slope,
              precision,
            )
            return direction
          }
          expect(differenceOf(along(task, slopes), along(long, byVariance))).toBeLessThan(1e-9)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('variational', () => {
  const exact = { priorRule: 'match', tolerance: 1e-12, maxSteps: 2000 } as const

  it('turns the weights round where the two classes are', async () => {
    const data = tasksOf(2, 'binary')
    const turned = { tasks: data.tasks.map((task) => ({ ...task, targets: task.targets.map((y) => 1 - y) })) }
    const [there, back] = [
      await fit(variational(exact), data, { random: 1 }),
      await fit(variational(exact), turned, { random: 1 }),
    ]
    there.parameters.posteriors.forEach(({ means }, t) => {
      const opposite = back.parameters.posteriors[t].means.data.map((value) => -value)
      expect(differenceOf(means.data, opposite)).toBeLessThan(1e-9)
    })
    expect(differenceOf(there.parameters.relatedness.data, back.parameters.relatedness.data)).toBeLessThan(
      1e-9,
    )
  })

  it('does not mind in which order classes are listed', async () => {
    const data = tasksOf(3, 'multiclass', 3, 9)
    const relabelled = {
      tasks: data.tasks.map((task) => ({
        ...task,
        classes: [task.classes[2], task.classes[0], task.classes[1]],
        targets: task.targets.map((y) => (y + 1) % 3),
      })),
    }
    const mixed = { tasks: [data.tasks[0], ...relabelled.tasks.slice(1)] }
    const [plain, other] = [
      await fit(variational(exact), data, { random: 1 }),
      await fit(variational(exact), mixed, { random: 1 }),
    ]
    // Weights are matched by label, so one task may list its classes otherwise.
    expect(differenceOf(plain.parameters.relatedness.data, other.parameters.relatedness.data)).toBeLessThan(
      1e-8,
    )
  })

  it('comes to the maximum of the likelihood where the prior weighs next to nothing', async () => {
    const { tasks } = tasksOf(4, 'regression', 2, 30)
    const options = { ...exact, divergenceWeight: 1e-7, outerSteps: 1 }
    const model = await fit(variational(options), { tasks }, { random: 1 })
    const narrow = await fit(
      variational({ ...exact, priorVariance: 1e-6, outerSteps: 1 }),
      { tasks },
      { random: 1 },
    )
    const { means } = model.parameters.posteriors[0]
    // Least squares of the scaled rows: their slope is 0 there.
    const { inputs, targets } = model.scaling ?? { inputs: [], targets: undefined }
    const [scaling] = inputs
    if (targets === undefined) throw new Error('not scaled')
    const slopes = new Float64Array(3)
    tasks[0].targets.forEach((y, i) => {
      const x = [0, 1].map(
        (j) => (tasks[0].inputs.data[2 * i + j] - scaling.means[j]) / scaling.deviations[j],
      )
      const row = [...x, 1]
      const left = row.reduce(
        (rest, value, j) => rest - value * means.data[j],
        (y - targets.means[0]) / targets.deviations[0],
      )
      row.forEach((value, j) => (slopes[j] += value * left))
    })
    slopes.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-4))
    narrow.parameters.posteriors.forEach(({ means: own }) =>
      own.data.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-3)),
    )
  })

  it('predicts an unseen task by its few rows as its like, and without them as any', async () => {
    const random = createRandom(8)
    const line = (sign: number, rows: number): { inputs: number[][]; targets: number[] } => {
      const inputs = Array.from({ length: rows }, () => [sampleNormal(random)])
      return { inputs, targets: inputs.map(([x]) => sign * (1 + 2 * x) + 0.3 * sampleNormal(random)) }
    }
    const data = dataset(
      Array.from({ length: 8 }, (_, t) => ({ name: `task ${t}`, ...line(1 - 2 * (t % 2), 15) })),
    )
    const model = await fit(variational(given), data, { random: 1 })
    const point = matrix(1, 1, Float64Array.of(2))
    const examples = { inputs: matrix(2, 1, Float64Array.of(0, 1)), targets: Float64Array.of(-1, -3) }
    const [told, untold] = [await model.predictTask({ examples }, point), await model.predictTask({}, point)]
    if (!isReal(told) || !isReal(untold)) throw new Error('not a number')
    // Its like: -1 - 2 x at 2; two rows alone, shrunk to 0, would not reach it.
    expect(told.mean[0]).toBeGreaterThan(-6)
    expect(told.mean[0]).toBeLessThan(-3.5)
    expect(Math.abs(untold.mean[0])).toBeLessThan(1)
    expect(untold.variance[0]).toBeGreaterThan(2 * told.variance[0])
    const lone = await fit(variational({ outerSteps: 1 }), data, { random: 1 })
    const alone = await lone.predictTask({ examples }, point)
    expect(alone.point[0]).toBeGreaterThan(told.mean[0])
  })

  it('fits a new task as a training would whose components stand still', async () => {
    // The trained tasks' last priors were made of their posteriors one outer step before: with two outer steps and a copy of a task the
    // copy's prior is what the task's would be, but for itself.
    const data = tasksOf(6, 'binary', 3, 10)
    const model = await fit(variational({ ...exact, outerSteps: 2 }), data, { random: 1 })
    const rows = taskRowsOf(model.tasks.length > 0 ? data.tasks[0] : data.tasks[1])
    const { inputs, targets } = data.tasks[0]
    const prediction = await model.predictTask({ examples: { inputs, targets } }, inputs)
    const known = await model.predictTask('task-0', inputs)
    expect(rows.total).toBe(10)
    if (!isReal(prediction) || !isReal(known)) throw new Error('not two classes')
    // Its own posterior is among the components: it takes that, and is surer of the same classes.
    prediction.mean.forEach((p, i) => expect((p - 0.5) * (known.mean[i] - 0.5)).toBeGreaterThan(-1e-3))
  })
  const given = { priorRule: 'match' } as const

  it("learns the prior's variance: what comes of it is what comes of that number", async () => {
    const data = tasksOf(4, 'binary', 6, 12)
    const learnt = await fit(variational({ priorRule: 'spread', priorVariance: 'learn' }), data, {
      random: 1,
    })
    const { priorVariance } = learnt.parameters
    const number = await fit(variational({ priorRule: 'spread', priorVariance }), data, { random: 1 })
    expect(number.parameters).toEqual(learnt.parameters)
    // Where the tasks' bounds sum to most: nearby numbers have less, but for the test that stops the search.
    const boundAt = async (variance: number): Promise<number> => {
      const alone = variational({ outerSteps: 1, priorVariance: variance })
      const { outer } = (await fit(alone, data, { random: 1 })).parameters
      return outer[0].bound.reduce((sum, bound) => sum + bound, 0)
    }
    const there = await boundAt(priorVariance)
    expect(await boundAt(3 * priorVariance)).toBeLessThan(there)
    expect(await boundAt(priorVariance / 3)).toBeLessThan(there)
    expect(learnt.diagnostics.phases?.[0].name).toContain('prior variance')
  })

  it('chooses by held-out rows, equally wherever the folds run', async () => {
    const data = tasksOf(9, 'binary', 4, 9)
    const { parameters, diagnostics } = await fit(variational(), data, { random: 1 })
    const { choice, priorRule } = parameters
    if (choice === undefined) throw new Error('no choice was made')
    expect(choice.rules).toEqual(['match', 'spread', 'match', 'spread'])
    expect(choice.priorVariances).toEqual([1, 1, 'learn', 'learn'])
    const best = choice.logLoss.indexOf(Math.min(...choice.logLoss))
    expect(priorRule).toBe(choice.rules[best])
    const isLearnt = choice.priorVariances[best] === 'learn'
    expect(parameters.priorVariance === 1).toBe(!isLearnt)
    expect(diagnostics.phases?.map(({ name }) => name)).toEqual([
      'rules',
      ...(isLearnt ? ['fit / prior variance'] : []),
      'fit / outer 1',
      'fit / outer 2',
      'fit / outer 3',
    ])
    const given = { priorRule, priorVariance: isLearnt ? 'learn' : 1 } as const
    const fixed = await fit(variational(given), data, { random: 1 })
    expect(fixed.parameters.posteriors).toEqual(parameters.posteriors)
  })

  it('draws who learns of whom, how the rule was chosen, and the weights', async () => {
    const model = await fit(variational(), tasksOf(9, 'binary', 4, 9), { random: 1 })
    const views = model.views()
    expect(views.map(({ kind }) => kind)).toEqual([
      'matrix',
      'bars',
      'points',
      'bars',
      'lines',
      'table',
      'lines',
    ])
    const [relatedness] = views
    if (relatedness.kind !== 'matrix') throw new Error('no matrix')
    expect(relatedness.title).toContain('learned weight, not a probability')
    expect(relatedness.columns).toEqual([...relatedness.rows, 'no task'])
  })
})
