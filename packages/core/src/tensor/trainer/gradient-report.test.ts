import { describe, expect, it } from 'vitest'
import { matrixFromRows } from '../../linalg/matrix.ts'
import { dominance, gradientReport } from './gradient-report.ts'

describe('the report of gradients', () => {
  it('has norms, cosines and the share of pairs in conflict', () => {
    // g_1 = (3, 4), g_2 = (-6, -8), g_3 = (4, -3)
    const gramian = matrixFromRows([
      [25, -50, 0],
      [-50, 100, 0],
      [0, 0, 25],
    ])
    const report = gradientReport(gramian, ['a', 'b', 'c'])
    expect(report['norm/b']).toBe(10)
    expect(report['cosine/a/b']).toBe(-1)
    expect(report['cosine/a/c']).toBeCloseTo(0, 15)
    expect(report['conflict-share']).toBe(1 / 3)
  })

  it('says who dominates: 0 for equal norms, 1 for one alone, 0 for none', () => {
    expect(dominance(Float64Array.of(2, 2, 2))).toBeCloseTo(0, 12)
    expect(dominance(Float64Array.of(0, 5))).toBe(1)
    expect(dominance(Float64Array.of(0, 0))).toBe(0)
  })

  it('is finite where a gradient is 0', () => {
    const report = gradientReport(
      matrixFromRows([
        [0, 0],
        [0, 1],
      ]),
      ['a', 'b'],
    )
    expect(Object.values(report).every(Number.isFinite)).toBe(true)
  })
})
