import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { falseDiscovery } from './false-discovery.ts'

const pValues = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN)), {
  maxLength: 30,
})

describe('the false discovery rate', () => {
  it('rejects as in the example of Benjamini and Hochberg (1995), section 3.2', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ]
    expect(falseDiscovery(Float64Array.from(p), 0.05).filter(Boolean)).toHaveLength(4)
  })

  it('rejects up to the largest rank whose p-value is in reach, even past one that is not', () => {
    expect(falseDiscovery(Float64Array.of(0.04, 0.001, 0.06, 0.074), 0.1)).toEqual([true, true, true, true])
    expect(falseDiscovery(Float64Array.of(0.9, 0.2), 0.1)).toEqual([false, false])
  })

  it('leaves out p-values that are undefined', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const defined = values.filter((p) => !Number.isNaN(p))
        const rejected = falseDiscovery(Float64Array.from(values), 0.1)
        expect(rejected.filter((_, i) => !Number.isNaN(values[i]))).toEqual(
          falseDiscovery(Float64Array.from(defined), 0.1),
        )
        expect(rejected.some((shown, i) => shown && Number.isNaN(values[i]))).toBe(false)
      }),
    )
  })

  it('never rejects less when a p-value falls or the rate rises', () => {
    fc.assert(
      fc.property(pValues, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (values, at, share) => {
        const before = falseDiscovery(Float64Array.from(values), 0.1)
        const fallen = values.map((p, i) => (i === at % values.length ? p * share : p))
        falseDiscovery(Float64Array.from(fallen), 0.1).forEach((shown, i) => {
          if (before[i]) expect(shown).toBe(true)
        })
        falseDiscovery(Float64Array.from(values), 0.2).forEach((shown, i) => {
          if (before[i]) expect(shown).toBe(true)
        })
      }),
    )
  })

  it('keeps the mean share of false ones among the rejected at the rate times the share of true nulls', () => {
    const random = createRandom('discoveries')
    const [repeats, nulls, effects] = [1500, 60, 20]
    let shares = 0
    for (let r = 0; r < repeats; r++) {
      // An effect's p-value is a uniform number to the power 8: mostly small.
      const p = Float64Array.from({ length: nulls + effects }, (_, i) =>
        i < nulls ? random.next() : random.next() ** 8,
      )
      const rejected = falseDiscovery(p, 0.1)
      const falseOnes = rejected.filter((shown, i) => shown && i < nulls).length
      shares += falseOnes / Math.max(1, rejected.filter(Boolean).length)
    }
    // Equality for independent p-values: 0.1 60 / 80 = 0.075; sd of a share below 0.12, of the mean 0.003; 4 sd.
    expect(Math.abs(shares / repeats - 0.075)).toBeLessThan(0.0125)
  })
})
