import { describe, expect, it } from 'vitest'
import edges from '../goldens/edge.json' with { type: 'json' }
import goldens from '../goldens/em-step.json' with { type: 'json' }
import traces from '../goldens/em-trace.json' with { type: 'json' }
import gating from '../goldens/gating.json' with { type: 'json' }
import { expectation } from './expectation.ts'
import { multinomialNewton } from './gate.ts'
import {
  differenceOf,
  goldenLayout,
  goldenProblem,
  goldenVector,
  type GoldenParameters,
  type GoldenProblem,
} from './golden.fixture.ts'
import { blockOf, type Layout } from './layout.ts'
import { scanner } from './marginal.ts'
import { maximisation } from './maximisation.ts'
import type { Problem } from './problem.ts'

interface GoldenOptions {
  readonly cov_floor?: number
  readonly noise_floor?: number
  readonly gate_ridge?: number
  readonly cov_prior_weight?: number
  readonly cov_prior_scale?: readonly (readonly number[])[]
}

/** The problem of a case, and a function that goes a number of steps from its start. */
function climberOf(given: {
  readonly hidden: string
  readonly problem: GoldenProblem
  readonly params: GoldenParameters
  readonly options: GoldenOptions
}): {
  readonly problem: Problem
  readonly layout: Layout
  readonly climb: (steps: number) => { readonly x: Float64Array; readonly values: number[] }
} {
  const { hidden, params, options } = given
  const problem = goldenProblem(given.problem)
  const layout = goldenLayout(hidden, problem, params)
  const penalties = {
    covariancePriorWeight: options.cov_prior_weight ?? 0,
    covariancePriorScales: [Float64Array.from((options.cov_prior_scale ?? []).flat())],
    gatePenalty: options.gate_ridge ?? 0,
  }
  const floors = { covarianceFloor: options.cov_floor ?? 1e-8, noiseFloor: options.noise_floor ?? 1e-10 }
  const expect = expectation(problem, layout, penalties, true)
  return {
    problem,
    layout,
    climb: (steps) => {
      let x = goldenVector(layout, params)
      let sums = expect(x)
      const values = [sums.value]
      for (let step = 0; step < steps; step++) {
        x = maximisation(problem, layout, penalties, floors, x, sums)
        sums = expect(x)
        values.push(sums.value)
      }
      return { x, values }
    },
  }
}

function expectParameters(
  layout: Layout,
  x: Float64Array,
  params: GoldenParameters,
  tolerance: number,
): void {
  const golden = goldenVector(layout, params)
  const { gates } = blockOf(layout, 0)
  expect(differenceOf(x.subarray(0, gates), [...golden.subarray(0, gates)])).toBeLessThan(tolerance)
  // Gate weights without a penalty are known up to a common shift.
  expect(
    differenceOf(centred(x.subarray(gates), layout), [...centred(golden.subarray(gates), layout)]),
  ).toBeLessThan(tolerance)
}

function centred(gates: Float64Array, { clusters, gateTerms }: Layout): Float64Array {
  return gates.map((value, at) => {
    let mean = 0
    for (let a = 0; a < clusters; a++) mean += gates[a * gateTerms + (at % gateTerms)] / clusters
    return value - mean
  })
}

describe('an EM step', () => {
  for (const golden of goldens.cases)
    it(`is that of the reference: ${golden.name}`, () => {
      const { layout, climb } = climberOf(golden)
      const { x, values } = climb(1)
      const { objectiveBefore, objectiveAfter, params } = golden.expected
      expect(differenceOf(values, [objectiveBefore, objectiveAfter])).toBeLessThan(1e-9)
      expectParameters(layout, x, params, 1e-8)
    })

  for (const golden of traces.cases)
    it(`goes the reference's way for ${golden.iterations} steps: ${golden.name}`, () => {
      const { layout, climb } = climberOf(golden)
      const { x, values } = climb(golden.iterations)
      expect(differenceOf(values.slice(0, -1), golden.expected.objective)).toBeLessThan(1e-7)
      expectParameters(layout, x, golden.expected.params, 1e-5)
    })

  for (const golden of edges.cases)
    it(`stays finite and monotone on awkward data: ${golden.name}`, () => {
      const { problem, layout, climb } = climberOf(golden)
      const { x, values } = climb(golden.iterations)
      expect(differenceOf(values.slice(0, -1), golden.expected.objective)).toBeLessThan(1e-6)
      values.slice(1).forEach((value, k) => expect(value).toBeGreaterThan(values[k] - 1e-9 * Math.abs(value)))
      const { expected } = golden
      expect(Math.exp(x[blockOf(layout, 0).logNoise])).toBeCloseTo(expected.sigma2, 6)
      scanner(problem, layout).run(x, (memory, i) => {
        expect(differenceOf(memory.responsibilities, expected.responsibilities[i])).toBeLessThan(1e-6)
        expect(differenceOf(memory.means, expected.posteriorMean[i].flat())).toBeLessThan(1e-6)
      })
    })
})

describe('multinomialNewton', () => {
  for (const { ridge, U } of gating.logit.expected)
    it(`finds the weights of the reference at ridge ${ridge}`, () => {
      const gate = {
        clusters: 3,
        gateTerms: 3,
        descriptors: Float64Array.from(gating.logit.gateFeatures.flat()),
        responsibilities: Float64Array.from(gating.logit.z.flat()),
        penalty: ridge,
      }
      expect(differenceOf(multinomialNewton(gate, new Float64Array(9)), U.flat())).toBeLessThan(1e-7)
    })
})
