import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logBesselK, logBesselKOrderDerivative, logBesselKRatio } from './bessel-k.ts'
import goldens from './goldens/bessel-k.json' with { type: 'json' }

const order = fc.double({ min: -1e4, max: 1e4, noNaN: true })
const x = fc.double({ min: -300, max: 300, noNaN: true }).map((power) => 10 ** power)

describe('the modified Bessel function of the second kind', () => {
  it('has the values of a table of many digits, in every regime', () => {
    for (const [nu, at, logK, logRatio, derivative] of goldens.rows) {
      const found = [logBesselK(nu, at), logBesselKRatio(nu, at), logBesselKOrderDerivative(nu, at)]
      for (const [k, expected] of [logK, logRatio, derivative].entries())
        expect(Math.abs(found[k] - expected) / (1 + Math.abs(expected)), `order ${nu}, x ${at}`).toBeLessThan(
          1e-12,
        )
    }
  })

  it('is elementary at order 1/2: K = sqrt(pi / (2 x)) e^-x', () => {
    fc.assert(
      fc.property(x, (at) => {
        const expected = 0.5 * (Math.log(Math.PI / 2) - Math.log(at)) - at
        expect(Math.abs(logBesselK(-0.5, at) - expected)).toBeLessThan(1e-12 * (1 + Math.abs(expected)))
      }),
    )
  })

  it('is finite and keeps its recurrence for all orders and from 1e-300 to 1e300', () => {
    fc.assert(
      fc.property(order, x, (nu, at) => {
        const values = [logBesselK(nu, at), logBesselKRatio(nu, at), logBesselKOrderDerivative(nu, at)]
        expect(values.every(Number.isFinite)).toBe(true)
        // K_{nu + 1} / K_nu = K_{nu - 1} / K_nu + 2 nu / x, of which no term overflows when scaled by x.
        const up = Math.exp(logBesselKRatio(nu, at) + Math.log(at))
        const down = Math.exp(logBesselKRatio(-nu, at) + Math.log(at))
        const scale = up + down + 2 * Math.abs(nu)
        expect(Math.abs(up - down - 2 * nu)).toBeLessThanOrEqual(3e-12 * scale)
      }),
    )
  })

  it('does not see the sign of the order, and says at the ends what its limits are', () => {
    expect(logBesselK(-3.3, 0.2)).toBe(logBesselK(3.3, 0.2))
    expect(logBesselKOrderDerivative(-3.3, 0.2)).toBe(-logBesselKOrderDerivative(3.3, 0.2))
    expect(logBesselKOrderDerivative(0, 2)).toBe(0)
    expect(logBesselK(1, 0)).toBe(Infinity)
    expect(logBesselK(1, Infinity)).toBe(-Infinity)
    expect([logBesselK(1, -1), logBesselK(NaN, 1), logBesselKRatio(0, 0)]).toEqual([NaN, NaN, NaN])
    expect(logBesselKOrderDerivative(1, -1)).toBeNaN()
  })
})
