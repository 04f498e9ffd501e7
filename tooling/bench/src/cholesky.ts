import {
  choleskyInPlace,
  createRandom,
  gram,
  matrix,
  sampleNormal,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from '@mtl/core'
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { secondsOfPair } from './time.ts'
import type { Row } from './rows.ts'

const count = 10_000

/** Factorise and solve 10,000 systems of n unknowns: the stack in place against one object each of ml-matrix. */
export async function benchCholesky(n: number): Promise<Row> {
  const random = createRandom('cholesky')
  const size = n * n
  const stack = new Float64Array(count * size)
  for (let at = 0; at < count; at++) {
    const draws = Float64Array.from({ length: 3 * size }, () => sampleNormal(random))
    stack.set(gram(matrix(3 * n, n, draws)).data, at * size)
  }
  const right = Float64Array.from({ length: count * n }, () => sampleNormal(random))
  const objects = Array.from({ length: count }, (_, at) =>
    Matrix.from1DArray(n, n, stack.subarray(at * size, (at + 1) * size)),
  )
  const columns = Array.from({ length: count }, (_, at) =>
    Matrix.columnVector(right.subarray(at * n, (at + 1) * n)),
  )

  const { ours, theirs, ratio } = await secondsOfPair(
    () => {
      const lower = stack.slice()
      const solved = right.slice()
      for (let at = 0; at < count; at++) {
        choleskyInPlace(lower, n, at * size)
        solveLowerInPlace(lower, n, solved, at * size, at * n)
        solveLowerTransposedInPlace(lower, n, solved, at * size, at * n)
      }
      return solved
    },
    () => objects.map((a, at) => new CholeskyDecomposition(a).solve(columns[at])),
  )
  return {
    what: `${count} Cholesky solves, ${n} x ${n}`,
    seconds: ours,
    rate: `${Math.round(count / ours / 1000)} thousand/s`,
    against: `ml-matrix ${theirs.toFixed(3)} s`,
    ratio,
  }
}
