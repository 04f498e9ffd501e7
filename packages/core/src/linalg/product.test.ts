import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identity, matrix, matrixFromRows, row, selectRows, transpose } from './matrix.ts'
import { dot, gram, multiply, multiplyVector, transposeMultiplyVector } from './product.ts'
import type { Matrix } from './types.ts'

/** Whole numbers: sums and products are exact, so that equal means equal. */
const whole = (rows: number, columns: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: rows * columns, maxLength: rows * columns })
    .map((values) => matrix(rows, columns, Float64Array.from(values)))
const sizes = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5))
const pairs = sizes.chain(([n, k, m]) => fc.tuple(whole(n, k), whole(k, m)))
/** 0 and -0 are equal here. */
const values = ({ rows, columns, data }: Matrix): unknown => ({
  rows,
  columns,
  data: Array.from(data, (x) => x + 0),
})

describe('products', () => {
  it('turn about: (A B)’ = B’ A’, and the identity changes nothing', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const product = multiply(a, b)
        expect(values(transpose(product))).toEqual(values(multiply(transpose(b), transpose(a))))
        expect(values(multiply(product, identity(b.columns)))).toEqual(values(product))
        expect(transpose(transpose(a))).toEqual(a)
      }),
    )
  })

  it('of vectors are those of matrices of one column', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const weights = Float64Array.from({ length: a.rows }, (_, i) => i - 1)
        const weighted = matrix(
          a.rows,
          a.columns,
          a.data.map((x, at) => x * weights[Math.floor(at / a.columns)]),
        )
        expect(values(gram(a, weights))).toEqual(values(multiply(transpose(a), weighted)))
        expect(values(gram(a))).toEqual(values(multiply(transpose(a), a)))
        if (b.columns === 0) return
        const x = transpose(b).data.slice(0, b.rows)
        const column = matrix(b.rows, 1, x)
        expect(values(matrix(a.rows, 1, multiplyVector(a, x)))).toEqual(values(multiply(a, column)))
        const back = transposeMultiplyVector(transpose(a), x)
        expect(Array.from(back, (value) => value + 0)).toEqual(
          Array.from(multiplyVector(a, x), (value) => value + 0),
        )
        expect(dot(x, x) + 0).toBe(multiply(transpose(column), column).data[0] + 0)
      }),
    )
  })

  it('refuse shapes that do not fit', () => {
    const mismatch = expect.objectContaining({ code: 'dimension-mismatch' }) as Error
    const a = matrix(2, 3)
    for (const call of [
      () => multiply(a, a),
      () => multiplyVector(a, new Float64Array(2)),
      () => transposeMultiplyVector(a, new Float64Array(3)),
      () => gram(a, new Float64Array(3)),
      () => dot(new Float64Array(1), new Float64Array(2)),
      () => matrix(2, 2, new Float64Array(3)),
      () => matrixFromRows([[1, 2], [3]]),
    ])
      expect(call).toThrow(mismatch)
  })
})

describe('matrices', () => {
  it('share the memory of a row and copy selected rows in the order asked', () => {
    const a = matrixFromRows([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    const selected = selectRows(a, [2, 0, 2])
    expect(selected).toEqual(
      matrixFromRows([
        [5, 6],
        [1, 2],
        [5, 6],
      ]),
    )
    row(a, 2)[0] = 9
    expect(a.data[4]).toBe(9)
    expect(selected.data[0]).toBe(5)
    expect(selectRows(a, [])).toEqual(matrix(0, 2))
    expect(matrixFromRows([], 4)).toEqual(matrix(0, 4))
  })
})
