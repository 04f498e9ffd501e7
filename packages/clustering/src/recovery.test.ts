import { createRandom, dataset, fit, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import clusters from '../goldens/clusters.json' with { type: 'json' }
import gating from '../goldens/gating.json' with { type: 'json' }
import metrics from '../goldens/metrics.json' with { type: 'json' }
import { bicOf, freedomOf } from './choice.ts'
import { adjustedRandIndex, fitProblem, labelsOf } from './fit-problem.fixture.ts'
import { goldenProblem } from './golden.fixture.ts'
import { blockOf, type Activation } from './layout.ts'
import { logGatesInPlace } from './posterior.ts'
import { taskClustering } from './task-clustering.ts'

describe('clusters of tasks', () => {
  for (const { name, K, problem: given, trueLabels, expected } of clusters.cases)
    it(`are found as the reference finds them: ${name}`, async () => {
      const problem = goldenProblem(given)
      const [one, several] = await fitProblem(problem, { activation: 'identity', clusters: [1, K] })
      expect(one.value).toBeCloseTo(expected.logLikOneCluster, 3)
      expect(several.value).toBeGreaterThan(expected.logLik - 1e-3)
      expect(adjustedRandIndex(labelsOf(several.posteriors), trueLabels)).toBe(expected.ari)
      const bic = (fitted: typeof one): number =>
        bicOf(fitted.layout, fitted.value, problem.total, problem.tasks, true)
      expect(bic(one)).toBeCloseTo(expected.bicOneCluster, 2)
      expect(bic(several)).toBeCloseTo(expected.bic, 2)
      // The golden file lists clusters by their mean intercept.
      const { means } = blockOf(several.layout, 0)
      const p = several.layout.units
      const order = Array.from({ length: K }, (_, a) => a).sort(
        (a, b) => several.x[means + a * p] - several.x[means + b * p],
      )
      const { data } = several.posteriors.responsibilities
      expected.responsibilities.forEach((golden, i) =>
        golden.forEach((z, k) => expect(Math.abs(data[i * K + order[k]] - z)).toBeLessThan(1e-3)),
      )
    })

  it('are known from the descriptor where rows are few, with a gate', async () => {
    const { problem: given, trueLabels, expected } = gating.model
    const options = { activation: 'identity', clusters: 2, restarts: 6 } as const
    const [gated] = await fitProblem(goldenProblem(given), { ...options, gating: 'descriptor' })
    const plain = { ...given, gateFeatures: given.gateFeatures.map(() => [1]) }
    const [ungated] = await fitProblem(goldenProblem(plain), options)
    expect(gated.value).toBeGreaterThan(expected.objective - 1e-3)
    expect(ungated.value).toBeGreaterThan(expected.logLikUngated - 1e-3)
    expect(adjustedRandIndex(labelsOf(gated.posteriors), trueLabels)).toBe(expected.ari)
    expect(adjustedRandIndex(labelsOf(ungated.posteriors), trueLabels)).toBeLessThan(expected.ari)
    const log = new Float64Array(2)
    const { gates } = blockOf(gated.layout, 0)
    const shares = expected.gateFeaturesNew.map((phi) => {
      logGatesInPlace(log, gated.layout, gated.x, gates, Float64Array.from(phi), 0)
      return Math.exp(log[0])
    })
    // Which of the two comes first is open.
    const turned = Math.abs(shares[0] - expected.gateNew[0][0]) > 0.5
    expected.gateNew.forEach(([first, second], k) =>
      expect(Math.abs(shares[k] - (turned ? second : first))).toBeLessThan(5e-3),
    )
  })

  it('predict better than one where there are some, and BIC sees it', async () => {
    let [one, two, right, found] = [0, 0, 0, 0]
    for (let seed = 1; seed <= 10; seed++) {
      const { train, test, labels } = kinds(seed)
      const errorOf = async (clusters: number | readonly number[]): Promise<number> => {
        const model = await fit(taskClustering({ activation: 'identity', clusters }), train, { random: seed })
        const { choice, outputs } = model.parameters
        if (typeof clusters !== 'number') {
          right += Number(choice.candidates[choice.chosen].clusters === 2)
          found += Number(adjustedRandIndex(labelsOf(outputs[0]), labels) === 1)
        }
        const predictions = await model.predict(test)
        const squares = test.tasks.flatMap(({ name, targets }) =>
          [...targets].map((y, i) => (y - predictions[name].point[i]) ** 2),
        )
        return squares.reduce((sum, square) => sum + square, 0) / squares.length
      }
      one += (await errorOf(1)) / 10
      two += (await errorOf([1, 2, 3])) / 10
    }
    expect(two).toBeLessThan(0.9 * one)
    expect(right).toBeGreaterThanOrEqual(8)
    expect(found).toBeGreaterThanOrEqual(8)
  })
})

/** 40 tasks of two kinds, 4 rows each to learn from, 2 inputs, noise variance 0.25. */
function kinds(seed: number): { train: Dataset; test: Dataset; labels: number[] } {
  const random = createRandom(`kinds ${seed}`)
  const labels = Array.from({ length: 40 }, (_, i) => i % 2)
  const weights = labels.map((label) =>
    [0, 0.3, 0.6].map((angle) => 2 * Math.cos(Math.PI * label + angle) + 0.3 * sampleNormal(random)),
  )
  const rows = (count: number): Dataset =>
    dataset(
      weights.map((own, i) => {
        const inputs = Array.from({ length: count }, () => [sampleNormal(random), sampleNormal(random)])
        const targets = inputs.map((x) => own[0] + own[1] * x[0] + own[2] * x[1] + 0.5 * sampleNormal(random))
        return { name: `task ${i}`, inputs, targets }
      }),
    )
  return { train: rows(4), test: rows(50), labels }
}

describe('the criterion', () => {
  for (const { hidden, K, P, J, F, d, shared, prior, bic } of metrics.counts)
    it(`counts the numbers of ${hidden} units and ${K} clusters as the reference does`, () => {
      const layout = {
        activation: hidden as Activation,
        inputs: d + 1,
        units: P,
        clusters: K,
        meanTerms: J,
        gateTerms: F,
        outputs: 1,
      }
      expect(freedomOf(layout, true)).toEqual({ shared, prior })
      expect(bicOf(layout, bic.logLik, bic.N, bic.T, true)).toBeCloseTo(bic.expected, 9)
    })
})

describe('adjustedRandIndex', () => {
  it('agrees with the reference', () => {
    for (const { a, b, expected } of metrics.ari) expect(adjustedRandIndex(a, b)).toBeCloseTo(expected, 10)
  })
})
