import type { Matrix, TaskInfo } from '@mtl/core'

/**
 * One penalty Omega(W) on the weights of all tasks, T x p: a sum of proximal terms, one for each part of W = sum of parts,
 * and at most one smooth term of W. All are convex.
 */
export interface PenaltyFamily {
  /** 1, or 2 where W is a sum. */
  readonly parts: number
  /** The proximal terms. */
  value(parts: readonly Matrix[], penalty: number): number
  /** `part` becomes its proximal map of step x penalty. */
  proximalInPlace(part: Matrix, index: number, penalty: number, step: number): void
  readonly smooth?: SmoothTerm
  /** Smallest penalty at which W = 0 is optimal; NaN where there is none. */
  largestPenalty(gradientAtZero: Matrix): number
  /** The norm whose dual bounds the gradient, where there is one part and no smooth term: the Fenchel gap rests on it. */
  dualNorm?(gradient: Matrix): number
}

/** A term with a Lipschitz continuous gradient. */
export interface SmoothTerm {
  /** Adds the gradient to `gradient` and returns the value. */
  addGradient(weights: Matrix, penalty: number, gradient: Matrix): number
  /** Lipschitz constant of the gradient. */
  curvature(penalty: number): number
  /**
   * Of (w'Q w) / 2 and no proximal term: the T x T matrix that acts on every feature alike, at this penalty. With squared
   * loss the minimum is then that of linear equations.
   */
  readonly quadratic?: (penalty: number) => Matrix
}

/** What a family may depend on besides its own options. */
export interface FamilyShape {
  readonly tasks: readonly TaskInfo[]
  /** How many of them have a labelled row: what is balanced by the number of tasks must not change by an empty one. */
  readonly labelled: number
}

/** Options of every regularised family. */
export interface RegularisedOptions {
  /** Strength, >= 0; 'auto' (default): of the path below, by folds. */
  readonly penalty?: number | 'auto'
  /** Points of the path, >= 2. Default 50, evenly in the logarithm from the largest useful penalty down. */
  readonly pathLength?: number
  /** Last penalty of the path as a share of the first, within 0 and 1. Default 0.01. */
  readonly pathEnd?: number
  /** By which each point of the path is judged, >= 2. Default 5. */
  readonly folds?: number
  /**
   * 'lowest' (default) held-out error; 'one-standard-error': the largest penalty whose error is within one standard error
   * over folds of the lowest, for sparser weights.
   */
  readonly rule?: 'lowest' | 'one-standard-error'
  /** What counts alike in the loss: every 'task' (default), or every 'label'. */
  readonly reduction?: 'task' | 'label'
  /** 'free' (default): one for each task, never penalised; or 'none'. */
  readonly intercept?: 'free' | 'none'
  /** Of the accelerated proximal gradient at one penalty. Default 10000. */
  readonly maxSteps?: number
  /**
   * Largest entry of the optimality residual at which it stops, > 0. Default 1e-6. Points of a path that are not chosen are
   * solved to 100 times as much.
   */
  readonly tolerance?: number
}

/** What is learnt, in scaled units. */
export interface RegularisedParameters {
  /** W, T x p. */
  readonly taskWeights: Matrix
  /** b. */
  readonly intercepts: Float64Array
  /** W = sum of the parts; of one-part families W alone. */
  readonly parts: readonly Matrix[]
  /**
   * Pooled over tasks; NaN for classes. Of 'auto' the held-out mean squared error of the chosen penalty; else the residual
   * sum of squares over what rows leave after intercepts and weights other than 0, at least 1.
   */
  readonly noiseVariance: number
  /** In force: what was given or chosen. Of `graphRegularised` the coupling penalty. */
  readonly penalty: number
  /** Smallest penalty that leaves no weight; NaN where there is none. */
  readonly largestPenalty: number
  /** From the largest down; of a given penalty one entry, whose held-out error and standard error are NaN. */
  readonly path: RegularisationPath
  /** At the optimum: loss + penalty terms. */
  readonly objective: number
  readonly loss: number
  /** Largest entry by which the optimality conditions are missed. */
  readonly residual: number
  /** Fenchel gap of squared loss with lasso, joint-feature or trace-norm; NaN elsewhere. */
  readonly dualityGap: number
  /** Of `clustered`: the cluster of each task. */
  readonly clusters?: Int32Array
}

export interface RegularisationPath {
  readonly penalties: Float64Array
  /** Mean of held-out squared errors, or log losses. NaN where no row could be held out. */
  readonly heldOutError: Float64Array
  /** Over folds. */
  readonly standardError: Float64Array
  /** Features with a weight other than 0 in any task. */
  readonly nonzero: Int32Array
  readonly residual: Float64Array
  /** Norm of each feature's weights over tasks: points x p. */
  readonly columnNorms: Matrix
}
