import { matrix, matrixFromRows, singularFactors, singularShrinkage, svd } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterSpectrum } from './cluster-spectrum.ts'
import golden from './goldens/prox.json' with { type: 'json' }
import {
  cutPeaksInPlace,
  projectOnBallInPlace,
  shrinkColumnsInPlace,
  shrinkGroupsInPlace,
  shrinkRowsInPlace,
  softThresholdInPlace,
} from './proximal.ts'
import { shrinkJumpsInPlace, totalVariationInPlace } from './total-variation.ts'

/** The goldens' own tolerance. */
const exact = 1e-12

type Map = (a: Matrix, threshold: number) => void

const groupsOf = (columns: number): { columns: Int32Array; weight: number }[] =>
  Array.from({ length: Math.ceil(columns / 2) }, (_, g) => ({
    columns: Int32Array.from([2 * g, 2 * g + 1].filter((j) => j < columns)),
    weight: 1 + g,
  }))

const maps: Readonly<Record<string, (rows: number, columns: number) => Map>> = {
  'absolute values': () => softThresholdInPlace,
  'norms of columns': () => shrinkColumnsInPlace,
  'norms of rows': () => shrinkRowsInPlace,
  'norms of groups': (_, columns) => (a, threshold) => shrinkGroupsInPlace(a, groupsOf(columns), threshold),
  'largest values of columns': (rows) => (a, threshold) =>
    cutPeaksInPlace(a, threshold, new Float64Array(rows)),
  'singular values': singularShrinkage,
  jumps: (rows) => (a, threshold) =>
    shrinkJumpsInPlace(a, threshold, { values: new Float64Array(rows), sums: new Float64Array(rows + 1) }),
}

const norms: Readonly<Record<string, (a: Matrix) => number>> = {
  'absolute values': ({ data }) => sum(data.map(Math.abs)),
  'norms of columns': (a) => sum(columnsOf(a).map((column) => Math.hypot(...column))),
  'norms of rows': ({ rows, columns, data }) =>
    sum(Array.from({ length: rows }, (_, t) => Math.hypot(...data.subarray(t * columns, (t + 1) * columns)))),
  'norms of groups': (a) =>
    sum(
      groupsOf(a.columns).map(
        ({ columns, weight }) => weight * Math.hypot(...[...columns].flatMap((j) => columnsOf(a)[j])),
      ),
    ),
  'largest values of columns': (a) => sum(columnsOf(a).map((column) => Math.max(...column.map(Math.abs)))),
  'singular values': (a) => sum(svd(a).values),
  jumps: (a) =>
    sum(columnsOf(a).map((column) => sum(column.slice(1).map((value, k) => Math.abs(value - column[k]))))),
}

const problem = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) => {
    const values = fc
      .array(fc.double({ min: -5, max: 5, noNaN: true }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((data) => matrix(rows, columns, Float64Array.from(data)))
    return fc.record({ v: values, w: values, threshold: fc.double({ min: 0, max: 4, noNaN: true }) })
  })

describe('proximal maps agree with an independent program:', () => {
  const v = (): Matrix => matrixFromRows(golden.V)
  const after = (map: Map, threshold: number): Matrix => {
    const a = v()
    map(a, threshold)
    return a
  }

  it.each([
    ['absolute values', golden.soft],
    ['norms of columns', golden.columns],
    ['norms of rows', golden.rows],
    ['singular values', golden.trace],
    ['largest values of columns', golden.linfColumns],
  ])('%s', (name, expected) => {
    near(after(maps[name](5, 7), golden.a).data, expected.flat())
  })

  it('jumps and absolute values, in this order', () => {
    const { a1, a2, x } = golden.fused
    const a = after(maps.jumps(5, 7), a2)
    softThresholdInPlace(a, a1)
    near(a.data, x.flat())
  })

  it('absolute values and norms of groups, in this order', () => {
    const { groups, weights, a1, a2, x } = golden.sparseGroup
    const a = after(softThresholdInPlace, a1)
    const members = groups.map((columns, g) => ({ columns: Int32Array.from(columns), weight: weights[g] }))
    shrinkGroupsInPlace(a, members, a2)
    near(a.data, x.flat())
  })

  it('total variation of series of 1 to 40 values', () => {
    for (const { y, lam, x } of golden.tv1d) {
      const values = Float64Array.from(y)
      totalVariationInPlace(values, lam, new Float64Array(y.length + 1))
      near(values, x)
    }
  })

  it('projection on the l1 ball', () => {
    for (const { v: values, r, x } of golden.projectL1) {
      const projected = Float64Array.from(values)
      projectOnBallInPlace(projected, r)
      near(projected, x)
    }
  })

  it('the spectrum of clusters', () => {
    for (const { s2, k, eta, m } of golden.clusterSpectrum)
      near(clusterSpectrum(Float64Array.from(s2, Math.sqrt), k, eta), m)
  })
})

describe.each(Object.keys(maps))('the proximal map of %s', (name) => {
  const apply = (a: Matrix, threshold: number): Matrix => {
    const copy = { ...a, data: a.data.slice() }
    maps[name](a.rows, a.columns)(copy, threshold)
    return copy
  }

  it('is nowhere beaten by a point near by or far off', () => {
    fc.assert(
      fc.property(problem, ({ v, w, threshold }) => {
        const x = apply(v, threshold)
        const cost = (a: Matrix): number =>
          sum(a.data.map((value, at) => (value - v.data[at]) ** 2)) / 2 + threshold * norms[name](a)
        for (const step of [1, 1e-2, 1e-4]) {
          const other = { ...x, data: x.data.map((value, at) => value + step * (w.data[at] - value)) }
          // Rounding of sums of some 36 squares of up to 25 each.
          expect(cost(x)).toBeLessThanOrEqual(cost(other) + 1e-11)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('brings no two points further apart, and leaves 0 at 0', () => {
    fc.assert(
      fc.property(problem, ({ v, w, threshold }) => {
        const distance = (a: Matrix, b: Matrix): number =>
          Math.hypot(...a.data.map((x, at) => x - b.data[at]))
        expect(distance(apply(v, threshold), apply(w, threshold))).toBeLessThanOrEqual(distance(v, w) + 1e-12)
        const zero = matrix(v.rows, v.columns)
        expect(apply(zero, threshold).data.every((value) => value === 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('singularFactors', () => {
  it('finds the values of a decomposition, and the matrix again', () => {
    fc.assert(
      fc.property(problem, ({ v }) => {
        const factors = singularFactors(v.rows, v.columns)
        const values = factors.factorise(v).toSorted().reverse()
        // 1e-12 of the largest value, which is at most 30.
        near(values, svd(v).values, 3e-11)
        const again = matrix(v.rows, v.columns)
        factors.writeScaled(
          again,
          values.map(() => 1),
        )
        near(again.data, v.data, 1e-12)
      }),
      { numRuns: 60 },
    )
  })
})

describe('clusterSpectrum', () => {
  it('sums to the number of clusters, within 0 and 1', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 10, noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), (s, clusters) => {
        const m = clusterSpectrum(Float64Array.from(s), clusters, 0.5)
        expect(sum(m)).toBeCloseTo(Math.min(clusters, s.length), 10)
        expect(m.every((share) => share >= 0 && share <= 1)).toBe(true)
      }),
    )
  })
})

function near(found: Float64Array, expected: ArrayLike<number>, tolerance = exact): void {
  expect(found.length).toBe(expected.length)
  found.forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThanOrEqual(tolerance))
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0)
}

function columnsOf({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: columns }, (_, j) =>
    Array.from({ length: rows }, (_, t) => data[t * columns + j]),
  )
}
