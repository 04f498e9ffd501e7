/**
 * Tasks that are coupled by a shared part alone. With u shared, v_t of each task, G_t q x q,
 *
 *   minimise  sum_t [(u + v_t)'G_t (u + v_t) / 2 - r_t'(u + v_t)] + u'D_0 u / 2 + sum_t v_t'D v_t / 2
 *
 * Its matrix has the form of an arrow: one block for each task and a border for u. The blocks are eliminated
 * first, A_t = G_t + D, and what is left is q x q:
 *
 *   (D_0 + sum_t D A_t^-1 G_t) u = sum_t D A_t^-1 r_t,   v_t = A_t^-1 (r_t - G_t u)
 */
import { cholesky } from '../linalg/cholesky.ts'
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/in-place.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Cholesky, Matrix } from '../linalg/types.ts'

export interface Arrow {
  /** G_t, each q x q. */
  readonly gramians: readonly Float64Array[]
  /** The diagonal of D; all > 0. */
  readonly penalties: Float64Array
  /** D_0, q x q; with the G_t positive definite. */
  readonly sharedPenalty: Matrix
}

interface ArrowSolution {
  /** u. */
  readonly shared: Float64Array
  /** v_t, one after the other. */
  readonly deviations: Float64Array
}

export interface FactorisedArrow {
  /** Of D_0 + sum_t D A_t^-1 G_t. */
  readonly system: Cholesky
  /**
   * For the r_t, one after the other, and what is added to the right side of u's equation, if anything. About 3 T q^2
   * multiplications.
   */
  solve(moments: Float64Array, pull?: Float64Array): ArrowSolution
}

/** About 3 T q^3 / 2 multiplications. @throws MtlError 'not-positive-definite' */
export function factoriseArrow({ gramians, penalties, sharedPenalty }: Arrow): FactorisedArrow {
  const size = penalties.length
  const system = matrix(size, size, sharedPenalty.data.slice())
  const shrunken = new Float64Array(size * size)
  const factors = gramians.map((gramian) => {
    const factor = new Float64Array(size * size)
    factoriseInPlace(factor, gramian, penalties)
    shrinkInPlace(shrunken, factor, gramian, size)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) system.data[i * size + j] += penalties[i] * shrunken[j * size + i]
    return factor
  })
  const whole = cholesky(system)

  return {
    system: whole,
    solve(moments, pull) {
      const right = pull?.slice() ?? new Float64Array(size)
      const solved = new Float64Array(size)
      factors.forEach((factor, t) => {
        for (let i = 0; i < size; i++) solved[i] = moments[t * size + i]
        solveInPlace(factor, size, solved)
        for (let i = 0; i < size; i++) right[i] += penalties[i] * solved[i]
      })
      const shared = whole.solve(right)
      const deviations = moments.slice()
      factors.forEach((factor, t) => {
        const at = t * size
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) deviations[at + i] -= gramians[t][i * size + j] * shared[j]
        solveInPlace(factor, size, deviations, at)
      })
      return { shared, deviations }
    },
  }
}

/** `factor` becomes L, L L' = G + D. */
function factoriseInPlace(factor: Float64Array, gramian: Float64Array, penalties: Float64Array): void {
  const size = penalties.length
  for (let at = 0; at < size * size; at++) factor[at] = gramian[at]
  for (let j = 0; j < size; j++) factor[j * size + j] += penalties[j]
  choleskyInPlace(factor, size)
}

/** Row j of `shrunken` becomes column j of A^-1 G. */
function shrinkInPlace(
  shrunken: Float64Array,
  factor: Float64Array,
  gramian: Float64Array,
  size: number,
): void {
  for (let at = 0; at < size * size; at++) shrunken[at] = gramian[at]
  for (let j = 0; j < size; j++) solveInPlace(factor, size, shrunken, j * size)
}

function solveInPlace(factor: Float64Array, size: number, b: Float64Array, at = 0): void {
  solveLowerInPlace(factor, size, b, 0, at)
  solveLowerTransposedInPlace(factor, size, b, 0, at)
}
