import { describe, expect, it } from 'vitest'
import goldens from '../goldens/marginal.json' with { type: 'json' }
import { differenceOf, goldenLayout, goldenProblem, goldenVector } from './golden.fixture.ts'
import { blockOf } from './layout.ts'
import { marginalLogLikelihood, scanner } from './marginal.ts'

describe('marginalLogLikelihood', () => {
  for (const { name, hidden, problem: given, params, options, expected } of goldens.cases) {
    const problem = goldenProblem(given)
    const layout = goldenLayout(hidden, problem, params)
    const x = goldenVector(layout, params)
    const penalties = {
      covariancePriorWeight: 0,
      covariancePriorScales: [],
      gatePenalty: options.gate_ridge ?? 0,
    }

    it(`is that of the reference: ${name}`, () => {
      const slope = new Float64Array(x.length)
      const value = marginalLogLikelihood(problem, layout, penalties)(x, slope)
      expect(differenceOf([value], [expected.objective])).toBeLessThan(1e-11)
      const { means, factors, logNoise, gates } = blockOf(layout, 0)
      const { gradient } = expected
      const weights = (gradient.W ?? []).flat()
      expect(differenceOf(slope.subarray(0, means), weights)).toBeLessThan(1e-10)
      expect(differenceOf(slope.subarray(means, factors), gradient.M.flat(2))).toBeLessThan(1e-10)
      expect(differenceOf(slope.subarray(factors, logNoise), gradient.L.flat(2))).toBeLessThan(1e-10)
      expect(differenceOf([slope[logNoise]], [gradient.log_s2])).toBeLessThan(1e-10)
      expect(differenceOf(slope.subarray(gates), gradient.U.flat())).toBeLessThan(1e-10)
    })

    it(`has the posteriors of the reference: ${name}`, () => {
      scanner(problem, layout).run(x, (memory, i) => {
        const close = (actual: ArrayLike<number>, golden: number[]): void =>
          expect(differenceOf(actual, golden)).toBeLessThan(1e-11)
        close(memory.logLikelihoods, expected.logLikPerTaskCluster[i])
        close(memory.responsibilities, expected.responsibilities[i])
        close(memory.means, expected.posteriorMean[i].flat())
        close(memory.covariances, expected.posteriorCov[i].flat(2))
      })
    })
  }
})
