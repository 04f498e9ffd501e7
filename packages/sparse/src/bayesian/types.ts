/**
 * What a sweep of variational updates works on. W is P x D with row w_t for task t; W_i its columns in group i, D_i of them; g_i the
 * group's precision, Om_i its feature covariance, Sig the task covariance; C[(s, j), (t, k)] posterior covariances, S_t = C[t, t].
 */
import type { Matrix } from '@mtl/core'
import type { PrecisionLaw } from './priors.ts'

/** All that the update of the weights rests on, beside the data. Plain data. */
export interface Factors {
  /** beta_t; ones for classes. */
  readonly noisePrecision: Float64Array
  /** xi_n, a row each: where the logistic bound touches. Empty for numbers. */
  readonly angles: Float64Array
  /** By group: E g_i. */
  readonly precision: Float64Array
  /** By group, D_i x D_i: E Om_i^-1, laid out as the groups. */
  readonly featurePrecision: Float64Array
  /** Eigenvalues of an exchangeable Sig_i by group: of the common part and of deviations from it. */
  readonly commonEigenvalue: Float64Array
  readonly deviationEigenvalue: Float64Array
  /** A = E Sig^-1, P x P, of an inverse Wishart. */
  readonly taskPrecision?: Matrix
  /** Of the low-rank form. */
  readonly loadings?: Loadings
}

/** q(V) and q(Z) of W_i ~ matrix normal about V Z_i. */
export interface Loadings {
  /** P x K. */
  readonly taskMeans: Matrix
  /** K x D. */
  readonly featureMeans: Matrix
  /** Omega_V, K x K. */
  readonly taskCovariance: Matrix
  /** S_Z, K x K. */
  readonly rowCovariance: Matrix
  /** C_Zi by group, D_i x D_i, as of the update of Z. */
  readonly columnCovariance: Float64Array
}

/** What an update of the weights leaves for the later steps; overwritten by the next. */
export interface Scratch {
  /** M, P x width: the last means on entry. */
  readonly means: Float64Array
  /** P x layout size. */
  readonly covariances: Float64Array
  logDeterminant: number
  /** By group, D_i x D_i: E of the tasks' common part, (m. m.' + C.) / P, and of the deviations from it. */
  readonly common: Float64Array
  readonly deviation: Float64Array
  /** sum_st C_st by layout. */
  readonly sumOfCovariances: Float64Array
  /** sum_n w_n x_n x_n' of each task by layout; of classes with the bound's curvature. */
  readonly grams: Float64Array
  /** sum_n w_n x_n y_n, P x width; y - 1/2 for classes. */
  readonly moments: Float64Array
  /** r_n and z_n of each task: grams are sums of r_n x_n x_n', moments of z_n x_n. */
  readonly rowWeights: readonly Float64Array[]
  readonly rowTargets: readonly Float64Array[]
}

/** q(g_i) by group, as vectors: the posterior law and what of it the bound needs. */
export interface Precisions {
  readonly order: Float64Array
  readonly chi: Float64Array
  readonly phi: Float64Array
  readonly mean: Float64Array
  readonly meanInverse: Float64Array
  readonly meanLog: Float64Array
  readonly logNormaliser: Float64Array
}

export interface NoisePosterior {
  /** Gamma shape and rate, by task, all equal where shared. */
  readonly shape: Float64Array
  readonly rate: Float64Array
}

export interface InverseWishartPosterior {
  readonly degrees: number
  readonly scale: Matrix
}

/** One sweep later. Plain data. */
export interface State {
  readonly means: Matrix
  /** What the means and their covariances rest on: the factors before the last sweep. */
  readonly before: Factors
  readonly factors: Factors
  readonly priors: readonly (PrecisionLaw | undefined)[]
  readonly precisions: Precisions
  readonly noise: NoisePosterior
  /** Sig's, of an inverse Wishart. */
  readonly taskPosterior?: InverseWishartPosterior
  /** Om_i's by group, of an inverse Wishart. */
  readonly featurePosteriors?: readonly InverseWishartPosterior[]
  readonly bound: number
  readonly terms: Readonly<Record<string, number>>
}
