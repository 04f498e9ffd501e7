import { congruent, transformed, transposed, type Metric } from './metric.ts'

/**
 * What the data of each task say of its weights: exp(-w'Jw / 2 + h'w + c). A task without rows has J = 0, h = 0, c = 0: no case of its
 * own is needed.
 */
export interface Factors {
  /** J: K times D x D. */
  readonly precision: Float64Array
  /** h: K times D. */
  readonly shift: Float64Array
  /** c: K. */
  readonly constant: Float64Array
}

export function emptyFactors(tasks: number, size: number): Factors {
  return {
    precision: new Float64Array(tasks * size * size),
    shift: new Float64Array(tasks * size),
    constant: new Float64Array(tasks),
  }
}

/** In the coordinates z = L^-1 w: J becomes L'JL, h becomes L'h. */
export function whitened({ precision, shift, constant }: Factors, { lower, size }: Metric): Factors {
  const across = transposed(lower, size)
  return {
    precision: congruent(across, precision, size),
    shift: transformed(across, shift, size),
    constant,
  }
}
