/** The baselines of core against an independent program (numpy, scipy), on the data of this package. */
import {
  auc,
  brierScore,
  concatenate,
  datasetFromTable,
  fit,
  isReal,
  logLoss,
  meanRegularised,
  pooled,
  rmse,
  singleTask,
  splitData,
  taskMean,
  type Dataset,
  type Distribution,
  type Estimator,
  type Matrix,
  type Model,
  type PooledParameters,
  type Split,
} from '@mtl/core'
import { describe, expect, it } from 'vitest'
import goldens from '../goldens/baselines.json' with { type: 'json' }
import { datasets } from './datasets.ts'
import { hashSplit, heldOutTasks, rowHash } from './hash-split.fixture.ts'

/** One method on one split: penalties, what came of them, and figures of the test rows. */
interface Expected {
  readonly lam?: number
  readonly lam_intercept?: number
  readonly lam_slope?: number
  readonly gcv?: number
  readonly objective?: number
  readonly weights_first3_tasks?: readonly (readonly number[])[]
  readonly first5_predictions?: readonly number[]
  readonly [figure: string]: unknown
}

/** What the four estimators have in common; task-mean has means alone. */
interface Learnt {
  readonly taskWeights: Matrix
  readonly intercepts: Float64Array
  readonly means?: Matrix
}

const printedDigits = 1e-6 // relative, of figures printed to ten digits

function expectNear(actual: number, expected: number, tolerance = printedDigits): void {
  // Weights near 0 are no better than the digits of the others.
  const error = Math.abs(actual - expected) / Math.max(1e-3, Math.abs(expected))
  expect(error, `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance)
}

function expectSplit(data: Dataset, { test }: Split, golden: (typeof goldens.hsb.splits)[number]): void {
  let start = 0
  const rows = test.flatMap((positions, t) => {
    const shifted = Array.from(positions, (j) => start + j)
    start += data.tasks[t].targets.length
    return shifted
  })
  expect(rows.slice(0, 12)).toEqual(golden.first_test_rows)
  expect(rows.at(-1)).toBe(golden.last_test_row)
  expect(rows.reduce((sum, j) => sum + j, 0)).toBe(golden.sum_of_test_rows)
}

async function predicted(model: Model, { tasks }: Dataset): Promise<Distribution> {
  const predictions = await model.predict({ tasks })
  return concatenate(tasks.map(({ name }) => predictions[name]))
}

function targetsOf({ tasks }: Dataset): Float64Array {
  return Float64Array.from(tasks.flatMap(({ targets }) => [...targets]))
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, y) => sum + y, 0) / values.length
}

function squaresAround(values: Float64Array, centre: number): number {
  return values.reduce((sum, y) => sum + (y - centre) ** 2, 0)
}

/** Figures of the test rows by the names of the goldens. */
async function figuresOf(model: Model, test: Dataset): Promise<Readonly<Record<string, number>>> {
  const distribution = await predicted(model, test)
  const targets = targetsOf(test)
  if (test.tasks[0].kind === 'binary')
    return Object.fromEntries(
      Object.entries({ auc_pooled: auc, log_loss: logLoss, brier: brierScore }).map(([name, metric]) => [
        name,
        metric.evaluate(distribution, targets),
      ]),
    )
  const error = rmse.evaluate(distribution, targets)
  const squares = error ** 2 * targets.length
  const within = test.tasks.reduce((sum, task) => sum + squaresAround(task.targets, meanOf(task.targets)), 0)
  return {
    rmse: error,
    ev_pooled: 1 - squares / squaresAround(targets, meanOf(targets)),
    ev_within: 1 - squares / within,
  }
}

/** (intercept, weights) of the first three tasks, on standardised inputs and in units of the target. */
function weightsOf({ parameters, scaling, tasks }: Model): number[][] {
  const { means, taskWeights, intercepts } = parameters as Learnt
  const { targets } = parameters as Partial<PooledParameters>
  return [0, 1, 2].map((t) => {
    const [mean, deviation] = [scaling?.targets.means[t] ?? 0, scaling?.targets.deviations[t] ?? 1]
    if (means) return [mean + deviation * means.data[t], ...tasks[t].features.map(() => 0)]
    const own = targets?.[0] ?? { weights: taskWeights, intercepts }
    const at = targets === undefined ? t : 0
    const { columns, data } = own.weights
    const slopes = data.subarray(at * columns, (at + 1) * columns)
    return [mean + deviation * own.intercepts[at], ...Array.from(slopes, (w) => deviation * w)]
  })
}

async function expectFit(model: Model, test: Dataset, expected: Expected): Promise<void> {
  for (const [name, value] of Object.entries(await figuresOf(model, test)))
    expectNear(value, expected[name] as number)
  if (expected.objective !== undefined)
    expectNear(model.diagnostics.objective.at(-1) ?? NaN, expected.objective)
  expected.weights_first3_tasks?.forEach((weights, t) =>
    weights.forEach((w, j) => expectNear(weightsOf(model)[t][j], w)),
  )
  const distribution = await predicted(model, test)
  const values = isReal(distribution) ? distribution.mean : distribution.point
  expected.first5_predictions?.forEach((value, i) => expectNear(values[i], value))
}

type Make = (expected?: Expected) => Estimator

const single: Make = (expected) => singleTask(expected && { penalty: expected.lam ?? 'auto' })
const together: Make = (expected) => pooled(expected && { penalty: expected.lam ?? 'auto' })
const joint: Make = (expected) =>
  meanRegularised(
    expected && {
      slopePenalty: expected.lam_slope ?? 'auto',
      interceptPenalty: expected.lam_intercept ?? 'auto',
    },
  )

const regression: Readonly<Record<string, Make>> = {
  task_mean: () => taskMean(),
  single_task_ridge: single,
  pooled_ridge: together,
  mean_regularised: joint,
}
const logistic: Readonly<Record<string, Make>> = {
  single_task_logistic: single,
  pooled_logistic: together,
  mean_regularised_logistic: joint,
}

/** Penalty, or penalties of intercepts and slopes, and the criterion that chose them, the target's variance 1. */
function choiceOf({ parameters }: Model): { readonly penalties: readonly number[]; readonly least: number } {
  const { targets, choices = targets } = parameters as {
    targets?: PooledParameters['targets']
    choices?: PooledParameters['targets']
  }
  if (choices) {
    const [{ penalty, criteria }] = choices
    return { penalties: [penalty], least: Math.min(...criteria) }
  }
  const found = parameters as { interceptPenalty: number; slopePenalty: number; criteria: Matrix }
  return {
    penalties: [found.interceptPenalty, found.slopePenalty],
    least: Math.min(...found.criteria.data),
  }
}

describe('the hash of rows', () => {
  it('has the values that other languages find', () => {
    expect(rowHash(0, 0, 0)).toBe(3170179127)
    expect(rowHash(0, 1, 0)).toBe(1546124437)
    expect(rowHash(1, 0, 0)).toBe(994412544)
    expect(rowHash(1000, 3, 17)).toBe(3337871253)
  })
})

describe.each(['hsb', 'sleepstudy'] as const)('%s:', (name) => {
  const data = datasets[name].data()
  const { fraction, splits, methods } = goldens[name]

  it.each(Object.keys(regression))('%s has the expected figures on five splits', async (method) => {
    for (const [s, golden] of splits.entries()) {
      const split = hashSplit(data, s, fraction)
      expectSplit(data, split, golden)
      const { train, test } = splitData(data, split)
      const expected = (methods as Readonly<Record<string, readonly Expected[]>>)[method][s]
      await expectFit(await fit(regression[method](expected), train, { random: 1 }), test, expected)
      if (expected.gcv === undefined) continue
      const model = await fit(regression[method](), train, { random: 1 })
      const { penalties, least } = choiceOf(model)
      const wanted =
        expected.lam === undefined ? [expected.lam_intercept, expected.lam_slope] : [expected.lam]
      penalties.forEach((penalty, i) => expectNear(penalty, wanted[i] ?? NaN))
      expectNear(least * (model.scaling?.targets.deviations[0] ?? NaN) ** 2, expected.gcv)
    }
  })
})

describe('verbagg:', () => {
  const data = datasets.verbagg.data()
  const { fraction, splits, methods } = goldens.verbagg

  it.each(Object.keys(logistic))('%s has the expected figures on five splits', async (method) => {
    for (const [s, golden] of splits.entries()) {
      const split = hashSplit(data, s, fraction)
      expectSplit(data, split, golden)
      const { train, test } = splitData(data, split)
      const expected = (methods as Readonly<Record<string, readonly Expected[]>>)[method][s]
      await expectFit(await fit(logistic[method](expected), train, { random: 1 }), test, expected)
    }
  })

  // Folds are drawn differently, so that penalties may differ; two splits, because 64 pairs of them take seconds.
  it.each(Object.keys(logistic))('%s does as well by penalties of its own choice', async (method) => {
    const gaps = { auc_pooled: 0, log_loss: 0 }
    for (const s of [0, 1]) {
      const { train, test } = splitData(data, hashSplit(data, s, fraction))
      const figures = await figuresOf(await fit(logistic[method](), train, { random: 1 }), test)
      const expected = (methods as Readonly<Record<string, readonly Expected[]>>)[method][s]
      for (const name of ['auc_pooled', 'log_loss'] as const)
        gaps[name] += (figures[name] - (expected[name] as number)) / 2
    }
    // The figures' own tolerance of means over splits.
    for (const gap of Object.values(gaps)) expect(Math.abs(gap)).toBeLessThanOrEqual(0.01)
  })
})

describe('hsb, schools held out:', () => {
  const { description } = datasets.hsb
  const descriptor = ['size', 'sector', 'academic_share', 'disciplinary_climate', 'high_minority', 'mean_ses']
  const { task, targets, inputs } = description
  const data = datasetFromTable(datasets.hsb.table(), { task, targets, inputs: [...inputs, ...descriptor] })
  const { fraction, splits, methods } = goldens.unseen_hsb

  it.each([
    ['training_mean', taskMean()],
    ['pooled_ridge', pooled()],
  ] as const)('%s predicts them as expected', async (method, estimator: Estimator) => {
    for (const [s, golden] of splits.entries()) {
      const heldOut = heldOutTasks(data, s, fraction)
      expect(heldOut).toEqual(golden.test_tasks)
      const known = { tasks: data.tasks.filter((_, t) => !heldOut.includes(t)) }
      const model = await fit(estimator, known, { random: 1 })
      const unseen = { tasks: heldOut.map((t) => data.tasks[t]) }
      const answers = await Promise.all(unseen.tasks.map((school) => model.predictTask({}, school.inputs)))
      const distribution = concatenate(answers)
      const observed = targetsOf(unseen)
      expectNear(rmse.evaluate(distribution, observed), methods[method][s].rmse)
      expectNear(-meanOf(distribution.logDensity(observed)), methods[method][s].nll)
    }
  })
})
