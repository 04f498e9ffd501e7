import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { svd, symmetricEigen } from './decomposition.ts'
import { matrix, transpose } from './matrix.ts'
import { multiply } from './product.ts'
import type { Matrix } from './types.ts'

/** Entries of any size beside one another, exact zeros, equal rows: whatever comes. */
const matrices = (min: number, max: number): fc.Arbitrary<Matrix> =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.constantFrom(1, 1e-100, 1e100))
    .chain(([rows, columns, scale]) =>
      fc
        .array(fc.double({ min: -10, max: 10, noNaN: true }), {
          minLength: rows * columns,
          maxLength: rows * columns,
        })
        .map((values) =>
          matrix(
            rows,
            columns,
            Float64Array.from(values, (value) => scale * value),
          ),
        ),
    )
const diagonal = (values: Float64Array): Matrix => {
  const result = matrix(values.length, values.length)
  values.forEach((value, i) => (result.data[i * (values.length + 1)] = value))
  return result
}
const largest = ({ data }: Matrix): number => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
/** Rounding of the order of n epsilon at the size of the largest entry. */
const expectClose = (a: Matrix, b: Matrix, scale = Math.max(largest(b), 1e-300)): void => {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns])
  a.data.forEach((value, i) => expect(Math.abs(value - b.data[i])).toBeLessThanOrEqual(1e-13 * scale))
}
const expectOrthonormal = (a: Matrix): void =>
  expectClose(multiply(transpose(a), a), diagonal(new Float64Array(a.columns).fill(1)), 1)
const expectLargestPositive = (a: Matrix): void => {
  for (let j = 0; j < a.columns; j++) {
    const column = transpose(a).data.subarray(j * a.rows, (j + 1) * a.rows)
    const most = Math.max(...column.map(Math.abs))
    expect(column.find((value) => Math.abs(value) > most * (1 - 1e-9))).toBeGreaterThan(0)
  }
}
const symmetric = matrices(0, 7).map((a) => multiply(transpose(a), a))

describe('symmetricEigen', () => {
  it('takes a symmetric matrix apart, values ascending, vectors orthonormal with their largest entry positive', () => {
    fc.assert(
      fc.property(symmetric, fc.double({ min: -5, max: 5, noNaN: true }), (positive, shift) => {
        const n = positive.rows
        const a = matrix(
          n,
          n,
          positive.data.map((value, i) => value - (i % (n + 1) === 0 ? shift : 0)),
        )
        const { values, vectors } = symmetricEigen(a)
        expectClose(multiply(multiply(vectors, diagonal(values)), transpose(vectors)), a)
        expectOrthonormal(vectors)
        expectLargestPositive(vectors)
        expect(values).toEqual(values.toSorted())
      }),
    )
  })

  it('reads the lower triangle only and leaves its argument', () => {
    const a = matrix(2, 2, Float64Array.of(2, 99, 1, 2))
    const { values, vectors } = symmetricEigen(a)
    expectClose(matrix(1, 2, values), matrix(1, 2, Float64Array.of(1, 3)))
    // Both entries of each vector are equally large: the first is positive.
    const half = Math.SQRT1_2
    expectClose(vectors, matrix(2, 2, Float64Array.of(half, half, -half, half)))
    expect(a.data).toEqual(Float64Array.of(2, 99, 1, 2))
  })

  it('keeps a small eigenvalue beside a large one to the precision of the large one', () => {
    // Hilbert's matrix: condition 1.5e7 at n = 6; its smallest eigenvalue from tables.
    const n = 6
    const a = matrix(
      n,
      n,
      Float64Array.from({ length: n * n }, (_, at) => 1 / (Math.floor(at / n) + (at % n) + 1)),
    )
    const { values } = symmetricEigen(a)
    expect(Math.abs(values[0] - 1.0827994845655e-7)).toBeLessThan(1e-15)
    expect(values[5]).toBeCloseTo(1.6188998589243391, 13)
  })

  it('refuses what is not square or not finite', () => {
    expect(() => symmetricEigen(matrix(2, 3))).toThrow('square')
    expect(() => symmetricEigen(matrix(1, 1, Float64Array.of(NaN)))).toThrow('finite')
  })
})

describe('svd', () => {
  it('takes a matrix of any shape apart, values descending, vectors orthonormal', () => {
    fc.assert(
      fc.property(matrices(0, 7), (a) => {
        const { u, values, v } = svd(a)
        expect(values).toHaveLength(Math.min(a.rows, a.columns))
        expectClose(multiply(multiply(u, diagonal(values)), transpose(v)), a)
        expectOrthonormal(u)
        expectOrthonormal(v)
        expectLargestPositive(v)
        expect(values).toEqual(values.toSorted().toReversed())
        expect(values.every((value) => value >= 0)).toBe(true)
      }),
    )
  })

  it('finds rank 1 in an outer product', () => {
    const { values, u } = svd(
      multiply(matrix(4, 1, Float64Array.of(1, 2, 3, 4)), matrix(1, 3, Float64Array.of(1, -1, 1))),
    )
    expect(values[0]).toBeCloseTo(Math.sqrt(90), 12)
    expect(values[1]).toBeLessThan(1e-14)
    expectOrthonormal(u)
  })

  it('refuses what is not finite', () => {
    expect(() => svd(matrix(1, 1, Float64Array.of(Infinity)))).toThrow(
      expect.objectContaining({ code: 'not-finite' }),
    )
  })
})
