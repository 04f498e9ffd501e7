/** Options that name a penalty or leave it to the training rows, and the search among candidates. */
import { checkNumber } from '../error/check-number.ts'
import type { Iteration } from '../training/types.ts'

/** Decades that 'auto' tries: 0.01 ... 1e5. */
const [lowest, highest] = [-2, 5]

/**
 * The penalty that was given, or 0.01 ... 1e5 in so many steps a decade.
 * @throws MtlError 'invalid-option'
 */
export function candidates(
  option: string,
  penalty: number | 'auto',
  stepsPerDecade: number,
): readonly number[] {
  if (penalty !== 'auto') return [checkNumber(option, penalty, { above: 0 })]
  const count = (highest - lowest) * stepsPerDecade + 1
  return Array.from({ length: count }, (_, k) => 10 ** (lowest + k / stepsPerDecade))
}

/** What was tried, what it came to, and what was taken. */
export interface PenaltyChoice {
  readonly penalty: number
  /** Ascending; the given one alone, where one was given. */
  readonly penalties: Float64Array
  /** One for each of `penalties`; none where nothing had to be judged. Lower is better. */
  readonly criteria: Float64Array
}

interface Search<Fit> {
  /** Criteria of the candidates tried so far. */
  readonly criteria: readonly number[]
  /** The best of them. */
  readonly best?: Fit
}

/** The criterion of a fit to rows that leave no freedom to judge it by. */
export const unjudged: number = Number.MAX_VALUE

/**
 * Tries one candidate a step and keeps the first of the best: the objective is its criterion. Where nothing
 * can be judged, the last, most careful one stays.
 */
export function search<Fit extends { readonly criterion: number }>(
  count: number,
  fitAt: (candidate: number) => Fit,
): Iteration<Search<Fit>, { readonly best: Fit; readonly criteria: Float64Array }> {
  return {
    init: () => ({ criteria: [] }),
    step({ criteria, best }) {
      const next = fitAt(criteria.length)
      const better = best === undefined || best.criterion === unjudged || next.criterion < best.criterion
      return { criteria: [...criteria, next.criterion], best: better ? next : best }
    },
    objective: ({ best }) => best?.criterion ?? unjudged,
    done: ({ criteria }) => criteria.length === count,
    maxSteps: count,
    monotone: true,
    finish: ({ criteria, best }) => ({ best: best ?? fitAt(0), criteria: Float64Array.from(criteria) }),
  }
}

/** A freedom that is left of at most this share of the rows is rounding of a trace. */
const leastLeft = 1e-9

/**
 * Generalised cross-validation, N RSS / (N - df)^2, df the trace of the smoother (Golub, Heath and Wahba, 1979,
 * Generalized cross-validation as a method for choosing a good ridge parameter, Technometrics 21).
 */
export function generalisedCrossValidation(rows: number, squares: number, freedom: number): number {
  const left = rows - freedom
  return left <= leastLeft * rows ? unjudged : (rows * squares) / left ** 2
}

/** Residuals that are smaller cannot be told from rounding of sums of squares; in deviations of the target. */
const leastDeviation = 1e-6

/** RSS / (N - df); the target's own variance, 1, where rows leave no freedom. In squared deviations of the target. */
export function noiseVariance(rows: number, squares: number, freedom: number): number {
  const left = rows - freedom
  return left <= leastLeft * rows ? 1 : Math.max(squares / left, leastDeviation ** 2)
}
