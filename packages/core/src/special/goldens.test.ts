import { describe, expect, it } from 'vitest'
import { digamma, trigamma } from './digamma.ts'
import { erf, erfc } from './erf.ts'
import goldens from './goldens/values.json' with { type: 'json' }
import { incompleteBeta, inverseIncompleteBeta } from './incomplete-beta.ts'
import {
  inverseLowerIncompleteGamma,
  lowerIncompleteGamma,
  upperIncompleteGamma,
} from './incomplete-gamma.ts'
import { logGamma } from './log-gamma.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { studentTCdf, studentTQuantile } from './student-t.ts'

/** The row that is furthest from the table must be within `tolerance`: relative, absolute below `floor`. */
function expectTable(
  rows: readonly (readonly number[])[],
  value: (...row: number[]) => number,
  tolerance: number,
  floor = 0,
): void {
  const error = (row: readonly number[]): number => {
    const expected = row[row.length - 1]
    return Math.abs(value(...row) - expected) / Math.max(Math.abs(expected), floor)
  }
  const worst = rows.reduce((a, b) => (error(b) > error(a) ? b : a))
  expect(error(worst), `at ${worst.join(', ')} got ${value(...worst)}`).toBeLessThan(tolerance)
}

describe('special functions have the values of a table of many digits:', () => {
  it('erf, erfc, the normal cdf and quantile', () => {
    expectTable(goldens.erf, erf, 1e-13)
    expectTable(goldens.erfc, erfc, 1e-13, 1e-300)
    expectTable(goldens.normalCdf, normalCdf, 1e-13)
    expectTable(goldens.normalQuantile, normalQuantile, 1e-13)
  })

  it('logGamma, digamma and trigamma', () => {
    expectTable(goldens.logGamma, logGamma, 1e-13, 1)
    expectTable(goldens.digamma, digamma, 1e-13, 1)
    expectTable(goldens.trigamma, trigamma, 1e-13)
  })

  it('incomplete gamma functions, both tails, and the inverse', () => {
    const rows = goldens.incompleteGamma
    expectTable(
      rows.map(([a, x, lower]) => [a, x, lower]),
      lowerIncompleteGamma,
      1e-12,
    )
    expectTable(
      rows.map(([a, x, , upper]) => [a, x, upper]),
      upperIncompleteGamma,
      1e-12,
    )
    const lower = rows.filter(([, , p, q]) => p < q)
    expectTable(
      lower.map(([a, x, p]) => [a, p, x]),
      inverseLowerIncompleteGamma,
      1e-10,
    )
  })

  it('the incomplete beta function and its inverse', () => {
    expectTable(goldens.incompleteBeta, incompleteBeta, 1e-12)
    const lower = goldens.incompleteBeta.filter(([, , , p]) => p < 0.5)
    expectTable(
      lower.map(([a, b, x, p]) => [a, b, p, x]),
      inverseIncompleteBeta,
      1e-10,
    )
  })

  it("Student's t and its quantile", () => {
    expectTable(goldens.studentTCdf, studentTCdf, 1e-12)
    // Nearer to 0 the level does not hold the digits of t.
    const tails = goldens.studentTCdf.filter(([t]) => t <= -0.01)
    expectTable(
      tails.map(([t, degrees, p]) => [p, degrees, t]),
      studentTQuantile,
      1e-10,
    )
  })
})
