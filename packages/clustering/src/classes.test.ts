import { createRandom } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import bounds from '../goldens/bernoulli.json' with { type: 'json' }
import goldens from '../goldens/laplace.json' with { type: 'json' }
import { boundAscent, boundAt, laplaceFamily } from './class-family.ts'
import { differenceOf, goldenLayout, goldenProblem, goldenVector } from './golden.fixture.ts'
import { laplaceEvidence } from './laplace-evidence.ts'
import { blockOf, type Layout } from './layout.ts'
import { noPenalties } from './penalty.ts'
import { problemOf } from './problem.ts'
import { quasiNewton } from './quasi-newton.ts'

const floors = { covarianceFloor: 1e-8, noiseFloor: 1e-10 }

describe("Laplace's evidence of classes", () => {
  for (const { name, hidden, problem: given, params, options, expected } of goldens.cases)
    it(`is that of the reference, with its slope: ${name}`, () => {
      const problem = goldenProblem(given, false)
      const layout = goldenLayout(hidden, problem, params)
      const x = goldenVector(layout, params)
      const slope = new Float64Array(x.length)
      const penalties = { ...noPenalties, gatePenalty: options.gate_ridge ?? 0 }
      const value = laplaceEvidence(problem, layout, penalties)(x, slope)
      expect(differenceOf([value], [expected.objective])).toBeLessThan(1e-9)
      const { means, factors, logNoise, gates } = blockOf(layout, 0)
      const { gradient } = expected
      expect(differenceOf(slope.subarray(0, means), (gradient.W ?? []).flat())).toBeLessThan(1e-7)
      expect(differenceOf(slope.subarray(means, factors), gradient.M.flat(2))).toBeLessThan(1e-7)
      expect(differenceOf(slope.subarray(factors, logNoise), gradient.L.flat(2))).toBeLessThan(1e-7)
      expect(differenceOf(slope.subarray(gates), gradient.U.flat())).toBeLessThan(1e-7)
      const [posterior] = laplaceFamily(problem, floors).posteriors(layout, x)
      expect(differenceOf(posterior.responsibilities.data, expected.responsibilities.flat())).toBeLessThan(
        1e-7,
      )
      expect(differenceOf(posterior.taskMeans.data, expected.posteriorMode.flat(2))).toBeLessThan(1e-7)
      expect(differenceOf(posterior.taskCovariances.data, expected.posteriorCov.flat(3))).toBeLessThan(1e-7)
    })

  it('reaches the maximum of lme4::glmer, which the bound does not', () => {
    const { task, x: inputs, y, expected, bound, glmer } = goldens.glmm
    const problem = problemOf({
      inputs: 2,
      starts: Int32Array.from({ length: 61 }, (_, i) => task.filter((t) => t < i).length),
      rows: Float64Array.from(inputs.flatMap((value) => [1, value])),
      targets: [Float64Array.from(y)],
      weights: new Float64Array(y.length).fill(1),
      meanTerms: 1,
      gateTerms: 1,
      meanDescriptors: new Float64Array(60).fill(1),
      gateDescriptors: new Float64Array(60).fill(1),
      numeric: false,
    })
    const layout: Layout = {
      activation: 'identity',
      inputs: 2,
      units: 2,
      clusters: 1,
      meanTerms: 1,
      gateTerms: 1,
      outputs: 1,
    }
    const start = Float64Array.of(0, 0, 1, 0, 0, 1, 0, 0)
    const ascent = boundAscent(problem, floors, layout, noPenalties, start, {
      maxSteps: 500,
      tolerance: 0,
      weights: true,
    })
    const random = createRandom(1)
    let risen = ascent.init(random)
    for (let step = 0; step < 500; step++) risen = ascent.step(risen, random)
    expect(-1200 * ascent.objective(risen)).toBeCloseTo(bound.value, 3)
    const objective = laplaceEvidence(problem, layout, noPenalties)
    const descent = quasiNewton({ objective, scale: 1 / 1200 }, ascent.finish(risen), {
      maxSteps: 500,
      gradientTolerance: 1e-9,
    })
    let state = descent.init(random)
    for (let step = 0; step < 500 && descent.done?.(state) !== true; step++)
      state = descent.step(state, random)
    const value = objective(state.x)
    expect(value).toBeGreaterThan(expected.objective - 1e-6)
    expect(Math.abs(value - glmer.logLik)).toBeLessThan(1e-3)
    const [, , a, , b, c] = state.x
    expect(
      differenceOf([a * a, a * b, b * b + c * c], [glmer.cov[0][0], glmer.cov[0][1], glmer.cov[1][1]]),
    ).toBeLessThan(1e-2)
  })
})

describe('the bound on classes', () => {
  for (const { name, hidden, iterations, problem: given, start, expected } of bounds.cases)
    it(`rises as the reference's does: ${name}`, () => {
      const problem = goldenProblem(given, false)
      const layout = goldenLayout(hidden, problem, start)
      const ascent = boundAscent(problem, floors, layout, noPenalties, goldenVector(layout, start), {
        maxSteps: iterations,
        tolerance: 0,
        weights: true,
      })
      const random = createRandom(1)
      let state = ascent.init(random)
      const values = [state.sums.value]
      for (let step = 0; step < iterations; step++) {
        state = ascent.step(state, random)
        values.push(state.sums.value)
      }
      expect(differenceOf(values, [...expected.bound, expected.boundFinal])).toBeLessThan(1e-7)
      values.slice(1).forEach((value, k) => expect(value).toBeGreaterThanOrEqual(values[k] - 1e-9))
    })

  for (const { hidden, problem: given, params, xi, expected } of bounds.gradient)
    it(`has the reference's slope in the weights of ${hidden} units`, () => {
      const problem = goldenProblem(given, false)
      const layout = goldenLayout(hidden, problem, params)
      const x = goldenVector(layout, params)
      const slope = new Float64Array(x.length)
      const value = boundAt(problem, layout, noPenalties, [Float64Array.from(xi.flat())])(x, slope)
      expect(differenceOf([value], [expected.bound])).toBeLessThan(1e-9)
      const weights = expected.gradientW.flat()
      expect(differenceOf(slope.subarray(0, weights.length), weights)).toBeLessThan(1e-9)
    })
})
