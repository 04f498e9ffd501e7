/**
 * Losses of linear tasks, sum_t scale_t sum_i s_ti loss(y_ti, b_t + w_t' x_ti), s case weights:
 *
 *   squared   (y - z)^2 / 2              intercepts are eliminated: rows stand around their task's means
 *   logistic  log(1 + e^z) - y z         intercepts are variables; y is 0 or 1
 *
 * scale_t is 1 / sum_i s_ti ('task'), or the number of tasks
 * with rows over the sum of all case weights ('label').
 */
import type { Matrix, Task } from '@mtl/core'

export interface Loss {
  readonly tasks: number
  readonly features: number
  /** Lipschitz constant of the gradient. */
  readonly curvature: number
  /** At W = 0 the best; of squared loss 0, for they are not variables there. */
  readonly startIntercepts: Float64Array
  /** Writes both gradients. */
  gradientInPlace(
    weights: Float64Array,
    intercepts: Float64Array,
    gradient: Float64Array,
    interceptGradient: Float64Array,
  ): void
  value(weights: Float64Array, intercepts: Float64Array): number
  /** Those that belong to the weights, for predictions. */
  interceptsOf(weights: Float64Array, intercepts: Float64Array): Float64Array
  /** Of squared loss alone. */
  readonly squared?: SquaredLoss
}

/** Squared loss is a quadratic: sum_t (w_t'H_t w_t - 2 w_t'm_t + q_t) / 2. */
export interface SquaredLoss {
  /** Writes H_t w_t for all tasks. */
  multiplyInPlace(weights: Float64Array, product: Float64Array): void
  /** m, T x p. */
  readonly moments: Float64Array
  /** sum_t q_t. */
  readonly square: number
  /** Mean of the diagonals of H, over tasks and features. */
  readonly meanDiagonal: number
  /** Of each task's residuals, in units of rows. */
  residualSquares(weights: Float64Array): number
}

/** The rows of a task that take part. */
export interface TaskRows {
  readonly inputs: Matrix
  readonly targets: Float64Array
  /** Case weight of each row of `inputs`; 0: the row takes no part, whatever its target. */
  readonly weights: Float64Array
}

export interface LossOptions {
  readonly reduction: 'task' | 'label'
  readonly intercept: 'free' | 'none'
}

/** Of all labelled rows, less those listed by task. No inputs are copied. */
export function rowsOf(tasks: readonly Task[], without: readonly Int32Array[] = []): TaskRows[] {
  return tasks.map(({ inputs, targets, weights }, t) => {
    const counted = targets.map((y, i) => (Number.isNaN(y) ? 0 : (weights?.[i] ?? 1)))
    for (const i of without[t] ?? []) counted[i] = 0
    return { inputs, targets, weights: counted }
  })
}

/** What one row of each task weighs. */
export function scalesOf(tasks: readonly TaskRows[], reduction: 'task' | 'label'): Float64Array {
  const totals = tasks.map(({ weights }) => sum(weights))
  const all = sum(totals)
  const labelled = totals.filter((total) => total > 0).length
  return Float64Array.from(totals, (total) =>
    total === 0 ? 0 : reduction === 'task' ? 1 / total : labelled / all,
  )
}

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

/** Positions of the rows that take part. */
export function countedRows({ weights }: TaskRows): Int32Array {
  return Int32Array.from(weights.keys()).filter((i) => weights[i] > 0)
}
