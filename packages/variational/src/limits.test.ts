import { describe, expect, it } from 'vitest'
import {
  bernoulli,
  calibrationError,
  categorical,
  dataset,
  entropy,
  fit,
  matrix,
  matrixFromRows,
} from '@mtl/core'
import type { RealDistribution } from '@mtl/core'
import {
  differenceOf,
  flat,
  goldenOuterSettings,
  goldenRows,
  relatednessRow,
  trainGolden,
  type GoldenTask,
} from './golden.fixture.ts'
import goldens from './goldens/limits.json' with { type: 'json' }
import predictions from './goldens/predict.json' with { type: 'json' }
import { gaussHermite } from './gauss-hermite.ts'
import { mixed } from './predict.ts'
import { predictive, predictiveOf } from './predictive.ts'
import { multiplyRows } from './task-likelihood.ts'
import { variational } from './variational.ts'
import type { OuterFit } from './fit-outer.ts'

const loose = 1e-4

interface Expected {
  readonly mu: readonly unknown[][]
  readonly sigma: readonly unknown[][]
  readonly alpha: readonly (readonly number[])[]
  readonly trace: readonly { readonly objective: number }[]
}

function check(fits: readonly OuterFit[], expected: Expected): void {
  const last = fits[fits.length - 1]
  last.states.forEach((state, t) => {
    expect(differenceOf(state.means, flat(expected.mu[t]))).toBeLessThan(loose)
    expect(differenceOf(state.logDeviations.map(Math.exp), flat(expected.sigma[t]))).toBeLessThan(loose)
    expect(differenceOf(relatednessRow(last, t), expected.alpha[t])).toBeLessThan(loose)
  })
  const objective = last.states.reduce((sum, state) => sum + state.objective, 0)
  const reached = expected.trace[expected.trace.length - 1].objective
  expect(differenceOf([objective], [reached])).toBeLessThan(goldens.tolerance)
}

const train = (
  kind: string,
  data: readonly GoldenTask[],
  inputs: number,
  settings = {},
): ReturnType<typeof trainGolden> =>
  trainGolden(
    data.map((task) => goldenRows(kind, task, inputs)),
    goldenOuterSettings(settings),
  )

describe('in its limits the method', () => {
  it('is variational logistic regression for one task, whatever the number of outer steps', async () => {
    const { X, y, outer_1: once, outer_4: often } = goldens.single_task
    check((await train('binary', [{ X, y }], 4, { outer: 1 })).fits, once)
    const { fits } = await train('binary', [{ X, y }], 4, { outer: 4 })
    expect(fits).toHaveLength(1)
    check(fits, { ...often, trace: once.trace })
  })

  it('counts rows twice that come back through others: the precision grows with every outer step', async () => {
    const { X, y, noise_variance: noise, steps } = goldens.drift
    for (const step of steps) {
      const settings = { mode: 'convex', outer: step.outer, anchor: false, noise_variance: noise }
      const { fits } = await train(
        'regression',
        [
          { X, y },
          { X, y },
        ],
        3,
        settings,
      )
      const [state] = fits[fits.length - 1].states
      const precision = state.logDeviations.map((value) => Math.exp(-2 * value))
      expect(differenceOf(precision, flat(step.precision))).toBeLessThan(goldens.tolerance)
      expect(differenceOf(precision, step.closed_precision)).toBeLessThan(goldens.tolerance)
      expect(differenceOf(state.means, step.closed_mean)).toBeLessThan(goldens.tolerance)
    }
  })

  it('gives a task without rows the prior that the others make', async () => {
    const { data, expected } = goldens.empty_task
    check((await train('regression', data, 3)).fits, expected)
  })

  it('takes tables on any scale, with constant columns and missing labels, through the door of core', async () => {
    const { X, y, mean, inv, expected } = goldens.raw_table
    const data = dataset(
      X.map((rows, t) => ({
        name: `task ${t}`,
        kind: 'binary' as const,
        inputs: matrixFromRows(rows),
        targets: y[t],
      })),
    )
    const estimator = variational({ priorRule: 'match', priorVariance: 1, tolerance: 1e-13, maxSteps: 3000 })
    const { parameters, scaling } = await fit(estimator, data, { random: 1 })
    expect(differenceOf(scaling?.inputs[0].means ?? [], mean)).toBeLessThan(1e-12)
    scaling?.inputs[0].deviations.forEach((deviation, j) => {
      if (inv[j] > 0) expect(differenceOf([1 / deviation], [inv[j]])).toBeLessThan(1e-12)
    })
    parameters.posteriors.forEach(({ means, deviations }, t) => {
      expect(differenceOf(means.data, flat(expected.mu[t]))).toBeLessThan(loose)
      expect(differenceOf(deviations.data, flat(expected.sigma[t]))).toBeLessThan(loose)
      expect(
        differenceOf(parameters.relatedness.data.subarray(3 * t, 3 * t + 3), expected.alpha[t]),
      ).toBeLessThan(loose)
    })
    // The constant column is never used.
    expect(parameters.posteriors.map(({ means }) => means.data[2])).toEqual([0, 0])
  })

  it('solves by rows where there are more inputs than rows', async () => {
    const { data, expected } = goldens.wide
    check((await train('binary', data, data[0].X[0].length)).fits, expected)
  })

  it('stays finite for labels of one class', async () => {
    const { X, y, expected } = goldens.one_class
    check(
      (
        await train(
          'binary',
          [
            { X, y },
            { X, y },
          ],
          3,
        )
      ).fits,
      expected,
    )
  })
})

describe('the predictive distribution', () => {
  const design = matrixFromRows(predictions.X)
  const close = (found: ArrayLike<number>, expected: ArrayLike<number>): void =>
    expect(differenceOf(found, expected)).toBeLessThan(predictions.tolerance)
  const weightsOf = (
    golden: { readonly mu: number[][]; readonly variance: number[][] },
    noiseVariance = NaN,
  ) => ({
    means: flat(golden.mu),
    variances: flat(golden.variance),
    noiseVariance,
  })

  it('is that of the reference for numbers, two classes and several', () => {
    const { regression, binary, multiclass } = predictions
    const numbers = predictive('regression', design, weightsOf(regression, regression.noise_variance), 32)
    close(numbers.point, regression.mean)
    if (!('variance' in numbers)) throw new Error('not a number')
    close(numbers.variance as Float64Array, regression.predictive_variance)
    const two = predictive('binary', design, weightsOf(binary), 32)
    if (!('mean' in two)) throw new Error('not two classes')
    close(two.mean as Float64Array, binary.quadrature_32)
    const several = predictive('multiclass', design, weightsOf(multiclass), 32)
    if (!('probabilities' in several)) throw new Error('not several classes')
    close((several.probabilities as { data: Float64Array }).data, flat(multiclass.scaled_softmax))
  })

  it('has the entropy of the reference, of draws and of their mean: the rest is what draws of weights tell', () => {
    const { binary, multiclass } = predictions
    close(entropy(predictive('binary', design, weightsOf(binary), 32)), binary.entropy)
    const sampled = categorical(matrixFromRows(multiclass.sampled))
    close(entropy(sampled), multiclass.entropy)
    const { means, variances } = weightsOf(multiclass)
    const squares = matrix(
      design.rows,
      design.columns,
      design.data.map((x) => x * x),
    )
    const [centre, spread] = [0, 1].map(() => new Float64Array(design.rows * 3))
    multiplyRows(centre, design.data, means, design.columns)
    multiplyRows(spread, squares.data, variances, design.columns)
    const draws = multiclass.activation_noise.map((noise) => {
      const drawn = flat(noise).map((eps, at) => centre[at] + Math.sqrt(spread[at]) * eps)
      // Without a variance of its own, a draw's softmax is the plain one.
      const settings = { outputs: 3, noiseVariance: new Float64Array(), quadratureNodes: 32 }
      return predictiveOf('multiclass', drawn, new Float64Array(drawn.length), settings)
    })
    const shares = new Float64Array(draws.length).fill(1 / draws.length)
    close(entropy(mixed(draws, shares)), multiclass.entropy)
    const expected = new Float64Array(design.rows)
    for (const draw of draws) entropy(draw).forEach((value, i) => (expected[i] += value / draws.length))
    close(expected, multiclass.expected_entropy)
    close(
      entropy(sampled).map((value, i) => value - expected[i]),
      multiclass.mutual_information,
    )
  })

  it('is scored by calibration as the reference does', () => {
    const { confidence, hit, ece } = predictions.calibration
    const stated = bernoulli(Float64Array.from(confidence))
    close([calibrationError.evaluate(stated, Float64Array.from(hit))], [ece])
  })

  it('of an unseen task is that of the trained ones, each with its share and the variance between tasks', () => {
    const { posterior, delta2, weights, ...expected } = predictions.unseen
    const added = delta2.reduce((sum, value) => sum + value / delta2.length, 0)
    const parts = (kind: 'regression' | 'binary') =>
      posterior.map(({ mu, rho, noise }) =>
        predictive(
          kind,
          design,
          {
            means: flat(mu),
            variances: flat(rho).map((value) => Math.exp(2 * value) + added),
            noiseVariance: noise,
          },
          32,
        ),
      )
    const shares = Float64Array.from(weights)
    const numbers = mixed(parts('regression'), shares) as RealDistribution
    close(numbers.mean, expected.regression_mean)
    close(numbers.variance, expected.regression_variance)
    close((mixed(parts('binary'), shares) as RealDistribution).mean, expected.binary)
  })

  it('rests on nodes that integrate polynomials exactly', () => {
    for (const count of [4, 32, 100]) {
      const { nodes, weights } = gaussHermite(count)
      const moment = (power: number): number => nodes.reduce((sum, x, j) => sum + weights[j] * x ** power, 0)
      // 1, 0, 1, 0, 3, 0, 15: moments of a standard normal.
      const moments = [0, 1, 2, 3, 4, 5, 6].map(moment)
      expect(differenceOf(moments, [1, 0, 1, 0, 3, 0, 15])).toBeLessThan(1e-12)
    }
  })
})
