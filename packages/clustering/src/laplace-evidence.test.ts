import { createRandom, logSumExp, sampleNormal } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { boundFamily } from './class-family.ts'
import { logLikelihoodOf } from './class-rows.ts'
import { laplaceEvidence } from './laplace-evidence.ts'
import type { Layout } from './layout.ts'
import { noPenalties } from './penalty.ts'
import { problemOf, type Problem } from './problem.ts'

describe("Laplace's evidence of classes", () => {
  it('is closer to the integral than the bound in the mean, and the bound is below it', () => {
    let [ofLaplace, ofBound] = [0, 0]
    for (let seed = 1; seed <= 60; seed++) {
      const random = createRandom(seed)
      const targets = Float64Array.from({ length: 9 }, () => Number(random.next() < 0.6))
      const problem = levelOf(targets)
      const [mean, deviation] = [0.5 * sampleNormal(random), 0.5 + random.next()]
      const x = Float64Array.of(mean, deviation, 0, 0)
      const exact = integral(targets, mean, deviation)
      const bound = boundFamily(problem, floors).objective(level, noPenalties)(x)
      expect(bound).toBeLessThan(exact)
      ofBound += exact - bound
      ofLaplace += Math.abs(laplaceEvidence(problem, level, noPenalties)(x) - exact)
    }
    expect(ofLaplace).toBeLessThan(ofBound)
  })
})

const floors = { covarianceFloor: 1e-8, noiseFloor: 1e-10 }

/** A level alone. */
const level: Layout = {
  activation: 'identity',
  inputs: 1,
  units: 1,
  clusters: 1,
  meanTerms: 1,
  gateTerms: 1,
  outputs: 1,
}

/** One task without inputs. */
function levelOf(targets: Float64Array): Problem {
  const ones = targets.map(() => 1)
  return problemOf({
    inputs: 1,
    starts: Int32Array.of(0, targets.length),
    rows: ones,
    targets: [targets],
    weights: ones,
    meanTerms: 1,
    gateTerms: 1,
    meanDescriptors: Float64Array.of(1),
    gateDescriptors: Float64Array.of(1),
    numeric: false,
  })
}

/** log of the integral of prod p(y | A) N(A; mean, deviation^2) dA, by the trapezoid rule. */
function integral(targets: Float64Array, mean: number, deviation: number): number {
  const width = 0.01
  const terms = Array.from({ length: 2001 }, (_, k) => {
    const e = width * (k - 1000)
    const eta = mean + deviation * e
    return targets.reduce((sum, y) => sum + logLikelihoodOf(y, eta), -0.5 * (e * e + Math.log(2 * Math.PI)))
  })
  return logSumExp(terms) + Math.log(width)
}
