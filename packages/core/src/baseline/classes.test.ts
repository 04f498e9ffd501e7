import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { observed } from '../data/rows.ts'
import type { Dataset, TaskKind } from '../data/types.ts'
import { classProbabilities } from '../distribution/kind.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Estimator, Model, TrainContext, TrainEvent } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { fit } from '../training/fit.ts'
import { fitClasses, foldsOfTasks } from './classes.ts'
import { addGradientInPlace, addHessianInPlace, logLoss, type ClassRows } from './log-loss.ts'
import { meanRegularised } from './mean-regularised.ts'
import { newtonIteration, independentNewton, arrowNewton } from './newton.ts'
import { pooled } from './pooled.ts'
import { singleTask } from './single-task.ts'

const data = (kind: TaskKind, seed = 1, rows = 14): Dataset =>
  relatedTasks({ random: createRandom(seed), tasks: 3, rows, features: 2, spread: 0.4, noise: 1, kind })

const rowsOf = (kind: 'binary' | 'multiclass', seed: number): ClassRows => {
  const random = createRandom(seed)
  const classes = kind === 'binary' ? ['a', 'b'] : ['a', 'b', 'c']
  const next = (n: number): Float64Array => Float64Array.from({ length: n }, () => 2 * random.next() - 1)
  const targets = next(9).map((value) => Math.floor(((value + 1) / 2) * classes.length))
  return { kind, classes, design: matrix(9, 3, next(27)), targets, weights: next(9).map((w) => w + 1.5) }
}

/** By central differences. */
function slopesOf(value: (at: Float64Array) => number, at: Float64Array): Float64Array {
  const step = 1e-5
  return at.map((_, j) => {
    const moved = (by: number): Float64Array => at.map((x, k) => x + (k === j ? by : 0))
    return (value(moved(step)) - value(moved(-step))) / (2 * step)
  })
}

async function probabilitiesOf(model: Model, of: Dataset): Promise<number[]> {
  const predictions = await model.predict(of)
  return of.tasks.flatMap(({ name }) => [...classProbabilities(predictions[name]).data])
}

async function expectAlike(
  one: Promise<Model>,
  other: Promise<Model>,
  of: Dataset,
  digits: number,
): Promise<void> {
  const expected = await probabilitiesOf(await other, of)
  ;(await probabilitiesOf(await one, of)).forEach((p, i) => expect(p).toBeCloseTo(expected[i], digits))
}

const trained = (estimator: Estimator, on: Dataset): Promise<Model> => fit(estimator, on, { random: 1 })

describe.each(['binary', 'multiclass'] as const)('log loss, %s:', (kind) => {
  it('has the gradient and the Hessian of its differences', () => {
    const rows = rowsOf(kind, 3)
    const size = kind === 'binary' ? 3 : 9
    const at = Float64Array.from({ length: size }, (_, j) => Math.sin(j))
    const gradientAt = (point: Float64Array): Float64Array => {
      const gradient = new Float64Array(size)
      addGradientInPlace(rows, point, gradient)
      return gradient
    }
    const hessian = new Float64Array(size * size)
    const loss = addGradientInPlace(rows, at, new Float64Array(size))
    addHessianInPlace(rows, at, hessian)
    expect(loss).toBeCloseTo(logLoss(rows, at), 12)
    const slopes = slopesOf((point) => logLoss(rows, point), at)
    gradientAt(at).forEach((g, j) => expect(g).toBeCloseTo(slopes[j], 7))
    for (let i = 0; i < size; i++)
      slopesOf((point) => gradientAt(point)[i], at).forEach((h, j) =>
        expect(hessian[i * size + j]).toBeCloseTo(h, 7),
      )
  })

  it('has no slope left where Newton stops, and never rises on the way', () => {
    const rows = [rowsOf(kind, 4), rowsOf(kind, 5)]
    const size = kind === 'binary' ? 3 : 9
    const centre = new Float64Array(size).fill(0.1)
    const penalties = new Float64Array(size).fill(0.3)
    const newtons = [
      independentNewton(rows.map((of) => ({ rows: of, centre, penalties }))),
      arrowNewton({
        tasks: rows,
        centre,
        penalties,
        sharedPenalties: penalties.map((p, j) => (j % 3 === 0 ? 0 : p)),
      }),
    ]
    for (const newton of newtons) {
      const iteration = newtonIteration(newton)
      let [state, last] = [newton.start, Infinity]
      for (let steps = 0; steps < 30 && iteration.done?.(state) !== true; steps++) {
        state = newton.step(state)
        expect(iteration.objective(state)).toBeLessThanOrEqual(last * (1 + 1e-12))
        last = iteration.objective(state)
      }
      expect(state.gradient).toBeLessThan(1e-10)
      newton.solve().forEach((value, j) => expect(value).toBeCloseTo(state.deviations[j], 6))
      const valueAt = (deviations: Float64Array): number => newton.step({ ...state, deviations }).objective
      expect(valueAt(state.deviations)).toBe(last)
    }
  })
})

describe('classes:', () => {
  it('two of several are the two of a binary task, at half the penalty', async () => {
    const { tasks } = data('binary')
    const several = dataset(tasks.map((task) => ({ ...task, kind: 'multiclass' as const })))
    const made = [
      [pooled({ penalty: 3 }), pooled({ penalty: 1.5 })],
      [singleTask({ penalty: 3 }), singleTask({ penalty: 1.5 })],
      [
        meanRegularised({ slopePenalty: 3, interceptPenalty: 1, meanPenalty: 2 }),
        meanRegularised({ slopePenalty: 1.5, interceptPenalty: 0.5, meanPenalty: 1 }),
      ],
    ] as const
    for (const [softmax, logistic] of made)
      await expectAlike(trained(softmax, several), trained(logistic, { tasks }), several, 9)
  })

  it.each(['binary', 'multiclass'] as const)(
    '%s: mean-regularised lies between pooled and none',
    async (kind) => {
      const of = data(kind, 2)
      const stiff = { slopePenalty: 1e9, interceptPenalty: 1e9, meanPenalty: 1 }
      await expectAlike(trained(meanRegularised(stiff), of), trained(pooled({ penalty: 1 }), of), of, 6)
      // Enough rows that both have a finite maximum without penalties.
      const many = data(kind, 2, 60)
      const loose = { slopePenalty: 1e-7, interceptPenalty: 1e-7 }
      await expectAlike(
        trained(meanRegularised(loose), many),
        trained(singleTask({ penalty: 1e-7 }), many),
        many,
        5,
      )
    },
  )

  it('predicts the shares of all rows as the penalty of single tasks grows', async () => {
    const of = data('multiclass', 3)
    const targets = of.tasks.flatMap((task) => [...observed(task).targets])
    const shares = [0, 1, 2].map((k) => targets.filter((y) => y === k).length / targets.length)
    const probabilities = await probabilitiesOf(await trained(singleTask({ penalty: 1e9 }), of), of)
    probabilities.forEach((p, i) => expect(p).toBeCloseTo(shares[i % 3], 6))
  })

  it('learns tasks of different classes alone, and refuses them together', async () => {
    const inputs = [[0], [1], [2], [3]]
    const classes = [
      ['a', 'b', 'c'],
      ['d', 'e', 'f', 'g'],
    ]
    const of = dataset(
      classes.map((labels, t) => ({
        name: `t${t}`,
        kind: 'multiclass' as const,
        inputs,
        targets: [0, 1, 2, 2],
        classes: labels,
      })),
    )
    expect(await probabilitiesOf(await trained(singleTask({ penalty: 1 }), of), of)).toHaveLength(4 * 7)
    for (const estimator of [pooled(), meanRegularised()])
      await expect(trained(estimator, of)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('keeps separated and single classes finite, and says so', async () => {
    const of = dataset([
      { name: 'apart', kind: 'binary', inputs: [[0], [1], [2], [3]], targets: [0, 0, 1, 1] },
      { name: 'one', kind: 'binary', inputs: [[0], [1]], targets: [1, 1] },
    ])
    const model = await trained(singleTask({ penalty: 0.01 }), of)
    expect(model.diagnostics.warnings.map((text) => text.split(':')[1])).toEqual([' "one"', ' "apart"'])
    expect((await probabilitiesOf(model, of)).every((p) => p > 0 && p < 1)).toBe(true)
  })

  it('chooses the penalty of the lowest held-out loss in a phase of its own', async () => {
    const model = await fit(singleTask(), data('binary', 5), { random: 1 })
    const [{ penalty, penalties, criteria }] = model.parameters.choices
    expect(penalty).toBe(penalties[criteria.indexOf(Math.min(...criteria))])
    expect(model.diagnostics.phases?.map(({ name }) => name)).toEqual(['binary / penalty', 'binary / fit'])
    expect(model.views().filter(({ kind }) => kind === 'lines')).toHaveLength(2)
  })

  it('says where the steps of a fit came to no end', async () => {
    const warnings: TrainEvent[] = []
    const rows = rowsOf('binary', 1)
    const context: TrainContext = { random: createRandom(1) }
    const start = { deviations: new Float64Array(1), objective: 1, gradient: 1, done: false }
    const endless = { start, step: () => start, solve: () => start.deviations, coefficients: () => [] }
    const training = fitClasses([rows], [], 1, () => endless, context)
    for (;;) {
      const { done, value } = await training.next()
      if (done) {
        expect(value.diagnostics).toMatchObject({ steps: 100, converged: false })
        expect(value.diagnostics.warnings).toEqual([expect.stringContaining('after 100 steps')])
        break
      }
      if (value.type === 'warning') warnings.push(value)
    }
    expect(warnings).toMatchObject([{ code: 'step-limit' }])
  })

  it('deals the rows of each task evenly to folds, by its name, whatever their class', () => {
    const targets = Float64Array.from({ length: 31 }, (_, i) => Number(i % 3 === 0))
    const rows: ClassRows = { ...rowsOf('binary', 1), targets }
    const named = (...names: string[]): Int32Array[] =>
      foldsOfTasks(
        names.map((name) => ({ name })),
        names.map(() => rows),
        { random: createRandom(2) },
      )
    const [folds, others] = named('a', 'b')
    const counts = [0, 1, 2].map((fold) => folds.filter((of) => of === fold).length)
    expect(counts.toSorted()).toEqual([10, 10, 11])
    expect(others).not.toEqual(folds)
    expect(named('b')).toEqual([others])
    const turned = { ...rows, targets: targets.map((k) => 1 - k) }
    expect(foldsOfTasks([{ name: 'a' }], [turned], { random: createRandom(2) })).toEqual([folds])
  })
})
