import { row, selectRows } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { sampleIndex } from '../random/sample.ts'
import { checkShares } from './shares.ts'
import type { Categorical } from './types.ts'

/**
 * Independent class indices 0..K-1; `probabilities` is size x K. `point` is the most probable class, the first of equals.
 * @throws MtlError 'invalid-option' (a negative probability, a row that does not sum to 1)
 */
export function categorical(probabilities: Matrix): Categorical {
  const { rows: size, columns } = probabilities
  const each = (value: (of: Float64Array, i: number) => number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => value(row(probabilities, i), i))
  checkShares('probabilities', probabilities)
  return {
    kind: 'categorical',
    size,
    probabilities,
    point: each((of) => of.indexOf(Math.max(...of))),
    logDensity: (values) => each((of, i) => logProbability(of, values[i], columns)),
    sample: (random) => each((of) => sampleIndex(random, of)),
    select: (indices) => categorical(selectRows(probabilities, indices)),
  }
}

function logProbability(of: Float64Array, value: number, classes: number): number {
  if (Number.isNaN(value)) return NaN
  return Number.isInteger(value) && value >= 0 && value < classes ? Math.log(of[value]) : -Infinity
}
