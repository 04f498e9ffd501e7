import { describe, expect, it } from 'vitest'
import { cholesky } from '../linalg/cholesky.ts'
import { identity, matrix, matrixFromRows } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { createRandom } from '../random/generator.ts'
import goldens from './goldens/matrix-laws.json' with { type: 'json' }
import { laplace } from './laplace.ts'
import { matrixGeneralisedHyperbolic, matrixNormal } from './matrix-laws.ts'
import type { MatrixLaw } from './matrix-laws.ts'
import { inverseWishart, wishart } from './wishart.ts'

const tolerance = 1e-10
const close = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThan(tolerance * (1 + Math.abs(expected)))

describe('laws of matrices', () => {
  it('have the log densities of other programs', () => {
    for (const golden of goldens.matrix) {
      const [value, mean] = [matrixFromRows(golden.W), matrixFromRows(golden.M)]
      const [rows, columns] = [matrixFromRows(golden.rowCov), matrixFromRows(golden.colCov)]
      const [scale, x] = [matrixFromRows(golden.S), matrixFromRows(golden.X)]
      close(matrixNormal(mean, rows, columns).logDensity(value), golden.matrixNormal)
      close(wishart(golden.nu, scale).logDensity(x), golden.wishart)
      close(inverseWishart(golden.nu, scale).logDensity(x), golden.inverseWishart)
    }
    for (const golden of goldens.generalisedHyperbolic) {
      const precision = { order: golden.omega, chi: golden.chi, phi: golden.phi }
      const [rows, columns] = [matrixFromRows(golden.Sigma), matrixFromRows(golden.Omega)]
      const found = matrixGeneralisedHyperbolic(precision, rows, columns).logDensity(matrixFromRows(golden.W))
      close(found, golden.logpdf)
      close(found, golden.logpdfByQuadrature)
    }
  })

  it('state the expectations that variational updates need', () => {
    for (const golden of goldens.matrix) {
      const law = inverseWishart(golden.nu, matrixFromRows(golden.S))
      law.meanInverse.data.forEach((entry, i) => close(entry, golden.inverseWishartEInverse.flat()[i]))
      close(law.meanLogDeterminant, golden.inverseWishartELogDet)
      const other = inverseWishart(golden.nu0, matrixFromRows(golden.S0))
      close(law.divergenceFrom(other), golden.inverseWishartKL)
      close(law.divergenceFrom(law), 0)
    }
  })

  const scale = matrixFromRows([
    [2, 0.6],
    [0.6, 1],
  ])
  const wide = matrixFromRows([
    [1, 0.5, 0],
    [0.5, 2, -0.3],
    [0, -0.3, 0.5],
  ])
  const laws: Readonly<Record<string, MatrixLaw>> = {
    'matrix normal': matrixNormal(matrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6)), scale, wide),
    'matrix generalised hyperbolic': matrixGeneralisedHyperbolic({ order: 0.5, chi: 2, phi: 3 }, scale, wide),
    Wishart: wishart(4.5, scale),
    'inverse Wishart': inverseWishart(12, scale),
  }

  for (const [name, law] of Object.entries(laws))
    it(`draws with the mean and variance that it states: ${name}`, () => {
      const draws = 20_000
      const { mean, variance } = law
      const random = createRandom(11)
      const drawn = Array.from({ length: draws }, () => law.sample(random).data)
      mean?.data.forEach((expected, k) => {
        const values = drawn.map((data) => data[k])
        const average = values.reduce((sum, value) => sum + value, 0) / draws
        const squares = values.map((value) => (value - expected) ** 2)
        const spread = squares.reduce((sum, value) => sum + value, 0) / draws
        const of = variance?.data[k] ?? NaN
        // Five standard errors of a mean; eight of a mean of squares, whose own variance is estimated.
        expect(Math.abs(average - expected)).toBeLessThan(5 * Math.sqrt(of / draws))
        const error = Math.sqrt(squares.reduce((sum, value) => sum + (value - of) ** 2, 0)) / draws
        expect(Math.abs(spread - of)).toBeLessThan(8 * error)
      })
    })

  it('draws rows and columns of a matrix normal correlated as they should be', () => {
    const random = createRandom(5)
    const law = matrixNormal(matrix(2, 3), scale, wide)
    let [rows, columns] = [0, 0]
    const draws = 20_000
    for (let i = 0; i < draws; i++) {
      const { data } = law.sample(random)
      rows += data[0] * data[3]
      columns += data[0] * data[1]
    }
    // 0.6 x 1 and 2 x 0.5; a product's standard deviation is below 3, five standard errors below 0.11.
    expect(Math.abs(rows / draws - 0.6)).toBeLessThan(0.11)
    expect(Math.abs(columns / draws - 1)).toBeLessThan(0.11)
  })

  it('are one another where they meet', () => {
    const one = identity(1)
    // 1/g exponential of rate lambda^2 / 2: Laplace of scale 1 / lambda.
    const lambda = 1.5
    const hyperbolic = matrixGeneralisedHyperbolic({ order: -1, chi: lambda ** 2, phi: 0 }, one, one)
    const scalar = laplace(Float64Array.of(0), Float64Array.of(1 / lambda))
    close(
      hyperbolic.logDensity(matrix(1, 1, Float64Array.of(0.7))),
      scalar.logDensity(Float64Array.of(0.7))[0],
    )
    // X ~ Wishart exactly when its inverse is inverse Wishart; |dX^-1/dX| = |X|^-(p + 1).
    const x: Matrix = matrixFromRows([
      [1.4, -0.2],
      [-0.2, 0.8],
    ])
    const inverse = cholesky(x).inverse()
    const direct = wishart(4.5, cholesky(scale).inverse()).logDensity(x)
    close(inverseWishart(4.5, scale).logDensity(inverse) - 3 * cholesky(x).logDeterminant, direct)
  })

  it('state no moments that do not exist, and refuse what is no law', () => {
    expect(inverseWishart(2.5, scale).mean).toBeUndefined()
    expect(inverseWishart(4.5, scale).variance).toBeUndefined()
    const heavy = { order: 0.5, chi: 0, phi: 1 }
    expect(matrixGeneralisedHyperbolic(heavy, scale, scale).variance).toBeUndefined()
    expect(() => wishart(1, scale)).toThrow('degrees must be')
    expect(() => matrixNormal(matrix(2, 2), scale, wide)).toThrow('2 x 3 matrices')
    expect(() => matrixNormal(matrix(2, 3), scale, wide).logDensity(scale)).toThrow('2 x 3 matrices')
    expect(() => inverseWishart(4, matrix(2, 2))).toThrow(
      expect.objectContaining({ code: 'not-positive-definite' }),
    )
  })
})
