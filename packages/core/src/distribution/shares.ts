import { check } from '../error/mtl-error.ts'
import { row } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'

/** Rows must sum to 1 within this. */
const sumTolerance = 1e-9

/** @throws MtlError 'invalid-option' unless all are >= 0 and each row sums to 1 */
export function checkShares(what: string, shares: Matrix): void {
  for (let i = 0; i < shares.rows; i++) {
    const own = row(shares, i)
    const total = own.reduce((sum, share) => sum + share, 0)
    check(
      own.every((share) => share >= 0) && Math.abs(total - 1) <= sumTolerance,
      'invalid-option',
      `${what} must be >= 0 and sum to 1 in every row, row ${i} sums to ${total}`,
    )
  }
}
