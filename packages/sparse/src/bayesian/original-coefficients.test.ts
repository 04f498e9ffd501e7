import { createRandom, dataset, fit, isReal, matrix, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import type { SparseBayesianOptions } from './options.ts'
import { originalCoefficients } from './original-coefficients.ts'
import { sparseBayesian } from './sparse-bayesian.ts'

/** Inputs about 100 with deviations 1, 10 and 0: the last is constant. */
function lines(classes: boolean): Dataset {
  const random = createRandom('coefficients')
  const rows = 12
  return dataset(
    Array.from({ length: 4 }, (_, t) => {
      const inputs = matrix(rows, 3)
      const targets = Float64Array.from({ length: rows }, (__, i) => {
        const [first, second] = [sampleNormal(random), sampleNormal(random)]
        inputs.data.set([100 + first, 100 + 10 * second, 100], i * 3)
        const y = 500 + 20 * first - 10 * (1 + 0.2 * t) * second + 5 * sampleNormal(random)
        return classes ? Number(y > 500) : y
      })
      return { name: `task ${t}`, inputs, targets, ...(classes && { kind: 'binary' as const }) }
    }),
  )
}

const forms: readonly SparseBayesianOptions[] = [
  {},
  { posterior: 'by-group' },
  { intercept: 'free' },
  { intercept: 'none' },
  { taskCovariance: 'inverse-wishart' },
  { taskCovariance: 'low-rank', rank: 2 },
]

describe('originalCoefficients', () => {
  it.each(forms)('predict as the model does, with its deviations, at any input: %j', async (options) => {
    const model = await fit(sparseBayesian({ ...options, maxSteps: 30, tolerance: 0 }), lines(false), {
      random: 1,
    })
    const { weights, intercepts, interceptDeviations } = originalCoefficients(model)
    const inputs = matrix(2, 3, Float64Array.of(0, 0, 0, 101, 80, 100))
    for (let t = 0; t < 4; t++) {
      const prediction = await model.predictTask(`task ${t}`, inputs)
      const w = weights.data.subarray(t * 3, t * 3 + 3)
      const second = intercepts[t] + 101 * w[0] + 80 * w[1] + 100 * w[2]
      // Differences of terms of 1e4.
      expect(Math.abs(prediction.point[0] - intercepts[t])).toBeLessThan(1e-8)
      expect(Math.abs(prediction.point[1] - second)).toBeLessThan(1e-8)
      if (!isReal(prediction) || prediction.noiseVariance === undefined) throw new Error('no noise')
      const latent = prediction.variance[0] - prediction.noiseVariance[0]
      expect(interceptDeviations[t] ** 2 / latent).toBeCloseTo(1, 6)
    }
  })

  it('are as uncertain as least squares where the prior says little', async () => {
    const data = lines(false)
    const model = await fit(
      sparseBayesian({ taskCovariance: 'identity', intercept: 'free', tolerance: 1e-9 }),
      { tasks: data.tasks },
      { random: 1 },
    )
    const { weights, weightDeviations } = originalCoefficients(model)
    for (let t = 0; t < 4; t++) {
      // 20 for the deviation of 1, -1 (1 + 0.2 t) for that of 10; noise of 5 in 12 rows: deviations of about 5 / sqrt(12) = 1.4 and 0.14.
      expect(Math.abs(weights.data[t * 3] - 20)).toBeLessThan(5 * 1.4)
      expect(Math.abs(weights.data[t * 3 + 1] + 1 + 0.2 * t)).toBeLessThan(5 * 0.14)
      const [first, second, constant] = weightDeviations.data.subarray(t * 3, t * 3 + 3)
      expect(first).toBeGreaterThan(0.7)
      expect(first).toBeLessThan(2.8)
      expect(second / first).toBeGreaterThan(0.05)
      expect(second / first).toBeLessThan(0.2)
      // What did not vary stays at its prior.
      expect(Math.abs(weights.data[t * 3 + 2])).toBeLessThan(1e-9)
      expect(constant).toBeGreaterThan(0)
    }
  })

  it('are log-odds of classes, and stand in a table of the model', async () => {
    const model = await fit(sparseBayesian({ maxSteps: 30, tolerance: 0 }), lines(true), { random: 1 })
    const { weights, intercepts } = originalCoefficients(model)
    const row = matrix(1, 3, Float64Array.of(102, 100, 100))
    const { point } = await model.predictTask('task 0', row)
    const logOdds = intercepts[0] + 102 * weights.data[0] + 100 * weights.data[1] + 100 * weights.data[2]
    // MacKay's average draws probabilities towards a half, and never beyond.
    expect(Math.sign(point[0] - 0.5)).toBe(Math.sign(logOdds))
    const table = model.views().find(({ title }) => title.startsWith('Coefficients in the data’s own units'))
    if (table?.kind !== 'table') throw new Error('no table')
    expect(table.columns.slice(0, 2)).toEqual(['task', 'level'])
    expect(table.columns.slice(2).toSorted()).toEqual(['x1', 'x2', 'x3'])
    expect(table.rows[0][table.columns.indexOf('x1')]).toMatch(/^-?\d+(\.\d+)? ± \d+(\.\d+)?$/)
  })
})
