import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from './generator.ts'
import { permutation, sampleGamma, sampleIndex, sampleNormal } from './sample.ts'

const count = 40_000

/** Mean of `power` of many draws. */
const moment = (draw: () => number, power: number): number => {
  let sum = 0
  for (let i = 0; i < count; i++) sum += draw() ** power
  return sum / count
}

describe('sampleNormal', () => {
  it('draws of a tiny shape are above 0, and so are their reciprocals finite', () => {
    const random = createRandom(8)
    for (let i = 0; i < 200; i++) {
      const value = sampleGamma(random, 1e-5)
      expect(value).toBeGreaterThan(0)
      expect(Number.isFinite(1 / value)).toBe(true)
    }
  })

  it('has the first four moments of a standard normal', () => {
    const random = createRandom('normal')
    const draw = (): number => sampleNormal(random)
    // Variance of x^k is E x^2k - (E x^k)^2: 1, 2, 15, 96. Five standard errors each.
    for (const [power, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ])
      expect(Math.abs(moment(draw, power) - expected)).toBeLessThan(5 * Math.sqrt(variance / count))
  })
})

describe('sampleGamma', () => {
  it('has the mean and the second moment of a gamma variable, shapes below 1 too', () => {
    for (const shape of [0.1, 0.5, 1, 1.5, 7, 300]) {
      const random = createRandom(shape)
      const draw = (): number => sampleGamma(random, shape)
      // E x^k = a (a + 1) ... (a + k - 1): Var x = a, Var x^2 = a (a + 1) ((a + 2) (a + 3) - a (a + 1)).
      expect(Math.abs(moment(draw, 1) - shape)).toBeLessThan(5 * Math.sqrt(shape / count))
      const second = shape * (shape + 1)
      const variance = second * ((shape + 2) * (shape + 3) - second)
      expect(Math.abs(moment(draw, 2) - second)).toBeLessThan(5 * Math.sqrt(variance / count))
    }
  })

  it('has the logarithm that a gamma variable of small shape has', () => {
    const random = createRandom('small')
    // E log x = digamma(1/2) = -euler - 2 log 2, Var log x = trigamma(1/2) = pi^2 / 2.
    const mean = moment(() => Math.log(sampleGamma(random, 0.5)), 1)
    const expected = -0.5772156649015329 - 2 * Math.LN2
    expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(Math.PI ** 2 / 2 / count))
  })

  it('refuses a shape that is not positive', () => {
    for (const shape of [0, -1, NaN, Infinity])
      expect(() => sampleGamma(createRandom(1), shape)).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      )
  })
})

describe('sampleIndex', () => {
  it('draws in proportion to the weights and never a weight of 0', () => {
    const random = createRandom('index')
    const weights = [0, 3, 0, 1, 6, 0]
    const counts = weights.map(() => 0)
    for (let i = 0; i < count; i++) counts[sampleIndex(random, weights)]++
    weights.forEach((weight, i) => {
      // Standard error of a share p: sqrt(p (1 - p) / count); five of them.
      const share = weight / 10
      expect(Math.abs(counts[i] / count - share)).toBeLessThanOrEqual(
        5 * Math.sqrt((share * (1 - share)) / count),
      )
    })
  })
})

describe('permutation', () => {
  it('holds each of 0..n-1 once', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer(), (n, seed) => {
        const order = permutation(createRandom(seed), n)
        expect(order.toSorted()).toEqual(Int32Array.from({ length: n }, (_, i) => i))
      }),
    )
  })

  it('draws each of the orders of three equally often', () => {
    const random = createRandom('orders')
    const counts = new Map<string, number>()
    for (let i = 0; i < 12_000; i++) {
      const order = permutation(random, 3).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 2000 expected, standard deviation sqrt(12000 * 1/6 * 5/6) = 40.8; five of them.
    for (const [, times] of counts) expect(Math.abs(times - 2000)).toBeLessThan(204)
  })
})
