import { matrix } from '../linalg/matrix.ts'
import { categorical } from './categorical.ts'
import type { Categorical } from './types.ts'

/**
 * Classes of which each was told from all others for itself: `shares`, by class the probability of each row, scaled to add
 * up to 1; where all are 0, every class is equally probable.
 */
export function oneAgainstRest(shares: readonly Float64Array[]): Categorical {
  const [{ length: rows }] = shares
  const result = matrix(rows, shares.length)
  for (let n = 0; n < rows; n++) {
    const total = shares.reduce((sum, share) => sum + share[n], 0)
    shares.forEach((share, c) => {
      result.data[n * shares.length + c] = total > 0 ? share[n] / total : 1 / shares.length
    })
  }
  return categorical(result)
}
