import { matrix } from './matrix.ts'
import type { Matrix } from './types.ts'

/**
 * The singular values of matrices of one size, again and again: of what a solver's every step asks. Scratch memory is
 * made once, and small singular values keep their digits, which those of a product A A' would not.
 */
export interface SingularFactors {
  /** Finds A = U diag(values) V' and returns the min(rows, columns) values, in no order, as scratch memory. */
  readonly factorise: (a: Matrix) => Float64Array
  /** Of the last factorised A, writes U diag(factors x values) V' into `a`. */
  readonly writeScaled: (a: Matrix, factors: Float64Array) => void
}

/**
 * The rows of the smaller side are rotated two by two until they are orthogonal, J A; their norms are the singular values.
 * Usually 5 to 8 rounds of 3 k^2 m operations, k <= m the sides.
 *
 * Hestenes (1958), Inversion of matrices by biorthogonalization, Journal of the SIAM 6.
 */
export function singularFactors(rows: number, columns: number): SingularFactors {
  const turned = columns < rows
  const [size, length] = turned ? [columns, rows] : [rows, columns]
  const rotated = matrix(size, length)
  const rotation = matrix(size, size)
  const values = new Float64Array(size)
  // Position in `a` of entry (i, j) of the smaller side's rows.
  const [rowStep, columnStep] = turned ? [1, columns] : [columns, 1]

  return {
    factorise({ data }) {
      for (let i = 0; i < size; i++)
        for (let j = 0; j < length; j++) rotated.data[i * length + j] = data[i * rowStep + j * columnStep]
      rotation.data.fill(0)
      for (let i = 0; i < size; i++) rotation.data[i * size + i] = 1
      orthogonaliseInPlace(rotated, rotation)
      for (let i = 0; i < size; i++) values[i] = Math.sqrt(product(rotated.data, length, i, i))
      return values
    },
    writeScaled({ data }, factors) {
      data.fill(0)
      for (let k = 0; k < size; k++) {
        if (factors[k] === 0) continue
        for (let i = 0; i < size; i++) {
          const share = factors[k] * rotation.data[k * size + i]
          for (let j = 0; j < length; j++)
            data[i * rowStep + j * columnStep] += share * rotated.data[k * length + j]
        }
      }
    },
  }
}

/** Rows whose cosine is smaller count as orthogonal. */
const orthogonal = 1e-15

/** A guard alone: convergence is quadratic. */
const mostRounds = 60

function orthogonaliseInPlace(a: Matrix, rotation: Matrix): void {
  for (let round = 0, turning = true; turning && round < mostRounds; round++) {
    turning = false
    for (let p = 0; p < a.rows; p++)
      for (let q = p + 1; q < a.rows; q++) if (turnPairInPlace(a, rotation, p, q)) turning = true
  }
}

/** Rotates rows p and q until they are orthogonal; whether they were not. */
function turnPairInPlace({ data, columns, rows }: Matrix, rotation: Matrix, p: number, q: number): boolean {
  const first = product(data, columns, p, p)
  const second = product(data, columns, q, q)
  const mixed = product(data, columns, p, q)
  if (Math.abs(mixed) <= orthogonal * Math.sqrt(first) * Math.sqrt(second)) return false
  const ratio = (second - first) / (2 * mixed)
  const tangent = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio))
  const cosine = 1 / Math.sqrt(1 + tangent * tangent)
  rotateInPlace(data, columns, p, q, cosine, cosine * tangent)
  rotateInPlace(rotation.data, rows, p, q, cosine, cosine * tangent)
  return true
}

function rotateInPlace(
  data: Float64Array,
  columns: number,
  p: number,
  q: number,
  cosine: number,
  sine: number,
): void {
  for (let j = 0; j < columns; j++) {
    const x = data[p * columns + j]
    const y = data[q * columns + j]
    data[p * columns + j] = cosine * x - sine * y
    data[q * columns + j] = sine * x + cosine * y
  }
}

function product(data: Float64Array, columns: number, p: number, q: number): number {
  let sum = 0
  for (let j = 0; j < columns; j++) sum += data[p * columns + j] * data[q * columns + j]
  return sum
}

/** Of the sum of singular values; returns a map with scratch memory of its own, for matrices of one size. */
export function singularShrinkage(rows: number, columns: number): (a: Matrix, threshold: number) => void {
  const factors = singularFactors(rows, columns)
  const shares = new Float64Array(Math.min(rows, columns))
  return (a, threshold) => {
    const values = factors.factorise(a)
    for (let k = 0; k < values.length; k++) shares[k] = values[k] > threshold ? 1 - threshold / values[k] : 0
    factors.writeScaled(a, shares)
  }
}
